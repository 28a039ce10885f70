//! From sources to a stack.

use clap::Args;

use super::StageArgs;

#[derive(Debug, Args)]
pub struct DeployArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Apply without asking
    #[arg(long, short)]
    pub yes: bool,
}
