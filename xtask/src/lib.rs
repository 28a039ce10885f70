//! The offline half of `cargo xtask`: stage files, rendering, checks, bundles, the local AWS.
//!
//! Links no AWS SDK and no tokio, so that `cargo xtask render --check` on a cold clone compiles in seconds.

pub mod cli;
pub mod trigger;
