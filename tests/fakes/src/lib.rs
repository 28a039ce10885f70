//! Stand-ins for what is around the triggers: the real `bootstrap` files run before a scripted Runtime API
//! ([`runtime_api`]) and a scripted AWS ([`fake_aws`]), joined in a [`world`] that calls them as Cognito does.

pub mod event;
pub mod fake_aws;
pub mod logs;
pub mod mail;
pub mod place;
pub mod runtime_api;
pub mod world;
