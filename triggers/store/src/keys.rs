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
use tokio::{sync::Mutex, time::timeout};
use trigger_runtime::{Failure, Metric, count};

use crate::{age::Moment, failure};

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
    fetched: Moment,
    /// When it could not be fetched again, the last time.
    failed: Option<Moment>,
    /// When an unknown key id last made the function look.
    looked: Option<Moment>,
    /// The ids that were looked for and not found. They are of no key any more; one that is not among them may be of a
    /// newer key than this function has seen.
    missing: Vec<KeyId>,
}

/// A key that was replaced because it leaked must not be used for the rest of a function's life.
const STALE_AFTER: Duration = Duration::from_secs(300);

/// What an event waits for a newer key where there is one that serves.
const PATIENCE_WITH_A_KEY: Duration = Duration::from_millis(500);
/// How long nobody waits for that again, when there was none.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Unknown key ids make the function look for a rotation: whoever may write the attribute could otherwise make every call
/// fetch the secret. After this many, one is looked for in this time, and the others cannot be told from a newer key's.
const UNKNOWN_AT_ONCE: usize = 8;
const LOOK_AT_MOST_EVERY: Duration = Duration::from_secs(10);

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
        match timeout(PATIENCE_AT_START, self.ring()).await {
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
        let Some(known) = self.cached() else {
            let current = self.version(CURRENT).await.and_then(present)?;
            return Ok(self.keep(Cached::new(KeyRing { current, previous: None })));
        };
        // What is known still serves when Secrets Manager cannot be asked.
        if known.failed.is_some_and(|at| at.is_within(RETRY_AFTER)) {
            return Ok(known.ring);
        }
        let fetched = timeout(PATIENCE_WITH_A_KEY, self.version(CURRENT)).await;
        let fetched = fetched.unwrap_or_else(|_| Err(Failure::unavailable("GetSecretValue", "no answer in time")));
        match fetched.and_then(present) {
            Ok(current) => Ok(self.keep(Cached::new(KeyRing { current, previous: None }))),
            Err(failure) => {
                count(Metric::StoreFault);
                tracing::warn!(target: "trigger", outcome = "keys-not-refreshed", reason = %failure);
                Ok(self.keep(Cached { failed: Some(Moment::now()), ..known }))
            }
        }
    }

    /// The ring after a look for the key `id`: the previous one, or one that a rotation may just have made. A key that is not
    /// in it is gone.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the keys cannot be fetched.
    pub async fn ring_with(&self, id: KeyId) -> Result<Arc<KeyRing>, Failure> {
        let mut missing = Vec::new();
        if let Some(cached) = self.cached() {
            if cached.ring.get(id).is_some() || cached.missing.contains(&id) {
                return Ok(cached.ring);
            }
            missing = cached.missing;
            if missing.len() >= UNKNOWN_AT_ONCE {
                if cached.looked.is_some_and(|at| at.is_within(LOOK_AT_MOST_EVERY)) {
                    return Err(Failure::unavailable("looking for a key", "too many unknown ones"));
                }
                missing.clear();
            }
        }
        let (current, previous) = tokio::join!(self.version(CURRENT), self.version("AWSPREVIOUS"));
        let ring = KeyRing { current: current.and_then(present)?, previous: previous? };
        if ring.get(id).is_none() {
            missing.push(id);
        }
        Ok(self.keep(Cached { looked: Some(Moment::now()), missing, ..Cached::new(ring) }))
    }

    fn cached(&self) -> Option<Cached> {
        self.cached.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn fresh(&self) -> Option<Arc<KeyRing>> {
        self.cached().filter(|cached| cached.fetched.is_within(STALE_AFTER)).map(|cached| cached.ring)
    }

    fn keep(&self, cached: Cached) -> Arc<KeyRing> {
        let ring = Arc::clone(&cached.ring);
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

impl Cached {
    /// Fetched now.
    fn new(ring: KeyRing) -> Self {
        Self { ring: Arc::new(ring), fetched: Moment::now(), failed: None, looked: None, missing: Vec::new() }
    }
}

fn present(key: Option<Key>) -> Result<Key, Failure> {
    key.ok_or_else(|| Failure::unavailable("GetSecretValue", "the secret has no value"))
}
