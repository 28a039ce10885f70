//! The domain of an e-mail code as a second factor: what a sign-in may do next, and why not.
//!
//! Everything here is a value made from values. Time, randomness and keys are arguments; there is no event, no SDK, no
//! clock and no I/O, so each rule can be tested as a row of a table.

pub mod address;
pub mod client;
pub mod code;
pub mod create;
pub mod define;
pub mod gate;
pub mod id;
pub mod key;
pub mod lockout;
pub mod policy;
pub mod seal;
mod sends;
pub mod session;
pub mod state;
pub mod subject;
pub mod time;
mod typed;
pub mod verify;
pub mod view;

pub use address::{Address, InvalidAddress};
pub use code::{Answer, Code};
pub use id::{ChallengeId, Fresh};
pub use key::{InvalidKey, Key, KeyId, KeyRing};
pub use policy::{
    AttemptRule, CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, Lockout, MaxAttempts, OutOfRange,
    Policy, ResendAfter, SendsPerHour,
};
pub use seal::{OpenError, SealedState};
pub use session::{Action, Attempt, InvalidAttempt, Issue, Metadata, Round, Session, Step};
pub use state::State;
pub use subject::Subject;
pub use time::UnixSeconds;
pub use view::{PublicState, View};
