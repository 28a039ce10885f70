//! Which app client a sign-in runs through, and under which mark.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    session::Attempt,
    subject::{Digest16, Subject},
};

/// A fingerprint of an app client's id, small enough to be kept in the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client(Digest16);

impl Client {
    #[must_use]
    pub fn new(subject: &Subject<'_>, client_id: &str) -> Self {
        Self(subject.digest("client", client_id))
    }

    /// The fingerprint of client and mark together; that of the client alone for a call without a mark.
    pub(crate) fn marked(self, attempt: Option<Attempt>) -> Self {
        let Some(attempt) = attempt else { return self };
        let hash = Sha256::digest([self.0, attempt.digest()].concat());
        let mut short = Digest16::default();
        short.copy_from_slice(&hash[..16]);
        Self(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_and_mark_give_one_fingerprint() {
        let subject = Subject { user_pool: "pool", user: "user" };
        let (web, server) = (Client::new(&subject, "web"), Client::new(&subject, "server"));
        let mark = |text: &str| Attempt::parse(&subject, Some(&text.repeat(16))).unwrap_or_default();
        assert_eq!(web.marked(None), web);
        let all = [web, server, web.marked(mark("a")), web.marked(mark("b")), server.marked(mark("a"))];
        for (index, one) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|other| other != one), "{index}");
        }
    }
}
