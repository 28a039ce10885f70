//! The four functions as they are deployed, called as Cognito calls them, before a scripted AWS.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::duplicate_mod)]

mod attribute;
mod calls;
mod define;
mod properties;
mod spoil;
mod table;
mod unknown;
mod versions;
mod words;
