//! The one seam to where states are kept: load a user fresh, store a state that was made from what was loaded.
//!
//! In the store `table` a write goes through only if nobody has written in between, so limits are exact. In the store
//! `attribute`, the article's, the later of two writes wins, since Cognito has no conditional one: limits are soft.

use std::{sync::Arc, time::Duration};

use aws_types::SdkConfig;
use challenge::{Address, KeyRing, OpenError, SealedState, State, Subject};
use trigger_runtime::{Failure, Metric, count, now};

use crate::{
    Keys, StoreSettings,
    table::{Item, Table},
    user::Directory,
};

#[derive(Debug)]
pub struct Store {
    directory: Directory,
    table: Option<Table>,
    keys: Keys,
}

/// A user as it is at this moment.
#[derive(Debug)]
pub struct User {
    /// What was stored, or nothing remembered when there was nothing, or nothing genuine.
    pub state: State,
    /// Why the stored value was not taken for a state, if it was not.
    pub unusable: Option<OpenError>,
    /// The address, if it is verified and can be one.
    pub address: Option<Address>,
    /// The language that the user has set.
    pub locale: Option<String>,
    /// Whether the pool lets the user sign in at all.
    pub enabled: bool,
    pub keys: Arc<KeyRing>,
    /// The version of the item that the state was read from; `None` where there was none.
    version: Option<u64>,
    /// The state whose lock the other store would find.
    mirrored: State,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    Stored,
    /// Somebody else has written since the user was loaded: load again, decide again.
    Conflict,
}

/// How often a decision is made again because somebody else was faster. Each time somebody was, so with a limit of
/// guesses the limit is reached first.
pub const TRIES: usize = 10;

/// What mirroring a lock may take: it follows a write that has gone through already.
const MIRROR_PATIENCE: Duration = Duration::from_millis(500);

impl Store {
    #[must_use]
    pub fn new(config: &SdkConfig, settings: &StoreSettings) -> Self {
        Self {
            directory: Directory::new(config, settings.attribute.clone()),
            table: settings.table.clone().map(|name| Table::new(config, name)),
            keys: Keys::new(config, settings.secret.clone()),
        }
    }

    /// Does what can be done before the first event.
    pub async fn warm(&self) {
        self.keys.warm().await;
    }

