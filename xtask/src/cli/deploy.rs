//! From sources to a stack.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::StageArgs;

#[derive(Debug, Args)]
pub struct BundleArgs {
    /// A stage to bundle, more than one if given again [default: every stage with an account]
    #[arg(long, value_name = "STAGE")]
    pub stage: Vec<String>,
    /// The folder, which is replaced as a whole [default: below `target/bundle` in the repository]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Built faster, larger and slower: for the local AWS alone
    #[arg(long)]
    pub debug: bool,
}

#[derive(Debug, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Plan what `bundle` has built: compile nothing, and read nothing outside of this folder
    #[arg(long, value_name = "DIR")]
    pub bundle: Option<PathBuf>,
    /// Build for the local AWS as for AWS: slower, and exactly the programs that AWS would get
    #[arg(long, conflicts_with = "bundle")]
    pub release: bool,
    /// Keep the change set, and write what `deploy --plan` needs to apply exactly it
    #[arg(long, value_name = "FILE", conflicts_with = "no_change_set")]
    pub out: Option<PathBuf>,
    /// How to print it on standard output
    #[arg(long, value_enum, default_value_t)]
    pub format: PlanFormat,
    /// Compare the templates instead of asking CloudFormation: needs rights to read and no others
    #[arg(long)]
    pub no_change_set: bool,
    /// End with exit code 2 when a deploy would change something
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Accept that this resource is replaced or removed, although it holds users or what they need; may be given again
    #[arg(long, value_name = "LOGICAL_ID")]
    pub allow_replace: Vec<String>,
    /// The role that CloudFormation would make the changes with [default: the caller's own rights]
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// Leave this user pool of an earlier stack behind, and make a new one; may be given again
    #[arg(long, value_name = "POOL_ID")]
    pub leave_behind: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    #[default]
    Text,
    Json,
    Markdown,
}

#[derive(Debug, Args)]
pub struct DeployArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// Deploy what `bundle` has built: compile nothing, and read nothing outside of this folder
    #[arg(long, value_name = "DIR")]
    pub bundle: Option<PathBuf>,
    /// Build for the local AWS as for AWS: slower, and exactly the programs that AWS would get
    #[arg(long, conflicts_with_all = ["bundle", "plan"])]
    pub release: bool,
    /// Apply what `plan --out` has written, without asking; refuse if anything is not as it was reviewed
    #[arg(long, value_name = "FILE", conflicts_with_all = ["bundle", "allow_replace", "role_arn", "take_back", "leave_behind"])]
    pub plan: Option<PathBuf>,
    /// Apply without asking
    #[arg(long, short)]
    pub yes: bool,
    /// Accept that this resource is replaced or removed, although it holds users or what they need; may be given again
    #[arg(long, value_name = "LOGICAL_ID")]
    pub allow_replace: Vec<String>,
    /// The role that CloudFormation makes the changes with [default: the caller's own rights]
    #[arg(long, value_name = "ARN")]
    pub role_arn: Option<String>,
    /// Tell everything on standard output as a stream of events, a JSON object on each line
    #[arg(long)]
    pub json: bool,
    /// Take back what an earlier stack of the stage left: its user pool, app clients, table and key
    #[arg(long)]
    pub take_back: bool,
    /// Leave this user pool of an earlier stack behind, and make a new one; may be given again
    #[arg(long, value_name = "POOL_ID")]
    pub leave_behind: Vec<String>,
    /// Deploy nothing, and delete this app client, by name or id: one that the stage no longer names is kept, still enabled
    #[arg(long, value_name = "NAME", conflicts_with_all = ["bundle", "release", "plan", "allow_replace", "role_arn", "take_back", "leave_behind"])]
    pub delete_client: Option<String>,
}
