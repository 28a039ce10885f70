//! What the four triggers share: reading an event, answering it within a budget, one log line about it.
//!
//! Events are read from plain JSON. Typed structs would refuse a null or missing `session` before any of our code runs,
//! and a sign-in must always get a defined answer.

mod event;
mod failure;
mod log;
mod metric;
mod run;
pub mod settings;

pub use event::Event;
pub use failure::Failure;
pub use metric::{Metric, count};
pub use run::{Budget, Function, Reply, now, start, within};