    /// Whether a write can tell that somebody else has written in between.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.table.is_some()
    }

    /// Reads the user fresh: whether the attributes in an event are what was stored last is not documented.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when the user, the state or the keys cannot be read.
    pub async fn load(&self, subject: &Subject<'_>) -> Result<User, Failure> {
        let item = async {
            match &self.table {
                Some(table) => table.get(subject).await,
                None => Ok(None),
            }
        };
        let (entry, item, keys) = tokio::join!(self.directory.get(subject), item, self.keys.ring());
        let (entry, item) = (entry?, item?);
        let mut user = self.user(subject, item, entry.sealed.as_ref(), keys?).await?;
        (user.address, user.locale, user.enabled) = (entry.address, entry.locale, entry.enabled);
        // A state is sealed anew with every write, and its challenge stays what it was made of.
        if let Some(challenge) = user.state.challenge()
            && user.keys.get(challenge.key()).is_none()
        {
            user.keys = self.keys.ring_with(challenge.key()).await?;
        }
        Ok(user)
    }

    /// As [`Store::load`], without what the user's entry in the pool says, and the key of the challenge. From the table that is
    /// one call, and none of Cognito's: a lock that the attribute knows better is not looked for, and where there is no item
    /// there is no state.
    ///
    /// # Errors
    /// As [`Store::load`].
    pub async fn load_state(&self, subject: &Subject<'_>) -> Result<User, Failure> {
        let Some(table) = &self.table else { return self.load(subject).await };
        let (item, keys) = tokio::join!(table.get(subject), self.keys.ring());
        let (item, keys) = (item?, keys?);
        self.user(subject, item, None, keys).await
    }

    async fn user(
        &self,
        subject: &Subject<'_>,
        item: Option<Item>,
        attribute: Option<&SealedState>,
        mut keys: Arc<KeyRing>,
    ) -> Result<User, Failure> {
        let mirrored = self.open(attribute, subject, &mut keys).await?;
        let (state, unusable) = match &item {
            // A lock that was written while the other store was in use counts as well, if it is the later word.
            Some(item) => match (self.open(Some(&item.sealed), subject, &mut keys).await?, mirrored) {
                (Ok(state), Ok(mirrored)) => (state.with_newer_failures(&mirrored), None),
                (Ok(state), Err(_)) => (state, None),
                (Err(error), _) => (State::default(), Some(error)),
            },
            None => mirrored.map_or_else(|error| (State::default(), Some(error)), |state| (state, None)),
        };
        if unusable == Some(OpenError::UnknownVersion) {
            // It says nothing against the user, and nothing may be written over it.
            return Err(Failure::unavailable("reading the state", "a later version of the functions has written it"));
        }
        let version = item.map(|item| item.version);
        Ok(User {
            mirrored: state.clone(),
            state,
            unusable,
            address: None,
            locale: None,
            enabled: false,
            keys,
            version,
        })
    }

    /// Opens what was stored; nothing stored is an empty state. A state whose key is gone has outlived two rotations, and
    /// is forgotten like one whose time is over.
    async fn open(
        &self,
        sealed: Option<&SealedState>,
        subject: &Subject<'_>,
        keys: &mut Arc<KeyRing>,
    ) -> Result<Result<State, OpenError>, Failure> {
        let Some(sealed) = sealed else { return Ok(Ok(State::default())) };
        match sealed.open(subject, keys) {
            Err(OpenError::UnknownKey(id)) => {
                *keys = self.keys.ring_with(id).await?;
                Ok(match sealed.open(subject, keys) {
                    Err(OpenError::UnknownKey(_)) => {
                        tracing::warn!(target: "trigger", outcome = "state-outlived-its-key");
                        Ok(State::default())
                    }
                    opened => opened,
                })
            }
            opened => Ok(opened),
        }
    }

    /// Stores `state`, made from what `user` holds, sealed with the current key. Once it is stored, `user` holds it; so in the
    /// table one write can follow another, and is refused if somebody else's came between them.
    ///
    /// # Errors
    /// [`Failure::Unavailable`] when it is not known to be stored.
    pub async fn save(&self, subject: &Subject<'_>, user: &mut User, state: &State) -> Result<Saved, Failure> {
        let saved = self.reserve(subject, user, state).await?;
        if saved == Saved::Stored {
            self.mirror(subject, user).await;
        }
        Ok(saved)
    }

    /// As [`Store::save`] for a state that the very next write may take back: a changed lock is not mirrored yet.
    ///
    /// # Errors
    /// As [`Store::save`].
    pub async fn reserve(&self, subject: &Subject<'_>, user: &mut User, state: &State) -> Result<Saved, Failure> {
        let sealed = seal(subject, user, state)?;
        if let Some(table) = &self.table {
            let next = user.version.map_or(Some(1), |version| version.checked_add(1));
            let next = next.ok_or_else(|| Failure::unavailable("storing the state", "its version is at its end"))?;
            if table.put(subject, user.version, next, &sealed, state, now()).await? == Saved::Conflict {
                return Ok(Saved::Conflict);
            }
            user.version = Some(next);
        } else {
            self.directory.put(subject, &sealed).await?;
        }
        user.state = state.clone();
        Ok(Saved::Stored)
    }

    /// Makes the calls of [`Store::load`] for a user that does not exist, so that an answer takes the time it would take.
    /// Returns whether there is such a user after all.
    pub async fn imitate_load(&self, subject: &Subject<'_>) -> bool {
        self.load(subject).await.is_ok()
    }

    /// Makes the call of [`Store::save`] for a user that does not exist. Stores nothing.
    pub async fn imitate_save(&self, subject: &Subject<'_>) {
        let nothing = SealedState::new(String::new());
        let _ = match &self.table {
            Some(table) => table.put_nothing(subject, &nothing).await,
            None => self.directory.put(subject, &nothing).await,
        };
    }

    /// Puts a changed lock where the other store would find it, so that switching the stage's store loses none. Not the lock of
    /// a guess that turns out right: a second copy of that call would find it there, and take its user for locked.
    pub async fn mirror(&self, subject: &Subject<'_>, user: &mut User) {
        if self.table.is_none() || !user.state.changes_lock(&user.mirrored) {
            return;
        }
        let mirrored = async { self.directory.put(subject, &seal(subject, user, &user.state)?).await };
        if !matches!(tokio::time::timeout(MIRROR_PATIENCE, mirrored).await, Ok(Ok(()))) {
            count(Metric::StoreFault);
            tracing::warn!(target: "trigger", outcome = "lock-not-mirrored");
        }
        user.mirrored = user.state.clone();
    }
}

/// Seals `state` with the current key.
fn seal(subject: &Subject<'_>, user: &User, state: &State) -> Result<SealedState, Failure> {
    SealedState::seal(state, subject, &user.keys.current, rand::random())
        .ok_or_else(|| Failure::unavailable("sealing", "the state could not be sealed"))
}
