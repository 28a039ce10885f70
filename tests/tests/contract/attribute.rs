//! The store `attribute`. Cognito has no conditional write, so of two calls at once the later one wins: what is soft here
//! says so in its name, and SECURITY.md says by how much.

use e2e::world::StoreKind;

const STORE: StoreKind = StoreKind::Attribute;

#[path = "suite/mod.rs"]
mod suite;
