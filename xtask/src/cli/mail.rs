//! The e-mails, sent and looked at.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::StageArgs;

#[derive(Debug, Args)]
pub struct InboxArgs {
    /// Only mail to this address
    #[arg(long, value_name = "EMAIL")]
    pub to: Option<String>,
    /// As one JSON document; with `--watch` a document a line
    #[arg(long)]
    pub json: bool,
    /// Go on, and print each mail when it comes
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Subcommand)]
pub enum EmailVerb {
    /// Write each of them in every language, as HTML and text, and print the page that shows them all
    Preview(PreviewArgs),
    /// Ask SES what stands in the way of mail to an address: suppression list, sandbox, sender, quota
    Check(CheckArgs),
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// The recipient
    #[arg(value_name = "EMAIL")]
    pub address: String,
}

#[derive(Debug, Args)]
pub struct PreviewArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Where to write [default: `target/email-preview` in the repository]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
