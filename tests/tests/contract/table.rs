//! The store `table`. A write goes through only if nobody else has written, so limits are exact.

use e2e::world::StoreKind;

const STORE: StoreKind = StoreKind::Table;

#[path = "suite/mod.rs"]
mod suite;
