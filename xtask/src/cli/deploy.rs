//! From sources to a stack.

use std::path::PathBuf;

use clap::Args;

use super::StageArgs;

#[derive(Debug, Args)]
pub struct BundleArgs {
    /// A stage to bundle, more than one if given again [default: every stage with an account]
    #[arg(long, value_name = "STAGE")]
    pub stage: Vec<String>,
    /// The folder, which is replaced as a whole [default: below `target/bundle` in the repository]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DeployArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Deploy what `bundle` has built: compile nothing, and read nothing outside of this folder
    #[arg(long, value_name = "DIR")]
    pub bundle: Option<PathBuf>,
    /// Apply without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Accept that this resource is replaced or removed, although it holds users or what they need; may be given again
    #[arg(long, value_name = "LOGICAL_ID")]
    pub allow_replace: Vec<String>,
    /// The role that CloudFormation makes the changes with [default: the caller's own rights]
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
}
