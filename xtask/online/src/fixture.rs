//! What tests of several modules begin with.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use xtask::template::Template;

const TEMPLATE: &str = include_str!("../../../deploy/rendered/local.yaml");

/// The template of the stage `local` with the defaults of its parameters, each of these texts in it changed for another.
pub(crate) fn template(changes: &[(&str, &str)]) -> Template {
    let text = changes.iter().fold(TEMPLATE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "`{from}` should stand in the template");
        text.replace(from, to)
    });
    Template::parse(&text).unwrap().with(&BTreeMap::new())
}
