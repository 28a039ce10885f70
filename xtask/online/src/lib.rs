//! The online half of `cargo xtask`: everything that talks to AWS, or to the local AWS as if it were AWS.
//!
//! Links the offline half and runs every verb, so that it can be released as the whole tool in one binary.

#![warn(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use anyhow::Context as _;
use xtask::cli::{Cli, EmailVerb, Verb};

pub mod aftercare;
#[cfg(test)]
mod answers;
pub mod apply;
pub mod artefacts;
pub mod aws;
pub mod bucket;
pub mod carry_out;
pub mod cause;
pub mod change_set;
pub mod clients;
pub mod code;
pub mod consent;
pub mod decision;
pub mod delete_client;
pub mod deploy;
pub mod destroy;
pub mod dev;
pub mod email;
pub mod events;
#[cfg(test)]
mod fixture;
pub mod follow;
pub mod interrupt;
pub mod kept;
pub mod leftovers;
pub mod logs;
pub mod outputs;
pub mod password;
pub mod plan;
pub mod plan_file;
pub mod poll;
pub mod progress;
pub mod recovery;
#[cfg(test)]
mod replay;
pub mod review;
pub mod rotation;
pub mod safety;
pub mod ses;
pub mod sign_in;
pub mod source;
pub mod stack;
pub mod status;
pub mod take_back;
pub mod termination;
pub mod trouble;
pub mod unread;
pub mod user;

/// Runs a verb that talks to AWS.
///
/// # Errors
/// When the verb fails.
pub fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let root = xtask::root::find(cli.root.as_deref());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("failed to start the asynchronous runtime")?;
    runtime.block_on(async {
        // What lies in a bundle is deployed without a repository.
        let root = match cli.verb {
            Verb::Deploy(args) => return progress::to_its_end(args.json, deploy::run(root, &args)).await,
            Verb::Plan(args) => return review::run(root, &args).await,
            _ => root?,
        };
        match cli.verb {
            Verb::Destroy(args) => destroy::run(&root, &args).await,
            Verb::Status(args) => status::run(&root, &args).await,
            Verb::Logs(args) => logs::run(&root, &args).await,
            Verb::Outputs(args) => outputs::run(&root, &args).await,
            Verb::User(verb) => user::run(&root, &verb).await,
            Verb::RotateKey(args) => rotation::run(&root, &args).await,
            Verb::Email(EmailVerb::Check(args)) => email::run(&root, &args).await,
            Verb::Dev(args) => dev::run(&root, &args).await,
            Verb::SignIn(args) => sign_in::run(&root, &args).await,
            _ => xtask::offline(cli),
        }
    })
}
