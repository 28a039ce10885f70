//! From a stack to nothing, or to what outlives it.

use clap::Args;

use super::StageArgs;

#[derive(Debug, Args)]
pub struct DestroyArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Delete without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Delete the users as well: the user pool of this name (typed in full), its app clients, the table and the key
    #[arg(long, value_name = "POOL_NAME")]
    pub delete_users: Option<String>,
    /// The role that CloudFormation deletes with [default: the one of the last deploy, else the caller's own rights]
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// As one JSON document
    #[arg(long)]
    pub json: bool,
}
