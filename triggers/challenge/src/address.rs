//! The address that a code is sent to.

use crate::subject::{Digest16, Subject};

/// A verified e-mail address as the user pool holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidAddress;

/// Whether the user's `email_verified` says so. Cognito takes `True` and keeps it as it came.
#[must_use]
pub fn is_verified(email_verified: Option<&str>) -> bool {
    email_verified.is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}

impl Address {
    /// Takes what could be delivered to: one `@` with something on both sides, no blanks or control characters,
    /// at most 254 bytes (RFC 5321 §4.5.3.1.3). Whether mail arrives is for the mail system to say.
    ///
    /// # Errors
    /// [`InvalidAddress`] for anything else.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidAddress)?;
        let strange = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';');
        if local.is_empty() || domain.is_empty() || text.len() > 254 || text.contains(strange) || local.contains('@') {
            return Err(InvalidAddress);
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole address, for the mail's `To` alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What a stranger at the code form may see: `j***@e***`, the shape that Cognito itself uses.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let first = |part: &str| part.chars().next().map(String::from).unwrap_or_default();
        format!("{}***@{}***", first(local), first(domain))
    }

    pub(crate) fn digest(&self, subject: &Subject<'_>) -> Digest16 {
        subject.digest("address", &self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn masks_show_two_letters_and_no_length() {
        for (address, expected) in
            [("jane@example.com", "j***@e***"), ("j@e.org", "j***@e***"), ("émile@example.com", "é***@e***")]
        {
            assert_eq!(Address::parse(address).unwrap().masked(), expected);
        }
    }

    #[test]
    fn an_address_is_verified_in_any_case() {
        for (value, expected) in [
            (Some("true"), true),
            (Some("True"), true),
            (Some("TRUE"), true),
            (Some("false"), false),
            (Some("yes"), false),
            (Some("true "), false),
            (Some(""), false),
            (None, false),
        ] {
            assert_eq!(is_verified(value), expected, "{value:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "@", "a@", "@b", "no-at", "two@at@signs", "a b@c", "a@b\n", "a@b,c@d", "<a@b>"] {
            assert_eq!(Address::parse(text), Err(InvalidAddress), "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@b", "a".repeat(253))), Err(InvalidAddress));
        let longest = format!("{}@b", "a".repeat(252));
        assert_eq!(Address::parse(&longest).unwrap().expose(), longest);
    }

    #[test]
    fn debug_does_not_show_it() {
        assert_eq!(format!("{:?}", Address::parse("jane@example.com").unwrap()), "Address(…)");
    }
}
