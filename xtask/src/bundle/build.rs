//! What a build is asked for.

use std::path::Path;

use super::machine::Machine;
use super::quality::Quality;

/// What is built together. Cargo unites the features of dependencies over all that one command builds.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// The repository, canonical.
    pub root: &'a Path,
    pub machine: Machine,
    /// The Cargo packages, and the programs that they build.
    pub packages: &'a [&'a str],
    pub programs: &'a [&'a str],
    pub quality: Quality,
}
