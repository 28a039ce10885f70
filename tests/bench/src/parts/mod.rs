//! What is measured, a module for each kind.

pub(crate) mod clone;
pub(crate) mod cold;
pub(crate) mod commands;
pub(crate) mod curve;
pub(crate) mod micro;
pub(crate) mod warm;
