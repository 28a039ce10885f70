//! The store `table`: one item, written only if nobody else has written since it was read, and the attribute in which
//! a changed lock is mirrored, where the last write stays. As `trigger_store::Store` works with both.

use challenge::State;
use serde::Serialize;

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Store {
    pub(crate) item: Option<Item>,
    /// The lock alone is ever taken from it, unless there is no item.
    pub(crate) mirror: Option<State>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Item {
    pub(crate) version: u64,
    pub(crate) state: State,
}

/// What a function holds of the user: `trigger_store::User`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Seen {
    pub(crate) version: Option<u64>,
    pub(crate) state: State,
    /// The lock that the other store would find.
    pub(crate) mirrored: State,
}

/// A state with nothing but the failures of `state`.
fn lock_of(state: &State) -> State {
    State::default().with_newer_failures(state)
}

impl Seen {
    /// What comes of the two reads of `Store::load`. The gate reads the item alone.
    pub(crate) fn new(item: Option<Item>, mirror: Option<State>) -> Self {
        let (version, state) = match (item, mirror) {
            (Some(Item { version, state }), Some(mirror)) => (Some(version), state.with_newer_failures(&mirror)),
            (Some(Item { version, state }), None) => (Some(version), state),
            (None, mirror) => (None, mirror.unwrap_or_default()),
        };
        Self { version, mirrored: lock_of(&state), state }
    }

    /// Once the write of `state` has gone through.
    pub(crate) fn written(self, state: State) -> Self {
        Self { version: Some(self.next()), state, ..self }
    }

    /// Whether the lock is another one than the other store would find.
    pub(crate) fn is_to_be_mirrored(&self) -> bool {
        self.state.changes_lock(&self.mirrored)
    }

    /// Once that has been tried, whatever came of it.
    pub(crate) fn mirrored(self) -> Self {
        Self { mirrored: lock_of(&self.state), ..self }
    }

    /// The version that a write which follows this one makes.
    pub(crate) fn next(&self) -> u64 {
        self.version.map_or(1, |version| version + 1)
    }
}

impl Store {
    pub(crate) fn version(&self) -> Option<u64> {
        self.item.as_ref().map(|item| item.version)
    }

    /// Whether somebody else has written since.
    pub(crate) fn refuses(&self, seen: &Seen) -> bool {
        seen.version != self.version()
    }

    /// The conditional write of `trigger_store::Table`: whether it went through.
    pub(crate) fn put(&mut self, seen: &Seen, state: &State) -> bool {
        if self.refuses(seen) {
            return false;
        }
        self.item = Some(Item { version: seen.next(), state: state.clone() });
        true
    }

    /// Of a mirrored state only the lock is ever asked for, since an item is there by then.
    pub(crate) fn put_mirror(&mut self, state: &State) {
        self.mirror = Some(lock_of(state));
    }

    /// What a function that reads everything at this moment decides on.
    pub(crate) fn read(&self) -> Seen {
        Seen::new(self.item.clone(), self.mirror.clone())
    }
}
