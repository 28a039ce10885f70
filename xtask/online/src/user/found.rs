//! A user as the pool knows it.

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::AttributeType;
use challenge::address::is_verified;
use xtask::terminal::line;

use super::Kept;
use crate::aws;

/// There is nobody of that address or name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such user\nhint: `cargo xtask user create` makes one")]
pub struct NoSuchUser;

/// What the pool says of a user. The state itself is not among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The user's name in the pool, which the triggers know the user by.
    pub name: String,
    /// Cognito's word, such as `CONFIRMED`.
    pub status: String,
    pub enabled: bool,
    /// The address that codes go to; none where the user has none.
    pub address: Option<String>,
    pub address_verified: bool,
    /// Whether the stage's attribute holds anything.
    pub attribute_holds_state: bool,
}

impl Found {
    /// Reads the user; `attribute` is the full name of the one for the state.
    ///
    /// # Errors
    /// [`NoSuchUser`], or what Cognito says.
    pub async fn read(cognito: &Client, user_pool_id: &str, email: &str, attribute: &str) -> anyhow::Result<Self> {
        let answer = match cognito.admin_get_user().user_pool_id(user_pool_id).username(email).send().await {
            Ok(answer) => answer,
            Err(error) if error.as_service_error().is_some_and(|error| error.is_user_not_found_exception()) => {
                anyhow::bail!(NoSuchUser)
            }
            Err(error) => return Err(aws::sdk(error)),
        };
        let value = |name: &str| {
            answer.user_attributes().iter().find(|pair| pair.name() == name).and_then(AttributeType::value)
        };
        Ok(Self {
            name: answer.username().to_owned(),
            status: answer.user_status().map_or("unknown", |status| status.as_str()).to_owned(),
            enabled: answer.enabled(),
            address: value("email").filter(|address| !address.is_empty()).map(str::to_owned),
            address_verified: is_verified(value("email_verified")),
            attribute_holds_state: value(attribute).is_some_and(|text| !text.is_empty()),
        })
    }

    /// For people, a line each.
    #[must_use]
    pub fn to_text(&self, kept: Kept) -> String {
        let address = match (&self.address, self.address_verified) {
            (None, _) => "none: no code is sent".to_owned(),
            (Some(address), true) => format!("{}, verified", line(address)),
            (Some(address), false) => format!("{}, not verified: no code is sent to it", line(address)),
        };
        let enabled = if self.enabled { "enabled" } else { "disabled" };
        let state = if kept.is_none() { "none".to_owned() } else { format!("kept in {kept}") };
        [
            ("user", line(&self.name)),
            ("status", format!("{}, {enabled}", line(&self.status))),
            ("address", address),
            ("state", state),
        ]
        .into_iter()
        .map(|(name, value)| format!("{name:<8} {value}\n"))
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_a_user_from_signing_in_can_be_read() {
        let found = Found {
            name: "a1b2".into(),
            status: "CONFIRMED".into(),
            enabled: true,
            address: Some("a@example.com".into()),
            address_verified: true,
            attribute_holds_state: false,
        };
        let fine = found.to_text(Kept { attribute: false, table: true });
        assert_eq!(
            fine,
            "user     a1b2\nstatus   CONFIRMED, enabled\naddress  a@example.com, verified\nstate    kept in the table\n"
        );
        let stuck = Found { enabled: false, address_verified: false, ..found.clone() };
        let stuck = stuck.to_text(Kept::default());
        assert!(stuck.contains("disabled") && stuck.contains("not verified") && stuck.contains("none"), "{stuck}");
        let without = Found { address: None, ..found }.to_text(Kept::default());
        assert!(without.contains("\naddress  none: no code is sent\n"), "{without}");
    }
}
