//! An address as the mail system takes it.

use challenge::Address;

/// An address in seven bits, since SES takes no other: an internationalised domain as Punycode, the local part as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox(String);

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox(…)")
    }
}

impl Mailbox {
    /// `None` where SES can take no form of it: the local part is not ASCII, or the domain cannot be one.
    #[must_use]
    pub fn of(address: &Address) -> Option<Self> {
        let text = address.expose();
        if text.is_ascii() {
            return Some(Self(text.to_owned()));
        }
        let (local, domain) = text.rsplit_once('@').filter(|(local, _)| local.is_ascii())?;
        let domain = idna::domain_to_ascii_strict(domain).ok()?;
        Some(Self(format!("{local}@{domain}")))
    }

    /// The whole address, for the mail's `To` alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_mailbox_is_an_address_in_seven_bits() {
        for (name, address, expected) in [
            ("ASCII, as it is", "Jane.Doe+x@Example.COM", Some("Jane.Doe+x@Example.COM")),
            ("an underscore in an ASCII domain", "jane@a_b.example.com", Some("jane@a_b.example.com")),
            ("umlaut", "jane@müller.example", Some("jane@xn--mller-kva.example")),
            ("upper case", "jane@MÜLLER.example", Some("jane@xn--mller-kva.example")),
            ("decomposed", "jane@mu\u{308}ller.example", Some("jane@xn--mller-kva.example")),
            ("sharp s", "jane@straße.example", Some("jane@xn--strae-oqa.example")),
            ("another script", "jane@例え.テスト", Some("jane@xn--r8jz45g.xn--zckzah")),
            ("full-width dots and letters", "jane@ｅｘａｍｐｌｅ。com", Some("jane@example.com")),
            ("punycode already", "jane@xn--mller-kva.example", Some("jane@xn--mller-kva.example")),
            ("a local part beyond ASCII", "jané@example.com", None),
            ("both", "jané@müller.example", None),
            ("a label that is empty", "jane@müller..example", None),
            ("a label that is too long", &format!("jane@{}.example", "ü".repeat(64)), None),
            ("a punctuation mark", "jane@mü/ller.example", None),
        ] {
            let address = Address::parse(address).unwrap();
            assert_eq!(Mailbox::of(&address).as_ref().map(Mailbox::expose), expected, "{name}");
        }
    }

    #[test]
    fn debug_does_not_show_it() {
        let mailbox = Mailbox::of(&Address::parse("jane@example.com").unwrap());
        assert_eq!(format!("{mailbox:?}"), "Some(Mailbox(…))");
    }
}
