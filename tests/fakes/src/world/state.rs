//! The stored state of a user, wherever a stage keeps it.

use anyhow::Context as _;
use challenge::{Key, KeyRing, SealedState, State, Subject};
use serde_json::{Value, json};

use super::{ATTRIBUTE, StoreKind};
use crate::event::Caller;
use crate::fake_aws::FakeAws;

/// What a place holds for a user as text, if it holds anything.
#[must_use]
pub fn sealed(aws: &FakeAws, store: StoreKind, caller: &Caller) -> Option<String> {
    match store {
        StoreKind::Attribute => aws.user(&caller.user)?.attributes.get(ATTRIBUTE).cloned(),
        StoreKind::Table => Some(aws.item(&key(caller))?["state"]["S"].as_str()?.to_owned()),
    }
}

/// Puts another text there, as somebody with full access can.
///
/// # Errors
/// When the pool has no such user.
pub fn put_sealed(aws: &FakeAws, store: StoreKind, caller: &Caller, sealed: &str) -> anyhow::Result<()> {
    match store {
        StoreKind::Attribute => {
            aws.put_user(aws.user(&caller.user).context("the user exists")?.with(ATTRIBUTE, sealed));
        }
        StoreKind::Table => {
            let item = aws.item(&key(caller)).unwrap_or_else(
                || json!({ "user": { "S": key(caller) }, "version": { "N": "1" }, "expires": { "N": "4102444800" } }),
            );
            let Value::Object(mut item) = item else { unreachable!("an item has attributes") };
            item.insert("state".to_owned(), json!({ "S": sealed }));
            aws.put_item(&key(caller), Value::Object(item));
        }
    }
    Ok(())
}

/// The key of the user's item.
#[must_use]
pub fn key(caller: &Caller) -> String {
    subject(caller).storage_key()
}

/// # Errors
/// When the secret is not the one that the state was sealed with.
pub fn open(caller: &Caller, sealed: &str, secret: &str) -> anyhow::Result<State> {
    let keys = KeyRing { current: Key::from_secret(secret.as_bytes())?, previous: None };
    Ok(SealedState::new(sealed.to_owned()).open(&subject(caller), &keys)?)
}

/// How many guesses each version of the user's item allowed, oldest first; a version without a challenge is left out.
///
/// # Errors
/// As [`open`].
pub fn guesses_left(aws: &FakeAws, caller: &Caller) -> anyhow::Result<Vec<u8>> {
    let mut left = Vec::new();
    for item in aws.item_history(&key(caller)) {
        let state = open(caller, item["state"]["S"].as_str().unwrap_or_default(), &aws.secret())?;
        // Only the debug form shows it: nothing but Verify has any business with it.
        let shown = format!("{:?}", state.challenge());
        let digits = shown.split_once("guesses_left: ").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit));
        left.extend(digits.map(|digits| digits.collect::<String>().parse::<u8>()).transpose()?);
    }
    Ok(left)
}

/// A sealed state as it would look had it been written `seconds` ago.
///
/// # Errors
/// When the secret is not the one that the state was sealed with.
pub fn aged(caller: &Caller, sealed: &str, secret: &str, seconds: u64) -> anyhow::Result<String> {
    changed(caller, sealed, secret, |state| state.aged(seconds))
}

/// A sealed state with something done to it.
///
/// # Errors
/// When the secret is not the one that the state was sealed with.
pub fn changed(
    caller: &Caller,
    sealed: &str,
    secret: &str,
    change: impl FnOnce(State) -> State,
) -> anyhow::Result<String> {
    seal(caller, secret, &change(open(caller, sealed, secret)?))
}

/// Changes a user's state wherever there is one. Says whether there was.
///
/// # Errors
/// When the key does not open it.
pub fn change_all(aws: &FakeAws, caller: &Caller, change: impl Fn(State) -> State) -> anyhow::Result<bool> {
    let mut found = false;
    for store in StoreKind::ALL {
        let Some(sealed) = self::sealed(aws, store, caller) else { continue };
        put_sealed(aws, store, caller, &changed(caller, &sealed, &aws.secret(), &change)?)?;
        found = true;
    }
    Ok(found)
}

/// Seals a state with the key of a secret.
///
/// # Errors
/// When the secret is too short for one.
pub fn seal(caller: &Caller, secret: &str, state: &State) -> anyhow::Result<String> {
    let key = Key::from_secret(secret.as_bytes())?;
    let sealed = SealedState::seal(state, &subject(caller), &key, rand::random());
    Ok(sealed.context("a state can be sealed")?.as_str().to_owned())
}

fn subject(caller: &Caller) -> Subject<'_> {
    Subject { user_pool: &caller.user_pool, user: &caller.user }
}
