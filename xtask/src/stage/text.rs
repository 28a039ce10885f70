//! The texts of a stage file, each in a type with one way in.

use std::fmt;

use message::Locale;
use serde::Serialize;
use toml_span::value::{Value, ValueInner};

use super::problem::Collector;
use super::reader::{Setting, described, shown};

/// Why a text is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(String);

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// # Errors
            /// [`Invalid`] with the rule that the text breaks.
            pub fn new(text: &str) -> Result<Self, Invalid> {
                let rule: fn(&str) -> Result<(), String> = $rule;
                rule(text).map_err(Invalid)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Setting for $name {
            fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
                read_text(key, value, problems, Self::new)
            }
        }
    };
}

text! {
    /// The name of a stage and of its file: 1 to 20 characters of `a-z0-9-`, a letter first.
    StageName, |text| name(text, 20, |c| c.is_ascii_lowercase(), |c| matches!(c, 'a'..='z' | '0'..='9' | '-'))
}
text! {
    /// The twelve digits of an AWS account.
    AccountId, |text| holds(text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()), text, "not the 12 digits of an account")
}
text! {
    /// An AWS Region, such as `eu-central-1`.
    Region, |text| holds(is_region(text), text, "not a Region such as `eu-central-1`")
}
text! {
    /// The name of a stack. It begins the functions' names, which Lambda limits to 64 characters: 1 to 36 characters of
    /// `a-zA-Z0-9-`, a letter first.
    StackName, |text| name(text, 36, |c| c.is_ascii_alphabetic(), |c| c.is_ascii_alphanumeric() || c == '-')
}
text! {
    /// A repository as GitHub's tokens name it: `owner/name`, of newer ones `owner@1/name@2` with their ids. Case counts.
    RepositoryName, |text| holds(is_repository(text), text, "not a repository such as `owner/name`")
}
text! {
    /// The name of a user pool, 1 to 128 characters.
    PoolName, |text| {
        length(text, 128)?;
        no_markup(text)?;
        let allowed = |c: char| c.is_alphanumeric() || " +=,.@-_".contains(c);
        holds(text.chars().all(allowed), text, "not a pool's name: only letters, digits, spaces and `+=,.@-_` are allowed")
    }
}
text! {
    /// The name of a custom attribute without its `custom:`, 1 to 20 characters.
    AttributeName, |text| {
        if text.starts_with("custom:") {
            return Err(format!("`{}` is written without `custom:`", shown(text)));
        }
        name(text, 20, |c| c.is_ascii_alphabetic(), |c| c.is_ascii_alphanumeric() || c == '_')
    }
}
text! {
    /// The address of a mailbox, such as `sign-in@example.com`.
    EmailAddress, |text| holds(is_address(text), text, "not an e-mail address")
}
text! {
    /// An SES identity: an address or a domain.
    IdentityName, |text| holds(is_address(text) || is_domain(text), text, "neither an e-mail address nor a domain")
}
text! {
    /// The name of an SES configuration set, 1 to 64 characters.
    ConfigurationSetName, |text| name(text, 64, |c| c.is_ascii_alphanumeric(), |c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
text! {
    /// Free text of 1 to 64 characters that users read in mails, or as their sender.
    ProductName, |text| {
        length(text, 64)?;
        no_markup(text)?;
        holds(text.trim() == text, text, "not a name: it begins or ends with a space")
    }
}
text! {
    /// The name of an app client: 1 to 32 characters of `a-z0-9`, a letter first.
    ClientName, |text| name(text, 32, |c| c.is_ascii_lowercase(), |c| matches!(c, 'a'..='z' | '0'..='9'))
}
text! {
    /// The key of a tag, 1 to 128 characters.
    TagKey, |text| {
        length(text, 128)?;
        no_markup(text)?;
        holds(!text.to_ascii_lowercase().starts_with("aws:"), text, "reserved: `aws:` begins AWS's own tags")?;
        holds(text.chars().all(is_tag_character), text, "not a tag's key: only letters, digits, spaces and `_.:/=+-@` are allowed")
    }
}
text! {
    /// The value of a tag, 1 to 256 characters.
    TagValue, |text| {
        length(text, 256)?;
        no_markup(text)?;
        holds(text.chars().all(is_tag_character), text, "not a tag's value: only letters, digits, spaces and `_.:/=+-@` are allowed")
    }
}

impl EmailAddress {
    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// The languages are those that the mail is written in.
impl Setting for Locale {
    fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
        read_text(key, value, problems, |text| {
            Self::parse(text).ok_or_else(|| {
                let written: Vec<_> = Self::ALL.iter().map(|locale| format!("`{}`", locale.as_str())).collect();
                format!("there is no mail in `{}`, only in {}", shown(text), written.join(", "))
            })
        })
    }
}

/// Reads a string and makes it what `new` makes of it.
pub(super) fn read_text<T, E: fmt::Display>(
    key: &str,
    value: &Value<'_>,
    problems: &mut Collector<'_>,
    new: impl FnOnce(&str) -> Result<T, E>,
) -> Option<T> {
    let ValueInner::String(text) = value.as_ref() else {
        let found = described(value.as_ref());
        problems.add(value.span.start, format!("`{key}`: expected a string, found {found}"));
        return None;
    };
    new(text).map_err(|error| problems.add(value.span.start, format!("`{key}`: {error}"))).ok()
}

fn holds(rule: bool, text: &str, otherwise: &str) -> Result<(), String> {
    if rule { Ok(()) } else { Err(format!("`{}` is {otherwise}", shown(text))) }
}

fn length(text: &str, most: usize) -> Result<(), String> {
    match text.chars().count() {
        0 => Err("is empty".to_owned()),
        count if count > most => Err(format!("`{}` has {count} characters, at most {most} are allowed", shown(text))),
        _ => Ok(()),
    }
}

fn name(text: &str, most: usize, first: fn(char) -> bool, rest: fn(char) -> bool) -> Result<(), String> {
    length(text, most)?;
    holds(text.starts_with(first), text, "not a name: it begins with another character than a name may")?;
    match text.chars().find(|&c| !rest(c)) {
        Some(other) => Err(format!("`{}` is not a name: `{}` is not allowed", shown(text), other.escape_default())),
        None => Ok(()),
    }
}

/// `${` and `{{` are CloudFormation's own, and what cannot be seen cannot be reviewed.
fn no_markup(text: &str) -> Result<(), String> {
    for markup in ["${", "{{"] {
        holds(!text.contains(markup), text, &format!("refused: `{markup}` is CloudFormation's"))?;
    }
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{ffff}')
    };
    match text.chars().find(|&c| unseen(c)) {
        Some(c) => Err(format!("`{}` holds the invisible character {}", shown(text), c.escape_unicode())),
        None => Ok(()),
    }
}

fn is_region(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [first, middle @ .., last] = parts.as_slice() else { return false };
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    first.len() == 2
        && word(first)
        && (1..=2).contains(&middle.len())
        && middle.iter().all(|part| word(part))
        && last.len() == 1
        && last.bytes().all(|b| b.is_ascii_digit())
}

/// What SES and Cognito take as a sender without quoting: rarer forms are not worth their risk in a policy.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._+-".contains(c);
    (1..=64).contains(&local.len())
        && local.chars().all(allowed)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && is_domain(domain)
}

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

fn is_repository(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let part = |text: &str, most: usize, allowed: &dyn Fn(char) -> bool| {
        let (name, id) = text.split_once('@').map_or((text, None), |(name, id)| (name, Some(id)));
        let numeric = |id: &str| (1..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
        (1..=most).contains(&name.len()) && name.chars().all(allowed) && id.is_none_or(numeric)
    };
    text.split_once('/').is_some_and(|(owner, name)| {
        part(owner, 39, &word) && part(name, 100, &|c| word(c) || c == '.') && !matches!(name, "." | "..")
    })
}

fn is_tag_character(c: char) -> bool {
    // CloudFormation gives letters beyond ASCII back as question marks.
    c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c)
}
