//! Which app client a sign-in runs through.

use serde::{Deserialize, Serialize};

use crate::subject::{Digest16, Subject};

/// A fingerprint of an app client's id, small enough to be kept in the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client(Digest16);

impl Client {
    #[must_use]
    pub fn new(subject: &Subject<'_>, client_id: &str) -> Self {
        Self(subject.digest("client", client_id))
    }
}
