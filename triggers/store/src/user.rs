//! The user's entry in the pool: address, locale, and the attribute that a state may lie in.

use aws_sdk_cognitoidentityprovider::{Client, types::AttributeType};
use aws_types::SdkConfig;
use challenge::{Address, SealedState, Subject, address::is_verified};
use trigger_runtime::Failure;

use crate::failure;

#[derive(Debug)]
pub(crate) struct Directory {
    cognito: Client,
    attribute: String,
}

/// A user as the pool holds it at this moment.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The address, if it is verified and can be one.
    pub(crate) address: Option<Address>,
    pub(crate) locale: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) sealed: Option<SealedState>,
}

impl Directory {
    pub(crate) fn new(config: &SdkConfig, attribute: String) -> Self {
        Self { cognito: Client::new(config), attribute }
    }

    pub(crate) async fn get(&self, subject: &Subject<'_>) -> Result<Entry, Failure> {
        let request = self.cognito.admin_get_user().user_pool_id(subject.user_pool).username(subject.user);
        let user = request.send().await.map_err(|error| failure("AdminGetUser", &error))?;
        let attribute = |name: &str| {
            user.user_attributes().iter().find(|attribute| attribute.name() == name).and_then(AttributeType::value)
        };
        let verified = is_verified(attribute("email_verified"));
        Ok(Entry {
            address: attribute("email").filter(|_| verified).and_then(|text| Address::parse(text).ok()),
            locale: attribute("locale").map(str::to_owned),
            enabled: user.enabled(),
            sealed: attribute(&self.attribute)
                .filter(|text| !text.is_empty())
                .map(|text| SealedState::new(text.to_owned())),
        })
    }

    pub(crate) async fn put(&self, subject: &Subject<'_>, sealed: &SealedState) -> Result<(), Failure> {
        let attempted = "AdminUpdateUserAttributes";
        let attribute = AttributeType::builder().name(&self.attribute).value(sealed.as_str()).build();
        let attribute = attribute.map_err(|error| Failure::unavailable(attempted, &error.to_string()))?;
        let request = self.cognito.admin_update_user_attributes().user_pool_id(subject.user_pool);
        let answer = request.username(subject.user).user_attributes(attribute).send().await;
        answer.map(drop).map_err(|error| failure(attempted, &error))
    }
}
