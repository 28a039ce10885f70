//! The words of a stage file that are one of a few.

use std::fmt;

use challenge::AttemptRule;
use toml_span::value::Value;

use super::problem::Collector;
use super::reader::{Setting, shown};
use super::text::read_text;

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant,)+ }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// As the stage file writes it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(self.word())
            }
        }

        impl Setting for $name {
            fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
                read_text(key, value, problems, |text| {
                    Self::ALL.iter().copied().find(|choice| choice.word() == text).ok_or_else(|| {
                        let words: Vec<_> = Self::ALL.iter().map(|choice| format!("`{}`", choice.word())).collect();
                        format!("`{}` is none of {}", shown(text), words.join(", "))
                    })
                })
            }
        }
    };
}

choice! {
    /// The processor that the functions run on.
    Architecture {
        /// That of the machine that builds, since the local AWS runs the functions as its own processes.
        Host = "host",
        X86_64 = "x86_64",
        Arm64 = "arm64",
    }
}
choice! {
    /// What a user signs in with.
    SignIn { Email = "email", Username = "username", }
}
choice! {
    /// Who can bring back an account whose password is lost.
    Recovery { AdminOnly = "admin_only", VerifiedEmail = "verified_email", }
}
choice! {
    /// The user pool's feature plan.
    Tier { Lite = "lite", Essentials = "essentials", Plus = "plus", }
}
choice! {
    /// Where the state of a user is kept, sealed either way.
    Store {
        /// In a custom attribute of the user, as in the article. Cognito has no conditional write, so limits are soft.
        Attribute = "attribute",
        /// In a DynamoDB table with conditional writes, so limits are exact.
        Table = "table",
    }
}
choice! {
    /// Whether a right code has to come with the client's mark, `clientMetadata.attempt`.
    AttemptMark {
        Optional = "optional",
        Required = "required",
    }
}

impl From<AttemptMark> for AttemptRule {
    fn from(mark: AttemptMark) -> Self {
        match mark {
            AttemptMark::Optional => Self::Optional,
            AttemptMark::Required => Self::Required,
        }
    }
}

choice! {
    /// Whose the SES identity of the sender is.
    Identity {
        /// There before the stack.
        Existing = "existing",
        /// Made and removed by the stack.
        Managed = "managed",
    }
}
choice! {
    /// What an app client may do with the attribute that holds the challenge.
    AttributeAccess { None = "none", Read = "read", ReadWrite = "read-write", }
}
choice! {
    /// A flow that an app client may use, by Cognito's name.
    AuthFlow {
        Custom = "ALLOW_CUSTOM_AUTH",
        RefreshToken = "ALLOW_REFRESH_TOKEN_AUTH",
        UserPassword = "ALLOW_USER_PASSWORD_AUTH",
        UserSrp = "ALLOW_USER_SRP_AUTH",
        AdminUserPassword = "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        User = "ALLOW_USER_AUTH",
    }
}

impl AuthFlow {
    /// Whether it hands out tokens for the password alone.
    #[must_use]
    pub const fn is_password_only(self) -> bool {
        match self {
            Self::UserPassword | Self::UserSrp | Self::AdminUserPassword | Self::User => true,
            Self::Custom | Self::RefreshToken => false,
        }
    }
}

choice! {
    /// A weakness that a stage must accept by name.
    Risk {
        PasswordOnlyFlows = "password-only-flows",
        AttributeRead = "attribute-read",
        AttributeWrite = "attribute-write",
        NoGate = "no-gate",
        CodeLifeOver10Minutes = "code-life-over-10-minutes",
        RecoveryByEmail = "recovery-by-email",
        OpenSignUp = "open-sign-up",
        NoDeletionProtection = "no-deletion-protection",
        SoftLimits = "soft-limits",
    }
}

impl Risk {
    /// What the weakness lets happen, as the end of a sentence.
    #[must_use]
    pub const fn consequence(self) -> &'static str {
        match self {
            Self::PasswordOnlyFlows => "tokens are handed out for the password alone",
            Self::AttributeRead => "the sealed state of a challenge travels in every ID token of the client",
            Self::AttributeWrite => "users of the client can overwrite the state of their challenge",
            Self::NoGate => "tokens are issued without proof that a code was confirmed",
            Self::CodeLifeOver10Minutes => {
                "a code lives for more than the 10 minutes that standards allow (ASVS 5.0 6.5.5)"
            }
            Self::RecoveryByEmail => "whoever reads the mailbox has both factors",
            Self::OpenSignUp => "anybody can make an account through a public client",
            Self::NoDeletionProtection => "one call deletes every user",
            Self::SoftLimits => "parallel guesses can exceed the limits that are kept in an attribute",
        }
    }

    /// The risk with its consequence, for those who review what a stage accepts.
    #[must_use]
    pub fn told(self) -> String {
        format!("`{self}`: {}", self.consequence())
    }
}
