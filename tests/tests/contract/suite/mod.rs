//! What both stores have to pass, compiled once for each, so that a test's name says on which one it failed.

use super::STORE;

mod create;
mod faults;
mod gate;
mod hostile;
mod metrics;
mod overlaps;
mod repeats;
mod secrecy;
mod verify;
