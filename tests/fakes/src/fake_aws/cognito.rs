//! The users of a pool, as the Admin calls see them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Reply;

/// A user of the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    pub user_pool: String,
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    pub enabled: bool,
}

impl User {
    /// A user with a verified address.
    #[must_use]
    pub fn new(user_pool: &str, name: &str, email: &str) -> Self {
        let attributes = [("sub", name), ("email", email), ("email_verified", "true")];
        Self {
            user_pool: user_pool.to_owned(),
            name: name.to_owned(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            enabled: true,
        }
    }

    /// As after AdminDisableUser.
    #[must_use]
    pub fn disabled(self) -> Self {
        Self { enabled: false, ..self }
    }

    #[must_use]
    pub fn with(mut self, attribute: &str, value: &str) -> Self {
        self.attributes.insert(attribute.to_owned(), value.to_owned());
        self
    }
}

fn position(users: &[User], body: &Value) -> Result<usize, Reply> {
    users
        .iter()
        .position(|user| body["UserPoolId"] == user.user_pool && body["Username"] == user.name)
        .ok_or_else(|| Reply::refused("UserNotFoundException", "User does not exist."))
}

pub(super) fn admin_get_user(users: &[User], body: &Value) -> Reply {
    let user = match position(users, body) {
        Ok(position) => &users[position],
        Err(refused) => return refused,
    };
    let attributes: Vec<Value> =
        user.attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    Reply::ok(json!({
        "Username": user.name,
        "UserAttributes": attributes,
        "UserStatus": "CONFIRMED",
        "Enabled": user.enabled,
        "UserCreateDate": 1_700_000_000.0,
        "UserLastModifiedDate": 1_700_000_000.0,
    }))
}

pub(super) fn admin_update_user_attributes(users: &mut [User], body: &Value) -> Reply {
    let user = match position(users, body) {
        Ok(position) => &mut users[position],
        Err(refused) => return refused,
    };
    for attribute in body["UserAttributes"].as_array().into_iter().flatten() {
        let (Some(name), Some(value)) = (attribute["Name"].as_str(), attribute["Value"].as_str()) else {
            return Reply::refused("InvalidParameterException", "attribute without name or value");
        };
        if value.len() > 2048 {
            return Reply::refused("InvalidParameterException", "attribute value too long");
        }
        user.attributes.insert(name.to_owned(), value.to_owned());
    }
    Reply::ok(json!({}))
}
