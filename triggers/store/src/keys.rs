//! The keys, from Secrets Manager.
//!
//! An environment variable would be readable by anyone with read-only access to the function, and would stay the old
//! one after a rotation until the function is next updated.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use aws_sdk_secretsmanager::{Client, operation::get_secret_value::GetSecretValueError};
use aws_types::SdkConfig;
use challenge::{Key, KeyId, KeyRing};
use tokio::{sync::Mutex, time::Instant};
use trigger_runtime::Failure;

use crate::failure;

/// The label of the version that is in use.
const CURRENT: &str = "AWSCURRENT";

/// The current key, and the previous one once something was found that it has sealed; cached for the life of the function.
#[derive(Debug)]
pub struct Keys {
    client: Client,
    secret: String,
    cached: RwLock<Option<Cached>>,
    /// Held while the secret is read, so that a first event waits for what was asked at the start instead of asking again.
    fetching: Mutex<()>,
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

/// An event that comes meanwhile waits, and Cognito with it.
const PATIENCE_AT_START: Duration = Duration::from_secs(1);

impl Keys {
    /// Takes the secret's ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, secret: String) -> Self {
        Self { client: Client::new(config), secret, cached: RwLock::default(), fetching: Mutex::default() }
    }

    /// Fetches the key before there is an event that needs it. If that fails, the first event tries again.
    pub async fn warm(&self) {
        match tokio::time::timeout(PATIENCE_AT_START, self.ring()).await {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => tracing::warn!(target: "trigger", outcome = "keys-not-fetched", reason = %failure),
            Err(_) => tracing::warn!(target: "trigger", outcome = "keys-not-fetched", reason = "no answer in time"),
        }
    }

    /// The ring with the current key.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the keys are not cached and cannot be fetched.
    pub async fn ring(&self) -> Result<Arc<KeyRing>, Failure> {
        if let Some(ring) = self.fresh() {
            return Ok(ring);
        }
        let _alone = self.fetching.lock().await;
        if let Some(ring) = self.fresh() {
            return Ok(ring);
        }
        let known = self.cached();
        let current = self.version(CURRENT).await.and_then(present);
        match (current, known) {
            (Ok(current), _) => Ok(self.keep(KeyRing { current, previous: None }, None)),
            // What is known still serves when Secrets Manager cannot be asked.
            (Err(_), Some(known)) => Ok(known.ring),
            (Err(failure), None) => Err(failure),
        }
    }

    /// The ring after a look for the key `id`: the previous one, or one that a rotation may just have made.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the keys cannot be fetched.
    pub async fn ring_with(&self, id: KeyId) -> Result<Arc<KeyRing>, Failure> {
        match self.cached() {
            Some(cached) if cached.ring.get(id).is_some() => return Ok(cached.ring),
            Some(cached) if cached.looked.is_some_and(|at| at.elapsed() < REFRESH_AT_MOST_EVERY) => {
                return Ok(cached.ring);
            }
            _ => {}
        }
        let (current, previous) = tokio::join!(self.version(CURRENT), self.version("AWSPREVIOUS"));
        let current = current.and_then(present)?;
        Ok(self.keep(KeyRing { current, previous: previous? }, Some(Instant::now())))
    }

    fn cached(&self) -> Option<Cached> {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self) -> Option<Arc<KeyRing>> {
        self.cached().filter(|cached| cached.fetched.elapsed() < STALE_AFTER).map(|cached| cached.ring)
    }

    fn keep(&self, ring: KeyRing, looked: Option<Instant>) -> Arc<KeyRing> {
        let ring = Arc::new(ring);
        let cached = Cached { ring: Arc::clone(&ring), fetched: Instant::now(), looked };
        *self.cached.write().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        ring
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

fn present(key: Option<Key>) -> Result<Key, Failure> {
    key.ok_or_else(|| Failure::unavailable("GetSecretValue", "the secret has no value"))
}
