//! What to measure, and how often.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Only this part; may be given again [default: all but `clone`]
    #[arg(long, value_name = "PART")]
    pub only: Vec<BenchPart>,
    /// How often each thing is measured
    #[arg(long, value_name = "N", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub runs: u16,
    /// The folder for the report [default: `target/bench` in the repository]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// One kind of measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BenchPart {
    /// Cold starts: first poll, first answer, memory; plain and over TLS
    Start,
    /// First answers over TLS at the processor share of several memory sizes
    Memory,
    /// What a running function adds to its AWS calls
    Warm,
    /// `render`, and a deploy with nothing to change
    Commands,
    /// The domain and the rendering, function by function
    Micro,
    /// A new clone, and a deploy of one changed line: compiles everything, for minutes
    Clone,
}

impl BenchPart {
    const USUAL: [Self; 5] = [Self::Start, Self::Memory, Self::Warm, Self::Commands, Self::Micro];

    /// As it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Memory => "memory",
            Self::Warm => "warm",
            Self::Commands => "commands",
            Self::Micro => "micro",
            Self::Clone => "clone",
        }
    }
}

impl BenchArgs {
    /// What is to be measured, in order.
    #[must_use]
    pub fn parts(&self) -> Vec<BenchPart> {
        if self.only.is_empty() { BenchPart::USUAL.to_vec() } else { self.only.clone() }
    }

    /// The same arguments as words, for the program that measures.
    #[must_use]
    pub fn words(&self) -> Vec<std::ffi::OsString> {
        let mut words = vec!["--runs".into(), self.runs.to_string().into()];
        for part in &self.only {
            words.extend(["--only".into(), part.as_str().into()]);
        }
        if let Some(out) = &self.out {
            words.extend(["--out".into(), out.clone().into_os_string()]);
        }
        words
    }
}
