//! The e-mails that the local AWS took for sending: it delivers none.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::cli::InboxArgs;
use crate::local::{self, Access, Running, client};
use crate::terminal::{self, line};
use crate::{errln, outln};

mod date;

const TIMEOUT: Duration = Duration::from_secs(60);
/// How long a mail may wait to be seen.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// One e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mail {
    /// What the local AWS calls it.
    pub id: String,
    /// Bare addresses, or with a display name, as they were given.
    pub to: Vec<String>,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// RFC 3339, UTC, whole seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<String>,
}

/// Prints the e-mails of the running local AWS, the newest last; with `--watch` those that come as well, until it is
/// ended or the local AWS is.
///
/// # Errors
/// When the local AWS does not run, or does not answer.
pub fn run(root: &Path, args: &InboxArgs) -> anyhow::Result<ExitCode> {
    let running = local::find(root).context(
        "failed to read the inbox: the local AWS does not run\nhint: `cargo xtask local start` starts it, and `cargo xtask deploy` does too",
    )?;
    let wanted = |mail: &Mail| args.to.as_ref().is_none_or(|to| is_to(mail, to));
    if args.watch {
        return watch(&running, args.json, wanted);
    }
    let mut mails = fetch(&running)?;
    mails.retain(wanted);
    if args.json {
        outln!("{}", terminal::document(&mails)?);
    } else if mails.is_empty() {
        errln!("No mail");
    } else {
        outln!("{}", mails.iter().map(letter).collect::<Vec<_>>().join("\n\n"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whoever reads the other end of a pipe may go away: that is no error.
fn watch(running: &Running, json: bool, wanted: impl Fn(&Mail) -> bool) -> anyhow::Result<ExitCode> {
    let mut seen = 0;
    let mut out = std::io::stdout();
    errln!("watching the inbox of the local AWS at {}; Ctrl-C ends this", running.endpoint);
    loop {
        let mails = fetch(running)?;
        for mail in fresh(&mails, &mut seen).iter().filter(|mail| wanted(mail)) {
            let text = if json { terminal::object(mail)? } else { terminal::text(&letter(mail)) + "\n" };
            if writeln!(out, "{text}").and_then(|()| out.flush()).is_err() {
                return Ok(ExitCode::SUCCESS);
            }
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The mails that have come since the last look. Fewer than were seen are those of a local AWS that has forgotten the rest.
fn fresh<'a>(mails: &'a [Mail], seen: &mut usize) -> &'a [Mail] {
    let from = if *seen > mails.len() { 0 } else { *seen };
    *seen = mails.len();
    &mails[from..]
}

/// The e-mails of this local AWS, the newest last.
///
/// # Errors
/// When it does not answer, or not as MiniStack does.
pub fn fetch(running: &Running) -> anyhow::Result<Vec<Mail>> {
    let address = format!("{}/_ministack/ses/messages", running.endpoint);
    let request = client(TIMEOUT).get(&address).header(Access::TOKEN_HEADER, running.access.token.reveal());
    let answer = request.call().and_then(|mut answer| answer.body_mut().read_to_string());
    let text =
        answer.with_context(|| format!("failed to fetch the mails of the local AWS at `{}`", running.endpoint))?;
    parse(&text).with_context(|| format!("failed to understand the mails at `{address}`"))
}

impl Mail {
    /// The code in the text: the only run of six to eight digits. None in a mail that holds no code, or in which it cannot
    /// be told.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        let runs = self.text.split(|character: char| !character.is_ascii_digit());
        let mut codes = runs.filter(|digits| (6..=8).contains(&digits.len()));
        let code = codes.next()?;
        codes.all(|other| other == code).then_some(code)
    }
}

/// MiniStack's own form: the mails of each account.
#[derive(Debug, Deserialize)]
struct Listing {
    messages: std::collections::BTreeMap<String, Vec<Message>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message_id: String,
    source: String,
    to: Vec<String>,
    subject: String,
    #[serde(default)]
    body_text: Option<String>,
    #[serde(default)]
    body_html: Option<String>,
    /// Seconds since 1970.
    timestamp: f64,
}

fn parse(text: &str) -> serde_json::Result<Vec<Mail>> {
    let listing: Listing = serde_json::from_str(text)?;
    let mut messages: Vec<Message> = listing.messages.into_values().flatten().collect();
    messages.sort_by(|a, b| a.timestamp.total_cmp(&b.timestamp));
    Ok(messages.into_iter().map(Mail::from).collect())
}

impl From<Message> for Mail {
    fn from(message: Message) -> Self {
        Self {
            id: message.message_id,
            to: message.to,
            from: message.source,
            subject: message.subject,
            text: message.body_text.unwrap_or_default(),
            html: message.body_html.unwrap_or_default(),
            sent_at: date::rfc3339(message.timestamp),
        }
    }
}

/// By the bare address, in any case of letters.
fn is_to(mail: &Mail, address: &str) -> bool {
    mail.to.iter().any(|to| bare(to).eq_ignore_ascii_case(bare(address)))
}

/// `a@b` of `Name <a@b>`.
fn bare(address: &str) -> &str {
    let inner = address.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or(address, |(inner, _)| inner).trim()
}

fn letter(mail: &Mail) -> String {
    let date = mail.sent_at.as_deref().unwrap_or("unknown");
    format!(
        "From: {}\nTo: {}\nDate: {date}\nSubject: {}\n\n{}",
        line(&mail.from),
        line(&mail.to.join(", ")),
        line(&mail.subject),
        mail.text.trim_end()
    )
}

#[cfg(test)]
mod tests;
