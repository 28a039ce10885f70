//! How events and states are spoilt at random.

use e2e::event::pointers;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

/// One change of an event.
#[derive(Debug, Clone)]
pub(crate) enum Spoil {
    Replace(Index, Value),
    Remove(Index),
    /// What stands at the one place is put into the other as well.
    Copy(Index, Index),
    Insert(Index, String, Value),
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    let words: &'static [&'static str] = &[
        "",
        "SRP_A",
        "PASSWORD_VERIFIER",
        "CUSTOM_CHALLENGE",
        "resend",
        "none",
        "TokenGeneration_RefreshTokens",
        "CreateAuthChallenge_X",
        "٠١٢٣٤٥",
        "12 34-56",
        "first:-",
    ];
    prop_oneof![
        4 => proptest::sample::select(words).prop_map(str::to_owned),
        3 => any::<String>(),
        2 => "[0-9a-f]{32}",
        1 => (1_usize..200_000).prop_map(|length| "é".repeat(length)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(text(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

pub(crate) fn spoils() -> impl Strategy<Value = Vec<Spoil>> {
    let one = prop_oneof![
        4 => (any::<Index>(), value()).prop_map(|(place, value)| Spoil::Replace(place, value)),
        2 => any::<Index>().prop_map(Spoil::Remove),
        2 => (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Spoil::Copy(from, to)),
        2 => (any::<Index>(), text(), value()).prop_map(|(place, key, value)| Spoil::Insert(place, key, value)),
    ];
    proptest::collection::vec(one, 0..4)
}

pub(crate) fn spoil(event: &Value, spoils: Vec<Spoil>) -> Value {
    let mut event = event.clone();
    for one in spoils {
        let places = pointers(&event);
        let at = |index: &Index| (!places.is_empty()).then(|| index.get(&places).clone());
        match one {
            Spoil::Replace(place, value) => {
                if let Some(target) = at(&place).and_then(|place| event.pointer_mut(&place)) {
                    *target = value;
                }
            }
            Spoil::Remove(place) => {
                let Some(place) = at(&place) else { continue };
                let (parent, key) = place.rsplit_once('/').unwrap();
                match event.pointer_mut(parent) {
                    Some(Value::Object(fields)) => drop(fields.remove(key)),
                    Some(Value::Array(items)) => drop(items.remove(key.parse().unwrap())),
                    _ => {}
                }
            }
            Spoil::Copy(from, to) => {
                let value = at(&from).and_then(|from| event.pointer(&from).cloned());
                let target = at(&to).and_then(|to| event.pointer_mut(&to));
                if let (Some(value), Some(target)) = (value, target) {
                    *target = value;
                }
            }
            Spoil::Insert(place, key, value) => {
                if let Some(Value::Object(fields)) = at(&place).and_then(|place| event.pointer_mut(&place)) {
                    fields.insert(key, value);
                }
            }
        }
    }
    event
}

/// What somebody does to a stored text who has no key.
#[derive(Debug, Clone)]
pub(crate) enum Forgery {
    Truncated(Index),
    Changed(Index, char),
    Prefixed(&'static str),
    Lengthened(String),
    Anything(String),
}

pub(crate) fn forgeries() -> impl Strategy<Value = Forgery> {
    prop_oneof![
        any::<Index>().prop_map(Forgery::Truncated),
        (any::<Index>(), proptest::char::range('!', '~')).prop_map(|(place, to)| Forgery::Changed(place, to)),
        proptest::sample::select(["v1.", "v2.", "v3.", "v1", " "].as_slice()).prop_map(Forgery::Prefixed),
        "[A-Za-z0-9_=-]{1,8}".prop_map(Forgery::Lengthened),
        text().prop_map(Forgery::Anything),
    ]
}

pub(crate) fn forge(sealed: &str, forgery: Forgery) -> String {
    match forgery {
        Forgery::Truncated(at) => sealed[..at.index(sealed.len())].to_owned(),
        Forgery::Changed(at, to) => {
            let mut letters: Vec<char> = sealed.chars().collect();
            let at = at.index(letters.len());
            letters[at] = to;
            letters.into_iter().collect()
        }
        Forgery::Prefixed(version) => format!("{version}{}", sealed.trim_start_matches("v2.")),
        Forgery::Lengthened(more) => format!("{sealed}{more}"),
        Forgery::Anything(text) => text,
    }
}
