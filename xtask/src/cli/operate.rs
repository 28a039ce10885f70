//! A deployed stage as it is, from day to day.

use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::StageArgs;
use crate::trigger::Trigger;

#[derive(Debug, Args)]
pub struct DevArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// The port of the inbox on the loopback interface; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 8025)]
    pub port: u16,
    /// Build as for AWS: slower, and what is deployed is what would be there
    #[arg(long)]
    pub release: bool,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
    /// Have CloudFormation compare every resource with the template now, rather than say what it found last time
    #[arg(long)]
    pub drift: bool,
}

#[derive(Debug, Args)]
pub struct OutputsArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct LogsArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Go on as new lines come, until interrupted
    #[arg(long, short)]
    pub follow: bool,
    /// How far back to begin: a number and `s`, `m`, `h` or `d`
    #[arg(long, value_name = "DURATION", default_value = "10m")]
    pub since: Since,
    /// Only this function
    #[arg(long, value_name = "NAME")]
    pub trigger: Option<Trigger>,
    /// Every line as it was logged, in a JSON document each, with time and function
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct RotateKeyArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Even if the last rotation is so recent that sign-ins under way end
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell to write for
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// A span of time that ends now; not empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Since(Duration);

/// Why a text is no span of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a whole number from 1 on with `s`, `m`, `h` or `d`, such as `10m`")]
pub struct NoSpan;

impl Since {
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl FromStr for Since {
    type Err = NoSpan;

    fn from_str(text: &str) -> Result<Self, NoSpan> {
        let split = text.len().checked_sub(1).filter(|at| text.is_char_boundary(*at)).ok_or(NoSpan)?;
        let (number, unit) = text.split_at(split);
        let unit = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(NoSpan),
        };
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        // Nothing is kept for longer than 32 bits of seconds, and the time of a line has to stay in range.
        let seconds = number.parse::<u32>().ok().filter(|_| digits).and_then(|number| number.checked_mul(unit));
        let seconds = seconds.filter(|seconds| *seconds > 0).ok_or(NoSpan)?;
        Ok(Self(Duration::from_secs(seconds.into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_and_a_unit() {
        for (text, seconds) in [
            ("30s", Some(30)),
            ("10m", Some(600)),
            ("2h", Some(7_200)),
            ("1d", Some(86_400)),
            ("0m", None),
            ("", None),
            ("m", None),
            ("10", None),
            ("-5m", None),
            ("+5m", None),
            ("1.5h", None),
            ("5ä", None),
            ("4294967295d", None),
        ] {
            assert_eq!(text.parse().ok(), seconds.map(|seconds| Since(Duration::from_secs(seconds))), "{text}");
        }
    }
}
