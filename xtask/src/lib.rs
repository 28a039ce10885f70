//! The offline half of `cargo xtask`: stage files, rendering, checks, bundles, the local AWS.
//!
//! Links no AWS SDK and no tokio, so that `cargo xtask render --check` on a cold clone compiles in seconds.

#![warn(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

pub mod artefact_bucket;
pub mod bench;
pub mod browser;
pub mod bundle;
pub mod cargo;
pub mod check;
pub mod cli;
mod completions;
mod doctor;
pub mod email;
pub mod github;
pub mod handover;
pub mod inbox;
pub mod local;
pub mod markdown;
mod programs;
pub mod render;
pub mod report;
pub mod root;
pub mod stage;
pub mod template;
pub mod terminal;
pub mod test_run;
pub mod tools;
pub mod trigger;

use cli::{Cli, EmailVerb, Verb};

/// The whole program: parses the arguments, runs the verb, says what went wrong. `online` runs the verbs that talk to AWS.
pub fn run(online: impl FnOnce(Cli) -> anyhow::Result<ExitCode>) -> ExitCode {
    let cli = match Cli::from_args() {
        Ok(cli) => cli,
        Err(error) => return report::usage(&error),
    };
    let outcome = if cli.verb.is_online() { online(cli) } else { offline(cli) };
    outcome.unwrap_or_else(|error| report::failure(&error))
}

/// Runs a verb that needs no AWS.
///
/// # Errors
/// When the verb fails, or belongs to `xtask-online`.
pub fn offline(cli: Cli) -> anyhow::Result<ExitCode> {
    let root = || root::find(cli.root.as_deref());
    match cli.verb {
        Verb::Render(args) => render::run(&root()?, &args),
        Verb::Check => check::run(&root()?),
        Verb::Bundle(args) => bundle::run(&root()?, &args),
        Verb::Inbox(args) => inbox::run(&root()?, &args),
        Verb::Email(EmailVerb::Preview(args)) => email::run(&root()?, &args),
        Verb::Doctor => doctor::run(&root()?),
        Verb::Local(verb) => local::run(&root()?, &verb),
        Verb::Test(args) => test_run::run(&root()?, &args),
        Verb::Bench(args) => bench::run(&root()?, &args),
        Verb::Completions(args) => completions::run(&args),
        Verb::Email(EmailVerb::Check(_))
        | Verb::Plan(_)
        | Verb::Deploy(_)
        | Verb::Destroy(_)
        | Verb::Status(_)
        | Verb::Outputs(_)
        | Verb::Logs(_)
        | Verb::User(_)
        | Verb::RotateKey(_)
        | Verb::SignIn(_)
        | Verb::Dev(_) => {
            anyhow::bail!("failed to run an online verb: this program talks to no AWS\nhint: run it by `cargo xtask`")
        }
    }
}
