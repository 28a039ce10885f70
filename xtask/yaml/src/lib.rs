//! A template read as CloudFormation reads it.
//!
//! A crate of its own, since the parser's generic code is compiled where it is used, and this is compiled optimised: a third
//! of `render`.

use anyhow::{Context as _, bail};
use saphyr::{LoadableYamlNode as _, Scalar, Yaml};
use saphyr_parser::Parser;
use serde_json::{Map, Value, json};

/// The template as JSON: short forms such as `!Ref` become their long forms. A key that stands twice is an error.
///
/// # Errors
/// When the text is not one YAML document, or holds a tag that CloudFormation does not know.
pub fn parse(text: &str) -> anyhow::Result<Value> {
    let documents = Yaml::load_from_parser(&mut Parser::new_from_str(text)).context("the template is not YAML")?;
    match documents.as_slice() {
        [document] => value(document),
        documents => bail!("the template is {} YAML documents instead of one", documents.len()),
    }
}

fn value(node: &Yaml<'_>) -> anyhow::Result<Value> {
    Ok(match node {
        Yaml::Value(scalar) => match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(flag) => json!(flag),
            Scalar::Integer(number) => json!(number),
            Scalar::FloatingPoint(number) => json!(number.into_inner()),
            Scalar::String(text) => json!(text),
        },
        Yaml::Sequence(elements) => Value::Array(elements.iter().map(value).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let mut map = Map::new();
            for (key, entry) in entries {
                let key = key.as_str().with_context(|| format!("a key is not text: {key:?}"))?;
                map.insert(key.to_owned(), value(entry)?);
            }
            Value::Object(map)
        }
        Yaml::Tagged(tag, inner) => function(&tag.suffix, value(inner)?)?,
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => bail!("the template holds {node:?}"),
    })
}

fn function(name: &str, argument: Value) -> anyhow::Result<Value> {
    Ok(match (name, argument) {
        ("Ref", Value::String(id)) => json!({ "Ref": id }),
        ("Sub", Value::String(text)) => json!({ "Fn::Sub": text }),
        ("GetAtt", Value::String(path)) => match path.split_once('.') {
            Some((id, attribute)) => json!({ "Fn::GetAtt": [id, attribute] }),
            None => bail!("`!GetAtt {path}` names no attribute"),
        },
        (name, argument) => bail!("`!{name} {argument}` is not used in these templates"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn short_forms_become_long_ones() {
        let text = "a: !Ref X\nb: [!GetAtt X.Y.Z]\nc: !Sub \"${X}\"\nd: {e: 1, f: true, g: \"1\"}\n";
        assert_eq!(
            parse(text).unwrap(),
            json!({
                "a": { "Ref": "X" }, "b": [{ "Fn::GetAtt": ["X", "Y.Z"] }], "c": { "Fn::Sub": "${X}" },
                "d": { "e": 1, "f": true, "g": "1" },
            })
        );
    }

    #[test]
    fn what_cloudformation_would_misread_is_refused() {
        for text in ["a: 1\na: 2\n", "a: !Reff X\n", "a: !GetAtt X\n", "a: [\n", "a: 1\n---\nb: 1\n", "1: 2\n"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
