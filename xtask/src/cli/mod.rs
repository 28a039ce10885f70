//! The one definition of the command line, shared by `xtask` and `xtask-online`, so that there is one help.

use std::path::PathBuf;

use clap::{Args, Command, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

mod bench;
mod deploy;
mod destroy;
mod mail;
mod manual;
mod operate;
mod page;
mod pages;
mod users;

pub use bench::{BenchArgs, BenchPart};
pub use deploy::{BundleArgs, DeployArgs, PlanArgs, PlanFormat};
pub use destroy::DestroyArgs;
pub use mail::{CheckArgs, EmailVerb, InboxArgs, PreviewArgs};
pub use operate::{CompletionsArgs, DevArgs, LogsArgs, NoSpan, OutputsArgs, RotateKeyArgs, Since, StatusArgs};
pub use users::{SignInArgs, UserArgs, UserVerb};

/// E-mail confirmation codes as a second factor for Amazon Cognito
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 100)]
pub struct Cli {
    /// The repository [default: the one that holds the working directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,

    #[command(subcommand)]
    pub verb: Verb,
}

impl Cli {
    /// What the program was called with.
    ///
    /// # Errors
    /// Wrong usage, and what `--help` and `--version` print.
    pub fn from_args() -> Result<Self, clap::Error> {
        let matches = command().try_get_matches()?;
        Self::from_arg_matches(&matches).map_err(|error| error.format(&mut command()))
    }
}

/// The command line as clap knows it, help included.
#[must_use]
pub fn command() -> Command {
    manual::with_help(Cli::command())
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Write the CloudFormation templates of the stages to `deploy/rendered`
    Render(RenderArgs),
    /// Check stage files, rendered templates and their freshness; every finding in one run
    Check,
    /// Build the triggers and pack them into reproducible archives
    Bundle(BundleArgs),
    /// Show what a deploy would change, and change nothing
    Plan(PlanArgs),
    /// Bundle, show what would change, apply it, follow it, print the outputs
    Deploy(DeployArgs),
    /// Delete the stack of a stage, and keep its users unless told otherwise
    ///
    /// The user pool, its app clients, the table and the key outlive the stack; their ids are printed,
    /// and `deploy --take-back` makes them part of a stack again. With `--delete-users` they are deleted
    /// as well, for good; the key alone can be restored for 30 days. Interrupted, it goes on when it is
    /// run again. The artefact bucket is left as it is: all stages of an account and Region share it.
    #[command(verbatim_doc_comment)]
    Destroy(DestroyArgs),
    /// Say how a stage stands: stack, code, user pool, sender, quotas
    ///
    /// Each thing is read by itself. What your rights do not reach is shown as such, and the rest all
    /// the same. It works before the first deploy, too: then it says whether the sender is ready.
    #[command(verbatim_doc_comment)]
    Status(StatusArgs),
    /// Print what a front end needs to know of a deployed stage
    Outputs(OutputsArgs),
    /// Print what the functions have logged, in one stream
    ///
    /// The functions' log groups become one stream, ordered by time, a line for each event: time,
    /// function, outcome, reason, milliseconds. Failures are marked with `!`, also those that a function
    /// could not log itself because it was ended or crashed; without `--follow` they are summed up
    /// first. Lambda's own lines and metrics are left out. The functions log no code, no password and no
    /// address.
    #[command(verbatim_doc_comment)]
    Logs(LogsArgs),
    /// Create, confirm, show, unlock and sign out users
    #[command(subcommand)]
    User(UserVerb),
    /// Replace the key that seals states and makes codes; sign-ins under way go on
    RotateKey(RotateKeyArgs),
    /// Sign in from the terminal: password, then the code from the e-mail
    SignIn(SignInArgs),
    /// The local AWS in the foreground: deployed anew with every change, its inbox as a page
    ///
    /// Starts the local AWS unless it runs, builds quickly, deploys, makes two users to sign in as, and
    /// serves the inbox on the loopback interface. A change of a trigger, a template or the stage file is
    /// built and deployed; what fails leaves the version before in place. Ctrl-C ends what it started.
    #[command(verbatim_doc_comment)]
    Dev(DevArgs),
    /// Print the e-mails that the local stage has sent
    Inbox(InboxArgs),
    /// See the e-mails that the triggers send, and what keeps them from arriving
    #[command(subcommand)]
    Email(EmailVerb),
    /// Say what is missing on this machine, and how to get it
    Doctor,
    /// The life of the local AWS
    #[command(subcommand)]
    Local(LocalVerb),
    /// Run the tests, with everything that they need
    Test(TestArgs),
    /// Measure what people wait for: starts, answers, memory, commands
    ///
    /// Builds everything optimised, measures it beside what it is to be compared with (a function that
    /// does nothing, one that only makes the AWS calls, and the same functions on Node, where that is
    /// installed), and writes a table to `target/bench`, as text and as JSON. Ratios within one run are
    /// the result; times are of this machine at this moment. The shares of a processor need the right to
    /// make control groups, which root has.
    #[command(verbatim_doc_comment)]
    Bench(BenchArgs),
    /// Write a script that completes commands in a shell
    #[command(long_about = COMPLETIONS)]
    Completions(CompletionsArgs),
}

