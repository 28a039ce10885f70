//! What the local AWS takes from the tool and from nothing else: a key pair and a token, made at each start.

use std::fmt;
use std::fs::File;
use std::io::Read as _;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// A text that `Debug` does not show.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// How the tool signs its calls, and how it asks for what only the local AWS has, such as mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Access {
    pub access_key_id: String,
    pub secret_access_key: Secret,
    /// The value of the header [`Access::TOKEN_HEADER`].
    pub token: Secret,
}

impl Access {
    /// The launcher takes what is below `/_ministack/` with this header alone.
    pub const TOKEN_HEADER: &str = "x-local-aws-token";

    /// A new one, of the system's random numbers.
    ///
    /// # Errors
    /// When the system gives none.
    pub(super) fn random() -> anyhow::Result<Self> {
        Ok(Self {
            access_key_id: format!("AKIA{}", hex(&random::<8>()?).to_uppercase()),
            secret_access_key: Secret(hex(&random::<20>()?)),
            token: Secret(hex(&random::<20>()?)),
        })
    }

    /// What the launcher reads and removes from its environment.
    pub(super) fn environment(&self) -> [(&'static str, &str); 3] {
        [
            ("LOCAL_AWS_ACCESS_KEY_ID", &self.access_key_id),
            ("LOCAL_AWS_SECRET_ACCESS_KEY", self.secret_access_key.reveal()),
            ("LOCAL_AWS_TOKEN", self.token.reveal()),
        ]
    }
}

pub(super) fn random<const N: usize>() -> anyhow::Result<[u8; N]> {
    let mut bytes = [0; N];
    let read = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    read.context("failed to read `/dev/urandom`")?;
    Ok(bytes)
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn each_start_has_keys_of_its_own_and_debug_shows_no_secret() {
        let (one, other) = (Access::random().unwrap(), Access::random().unwrap());
        assert_ne!(one.access_key_id, other.access_key_id);
        assert_ne!(one.secret_access_key, other.secret_access_key);
        assert_ne!(one.token, other.token);
        let shown = format!("{one:?}");
        assert!(shown.contains(&one.access_key_id), "{shown}");
        assert!(!shown.contains(one.secret_access_key.reveal()) && !shown.contains(one.token.reveal()), "{shown}");
    }
}
