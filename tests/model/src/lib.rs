//! Two sign-ins of one user, an owner who reads the mailbox and an attacker who has the password, through every
//! interleaving of the functions' steps. The decisions are those of `challenge`; reads, conditional writes, mails and
//! answers follow each other as in the triggers, and between any two of them anything else may happen.

mod cognito;
mod create;
mod gate;
mod history;
mod model;
mod properties;
mod run;
mod scenario;
mod scene;
mod step;
mod store;
mod verify;
mod world;

pub use history::Breach;
pub use model::{Model, Move};
pub use properties::Met;
pub use run::RunId;
pub use scenario::{Budget, Mark, Scenario};
pub use step::How;
pub use world::{Who, World};
