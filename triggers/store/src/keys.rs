//! The keys, from Secrets Manager.
//!
//! An environment variable would be readable by anyone with read-only access to the function, and would stay the old
//! one after a rotation until the function is next updated.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use aws_config::SdkConfig;
use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use challenge::{Key, KeyId, KeyRing};
use tokio::time::Instant;
use trigger_runtime::Failure;

use crate::failure;

/// The current and the previous key, cached for the life of the function.
#[derive(Debug)]
pub struct Keys {
    client: Client,
    secret: String,
    cached: RwLock<Option<Cached>>,
}

#[derive(Debug, Clone)]
struct Cached {
    ring: Arc<KeyRing>,
    fetched: Instant,
    /// When an unknown key id last made the function fetch.
    looked: Option<Instant>,
}

/// A key that was replaced because it leaked must not be used for the rest of a function's life.
const STALE_AFTER: Duration = Duration::from_secs(300);

/// An unknown key id makes the function look for a rotation, but not more often than this: whoever may write the
/// attribute could otherwise make every call fetch the secret.
const REFRESH_AT_MOST_EVERY: Duration = Duration::from_secs(10);

/// A start that takes longer eats into the time that Cognito waits for the first answer.
const PATIENCE_AT_START: Duration = Duration::from_secs(1);

impl Keys {
    /// Takes the secret's ARN and fetches the keys. A fetch that fails now is tried again with the first event.
    pub async fn new(config: &SdkConfig, secret: String) -> Self {
        let keys = Self { client: Client::new(config), secret, cached: RwLock::new(None) };
        match tokio::time::timeout(PATIENCE_AT_START, keys.fetch(None)).await {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => tracing::warn!(target: "trigger", outcome = "keys-not-fetched", reason = %failure),
            Err(_) => tracing::warn!(target: "trigger", outcome = "keys-not-fetched", reason = "no answer in time"),
        }
        keys
    }

    /// # Errors
    /// [`Failure::Unavailable`] when the keys are not cached and cannot be fetched.
    pub async fn ring(&self) -> Result<Arc<KeyRing>, Failure> {
        match self.cached() {
            Some(cached) if cached.fetched.elapsed() < STALE_AFTER => Ok(cached.ring),
            // What is known still serves when Secrets Manager cannot be asked.
            Some(cached) => self.fetch(cached.looked).await.or(Ok(cached.ring)),
            None => self.fetch(None).await,
        }
    }

    /// The ring after a look for the key `id`, which a rotation may just have made.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the keys cannot be fetched.
    pub async fn ring_with(&self, id: KeyId) -> Result<Arc<KeyRing>, Failure> {
        match self.cached() {
            Some(cached) if cached.ring.get(id).is_some() => Ok(cached.ring),
            Some(cached) if cached.looked.is_some_and(|at| at.elapsed() < REFRESH_AT_MOST_EVERY) => Ok(cached.ring),
            _ => self.fetch(Some(Instant::now())).await,
        }
    }

    fn cached(&self) -> Option<Cached> {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self, looked: Option<Instant>) -> Result<Arc<KeyRing>, Failure> {
        let (current, previous) = tokio::join!(self.version("AWSCURRENT"), self.version("AWSPREVIOUS"));
        let current = current?.ok_or_else(|| Failure::unavailable("GetSecretValue", "the secret has no value"))?;
        let ring = Arc::new(KeyRing { current, previous: previous? });
        let cached = Cached { ring: Arc::clone(&ring), fetched: Instant::now(), looked };
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        Ok(ring)
    }

    /// The key of a version of the secret, or `None` when there is no such version, as before the first rotation.
    async fn version(&self, stage: &str) -> Result<Option<Key>, Failure> {
        let answer = self.client.get_secret_value().secret_id(&self.secret).version_stage(stage).send().await;
        let value = match answer {
            Ok(value) => value,
            Err(error)
                if error.as_service_error().is_some_and(GetSecretValueError::is_resource_not_found_exception) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(failure("GetSecretValue", &error)),
        };
        let secret = value.secret_string().unwrap_or_default();
        Key::from_secret(secret.as_bytes())
            .map(Some)
            .map_err(|error| Failure::unavailable("GetSecretValue", &error.to_string()))
    }
}
