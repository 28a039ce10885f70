//! Tera, set up so that a value cannot become anything but the scalar that it is.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use anyhow::{Context as _, bail};
use serde::Serialize;
use tera::{Delimiters, Kwargs, State, Tera, Value};

const SUFFIX: &str = ".yaml.tera";

/// The templates in a directory, by file name.
///
/// # Errors
/// When a file cannot be read or is no template.
pub(super) fn load(directory: &Path) -> anyhow::Result<Tera> {
    let context = || format!("failed to read the templates in `{}`", directory.display());
    let mut templates = Vec::new();
    for entry in std::fs::read_dir(directory).with_context(context)? {
        let path = entry.with_context(context)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(SUFFIX) {
            let text = std::fs::read_to_string(&path);
            templates.push((name, text.with_context(|| format!("failed to read template `{}`", path.display()))?));
        }
    }
    if templates.is_empty() {
        bail!("there are no `*{SUFFIX}` files in `{}`", directory.display());
    }
    with_templates(templates).with_context(context)
}

pub(super) fn with_templates(templates: Vec<(String, String)>) -> anyhow::Result<Tera> {
    let mut tera = Tera::new();
    let delimiter = |text: &'static str| Cow::Borrowed(text);
    // `{{ }}` and `${ }` stay CloudFormation's.
    tera.set_delimiters(Delimiters {
        block_start: delimiter("<%"),
        block_end: delimiter("%>"),
        variable_start: delimiter("<<"),
        variable_end: delimiter(">>"),
        comment_start: delimiter("<#"),
        comment_end: delimiter("#>"),
    })?;
    tera.set_escape_fn(quote);
    tera.register_filter("bare", bare);
    tera.add_raw_templates(templates)?;
    tera.autoescape_on([SUFFIX]);
    Ok(tera)
}

pub(super) fn render(tera: &Tera, template: &str, context: &impl Serialize) -> anyhow::Result<String> {
    let context = tera::Context::from_serialize(context)?;
    Ok(tera.render(template, &context)?)
}

/// A quoted YAML scalar: what YAML would fold, hide or refuse is escaped, and so is everything beyond ASCII, of which
/// CloudFormation's `GetTemplate` gives back question marks.
fn quote(text: &str, out: &mut dyn Write) -> std::io::Result<()> {
    out.write_all(b"\"")?;
    for character in text.chars() {
        match character {
            '"' => out.write_all(b"\\\"")?,
            '\\' => out.write_all(b"\\\\")?,
            ' '..='~' => write!(out, "{character}")?,
            '\0'..='\u{ffff}' => write!(out, "\\u{:04x}", u32::from(character))?,
            beyond => write!(out, "\\U{:08x}", u32::from(beyond))?,
        }
    }
    out.write_all(b"\"")
}

/// A logical ID, an attribute of one, or a pseudo parameter, without quotes: for keys, and for what reviewers search for.
fn bare(text: &str, _: Kwargs, _: &State<'_>) -> tera::TeraResult<Value> {
    let word = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    // YAML reads these as something else than text.
    let is_yaml = ["Yes", "No", "On", "Off", "True", "False", "Null", "Y", "N"]
        .iter()
        .any(|yaml| yaml.eq_ignore_ascii_case(text));
    let id = text.strip_prefix("AWS::").unwrap_or(text);
    if id.split('.').all(word) && !is_yaml {
        Ok(Value::safe_string(text))
    } else {
        Err(tera::Error::message(format!("`{text}` is not a logical ID and cannot stand without quotes")))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;

    fn one(template: &str, name: &str, value: &str) -> anyhow::Result<String> {
        let tera = with_templates(vec![(format!("x{SUFFIX}"), template.to_owned())])?;
        render(&tera, &format!("x{SUFFIX}"), &BTreeMap::from([(name, value)]))
    }

    #[test]
    fn every_text_comes_back_from_yaml_as_it_was() {
        let range = |from: u32, to: u32| (from..to).filter_map(char::from_u32).collect::<String>();
        let texts = [
            "plain",
            "",
            " ",
            "a: b",
            "- a",
            "# a",
            "a #b",
            "\"a\" 'b'",
            "\\",
            "yes",
            "null",
            "0x10",
            "1e3",
            "!Ref X",
            "&a *b",
            "<< x >> <% for",
            "}} {{",
            "🦀 ünï 漢字",
            "a\u{2028}b\u{2029}c\u{85}d\u{feff}e",
            "tab\tline\r\nend",
        ];
        for text in texts.into_iter().map(str::to_owned).chain([
            range(0, 0x300),
            range(0x2000, 0x2100),
            range(0xfe00, 0x1_0000),
        ]) {
            let yaml = one("key: << value >>\n", "value", &text).unwrap();
            let parsed = super::super::parse(&yaml).unwrap();
            assert_eq!(parsed["key"], serde_json::json!(text), "{yaml}");
        }
    }

    #[test]
    fn what_is_not_defined_is_an_error() {
        for template in [
            "a: << nothing >>\n",
            "a: << value.nothing >>\n",
            "<% for x in nothing %>a<% endfor %>",
            "<% for x in value.nothing %>a<% endfor %>",
        ] {
            assert!(one(template, "value", "x").is_err(), "{template}");
        }
    }

    #[test]
    fn only_logical_ids_stand_bare() {
        for (text, allowed) in [
            ("UserPool", true),
            ("UserPool.Arn", true),
            ("CODE_LENGTH", true),
            ("AWS::StackName", true),
            ("AWS::", false),
            ("A::B", false),
            ("On", false),
            ("NO", false),
            ("user", false),
            ("A: b", false),
            ("A b", false),
            ("", false),
            ("A.", false),
            ("A\nB", false),
            ("A#", false),
        ] {
            assert_eq!(one("<< value | bare >>:\n", "value", text).is_ok(), allowed, "{text:?}");
        }
    }
}
