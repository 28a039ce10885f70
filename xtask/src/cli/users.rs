//! Users, and signing in as one.

use clap::{Args, Subcommand};

use super::StageArgs;

#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// Create a user with a verified e-mail address; no mail is sent
    Create(UserArgs),
    /// Set the user's password for good; read from a prompt, or from standard input
    Confirm(UserArgs),
    /// Say how the user stands: status, address, whether a state is kept
    Show(UserArgs),
    /// Forget the user's locks, failures and codes, so that a sign-in can begin anew
    Unlock(UserArgs),
    /// End the user's sessions on all devices
    SignOut(UserArgs),
}

impl UserVerb {
    #[must_use]
    pub const fn args(&self) -> &UserArgs {
        match self {
            Self::Create(args) | Self::Confirm(args) | Self::Show(args) | Self::Unlock(args) | Self::SignOut(args) => {
                args
            }
        }
    }
}

#[derive(Debug, Args)]
pub struct UserArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// The user's e-mail address
    #[arg(value_name = "EMAIL")]
    pub email: String,
}

#[derive(Debug, Args)]
pub struct SignInArgs {
    #[command(flatten)]
    pub stage: StageArgs,
    /// The app client to sign in through [default: the stage's first]
    #[arg(long, value_name = "NAME")]
    pub client: Option<String>,
    /// The user's e-mail address
    #[arg(value_name = "EMAIL")]
    pub email: String,
}
