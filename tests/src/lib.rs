//! What the tests in this package stand on.
//!
//! Contract tests start the real `bootstrap` files before the stand-ins of the package `fakes`. End-to-end tests sign in on
//! a stack that the real command has deployed ([`stack`]).

pub mod bundle;
pub mod kept;
pub mod long;
pub mod node;
pub mod own_aws;
pub mod person;
pub mod proxy;
pub mod srp;
pub mod stack;
pub mod tool;
pub mod wait;
pub mod written;

pub use fakes::{event, fake_aws, logs, mail, place, runtime_api, world};
