//! `sign-in`: a terminal client for the whole flow. The flow itself is [`Flow`], which tests drive as well.

mod challenge;
mod flow;
mod refusal;
mod secret;
mod terminal;

pub use challenge::{Challenge, State};
pub use flow::{Flow, Step, attempt};
pub use refusal::Refusal;
pub use secret::{AppClient, ClientSecret, Tokens};
pub use terminal::run;
