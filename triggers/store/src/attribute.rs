//! The store `attribute`: the state lies sealed in a custom attribute of the user, as in the article.
//!
//! Cognito has no conditional write, so of two calls that run at once the later one wins: limits kept here are soft.

use aws_config::SdkConfig;
use aws_sdk_cognitoidentityprovider::{Client, types::AttributeType};
use challenge::{Address, KeyRing, OpenError, SealedState, State, Subject, seal::SealNonce};
use std::sync::Arc;
use trigger_runtime::Failure;

use crate::{Keys, failure};

/// A user as the pool holds it at this moment.
#[derive(Debug)]
pub struct User {
    /// What was stored, or nothing remembered when there was nothing, or nothing genuine.
    pub state: State,
    /// Why the stored value was not taken for a state, if it was not.
    pub unusable: Option<OpenError>,
    /// The address, if it is verified and can be one.
    pub address: Option<Address>,
    pub keys: Arc<KeyRing>,
}

#[derive(Debug)]
pub struct Store {
    cognito: Client,
    attribute: String,
    keys: Keys,
}

impl Store {
    /// Takes the attribute's full name, such as `custom:authChallenge`.
    #[must_use]
    pub fn new(config: &SdkConfig, attribute: String, keys: Keys) -> Self {
        Self { cognito: Client::new(config), attribute, keys }
    }

    /// Reads the user fresh: whether the attributes in an event are what was stored last is not documented.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the user or the keys cannot be read.
    pub async fn load(&self, subject: &Subject<'_>) -> Result<User, Failure> {
        let request = self.cognito.admin_get_user().user_pool_id(subject.user_pool).username(subject.user).send();
        let (user, keys) = tokio::join!(request, self.keys.ring());
        let user = user.map_err(|error| failure("AdminGetUser", &error))?;
        let attribute = |name: &str| {
            user.user_attributes().iter().find(|attribute| attribute.name() == name).and_then(AttributeType::value)
        };
        let verified = attribute("email_verified") == Some("true");
        let address = attribute("email").filter(|_| verified).and_then(|text| Address::parse(text).ok());
        let sealed = attribute(&self.attribute).filter(|text| !text.is_empty());
        let mut keys = keys?;
        let Some(sealed) = sealed.map(|text| SealedState::new(text.to_owned())) else {
            return Ok(User { state: State::default(), unusable: None, address, keys });
        };
        let mut opened = sealed.open(subject, &keys);
        if let Err(OpenError::UnknownKey(id)) = opened {
            keys = self.keys.ring_with(id).await?;
            opened = sealed.open(subject, &keys);
        }
        let (state, unusable) = opened.map_or_else(|error| (State::default(), Some(error)), |state| (state, None));
        Ok(User { state, unusable, address, keys })
    }

    /// Stores what is remembered of the user, sealed with the current key.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it is not known to be stored.
    pub async fn save(
        &self,
        subject: &Subject<'_>,
        state: &State,
        keys: &KeyRing,
        nonce: SealNonce,
    ) -> Result<(), Failure> {
        let attempted = "AdminUpdateUserAttributes";
        let sealed = SealedState::seal(state, subject, &keys.current, nonce)
            .ok_or_else(|| Failure::unavailable(attempted, "the state could not be sealed"))?;
        let attribute = AttributeType::builder().name(&self.attribute).value(sealed.as_str()).build();
        let attribute = attribute.map_err(|error| Failure::unavailable(attempted, &error.to_string()))?;
        let request = self.cognito.admin_update_user_attributes().user_pool_id(subject.user_pool);
        let answer = request.username(subject.user).user_attributes(attribute).send().await;
        answer.map(drop).map_err(|error| failure(attempted, &error))
    }
}
