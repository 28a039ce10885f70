//! A deployed stage as it is, from day to day.

use clap::Args;

use super::StageArgs;

#[derive(Debug, Args)]
pub struct OutputsArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// As one JSON document
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
