#![allow(clippy::unwrap_used, clippy::panic)]

mod answers;
mod decisions;
mod stack;
mod users;

use super::*;

fn kept(logical_id: &str, kind: Kind, id: &str) -> Kept {
    Kept { logical_id: logical_id.to_owned(), kind, id: id.to_owned(), restorable_until: None }
}

fn prod() -> Stage {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    stage::load(&root, "prod").unwrap()
}
