//! The online half of `cargo xtask`: everything that talks to AWS, or to the local AWS as if it were AWS.
//!
//! Links the offline half and runs every verb, so that it can be released as the whole tool in one binary.

pub mod aws;
