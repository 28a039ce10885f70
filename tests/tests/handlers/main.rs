//! The functions' handlers in this process, before a scripted AWS, with time that stands still: what takes seconds takes
//! none, so that every fault of every call can be tried.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod crowds;
mod faults;
mod keys;
mod matrix;
mod patience;
mod promises;
mod scenario;
mod stage;
