//! The four functions as they are deployed, called as Cognito calls them, before a scripted AWS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod create;
mod define;
mod gate;
mod hostile;
mod secrecy;
mod verify;