const COMPLETIONS: &str = "\
Write a script that completes commands in a shell

`cargo xtask` is an alias that belongs to cargo, so what is completed is the word `xtask`.
Give yourself that word, in `~/.bashrc` for example:

    alias xtask='cargo xtask'
    source <(cargo xtask completions bash)

A program `xtask` on the `PATH` is completed as well.";

impl Verb {
    /// Whether the verb talks to AWS (or to the local AWS as AWS), and so belongs to `xtask-online`.
    #[must_use]
    pub fn is_online(&self) -> bool {
        match self {
            Self::Plan(_)
            | Self::Deploy(_)
            | Self::Destroy(_)
            | Self::Status(_)
            | Self::Outputs(_)
            | Self::Logs(_)
            | Self::User(_)
            | Self::RotateKey(_)
            | Self::SignIn(_)
            | Self::Dev(_) => true,
            Self::Email(verb) => matches!(verb, EmailVerb::Check(_)),
            Self::Render(_)
            | Self::Check
            | Self::Bundle(_)
            | Self::Inbox(_)
            | Self::Doctor
            | Self::Local(_)
            | Self::Test(_)
            | Self::Bench(_)
            | Self::Completions(_) => false,
        }
    }
}

#[derive(Debug, Args)]
pub struct StageArgs {
    /// The stage: the name of a file in `deploy/stages` [default: local]
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
}

impl StageArgs {
    /// The stage that is meant when none is named.
    pub const DEFAULT: &str = "local";

    #[must_use]
    pub fn name(&self) -> &str {
        self.stage.as_deref().unwrap_or(Self::DEFAULT)
    }
}

#[derive(Debug, Args)]
pub struct RenderArgs {
    /// Only this stage [default: every stage]
    #[arg(long, value_name = "STAGE")]
    pub stage: Option<String>,
    /// Write nothing; print the difference and fail if there is one
    #[arg(long)]
    pub check: bool,
}

#[derive(Debug, Subcommand)]
pub enum LocalVerb {
    /// Start the local AWS, unless it runs
    Start,
    /// Say whether the local AWS runs, and where
    Status,
    /// Print what other tools need to work on the local AWS, its keys included
    Env(LocalEnvArgs),
    /// End the local AWS and forget what it held
    Stop,
}

#[derive(Debug, Args)]
pub struct LocalEnvArgs {
    /// One object of the same names, instead of lines for a shell
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct TestArgs {
    /// Also what takes long: all faults, guided fuzzing, a second build to compare with, mutants
    #[arg(long)]
    pub long: bool,
    /// Only the tests whose name contains this
    #[arg(value_name = "FILTER")]
    pub filter: Option<String>,
}
