//! What the tests in this package stand on.
//!
//! Contract tests start the real `bootstrap` files ([`runtime_api`]) before a scripted AWS ([`fake_aws`]), joined in a
//! [`world`] that calls the functions as Cognito does. End-to-end tests sign in on a stack that the real command has
//! deployed ([`stack`]).

pub mod bundle;
pub mod event;
pub mod fake_aws;
pub mod kept;
pub mod logs;
pub mod long;
pub mod mail;
pub mod node;
pub mod own_aws;
pub mod person;
pub mod place;
pub mod proxy;
pub mod runtime_api;
pub mod srp;
pub mod stack;
pub mod tool;
pub mod wait;
pub mod world;
pub mod written;
