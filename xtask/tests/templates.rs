//! The templates are safe by construction: what could make a value anything but a whole scalar does not stand in them.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

/// What is wrong with one line of a template.
fn complaint(partial: bool, line: &str) -> Option<&'static str> {
    let trimmed = line.trim_start();
    if line.contains("<#") {
        return Some("a comment that reviewers of the rendered file do not see");
    }
    if let Some((before, rest)) = line.split_once("<%") {
        let Some((tag, after)) = rest.split_once("%>") else { return Some("a tag that does not end on its line") };
        let words: Vec<_> = tag.trim_matches(['-', ' ']).split(' ').collect();
        let allowed = match words.as_slice() {
            ["for", item, "in", list] => is_name(item) && is_path(list),
            ["endfor"] => true,
            ["include", file] => !partial && file.starts_with('"') && file.ends_with(".yaml.tera\""),
            _ => false,
        };
        return match () {
            () if !before.is_empty() || !after.is_empty() => Some("a tag that shares its line"),
            () if !allowed => Some("a tag that is neither a loop over a list nor an include"),
            () => None,
        };
    }
    if let Some((before, rest)) = trimmed.split_once("<<") {
        let Some((expression, after)) = rest.split_once(">>") else {
            return Some("a value that does not end on its line");
        };
        if after.contains("<<") {
            // A key and its value: the rest of the line is judged as a line of its own.
            return complaint(false, after.strip_prefix(':').map_or("x: <<", str::trim_start));
        }
        let value = before.is_empty()
            || before.ends_with(": ")
            || before.ends_with("- ")
            || [": !Sub ", "- !Sub ", ": !Ref ", "- !Ref ", "[!Ref ", ": !GetAtt ", "- !GetAtt "]
                .iter()
                .any(|tag| before.ends_with(tag))
            || ["!Sub ", "!Ref ", "!GetAtt "].contains(&before);
        let bare = expression.trim().strip_suffix(" | bare");
        let is_key = after.starts_with(':');
        let names = before.ends_with("!Ref ") || before.ends_with("!GetAtt ") || is_key;
        let ends =
            after.is_empty() || after == ":" || after == "]" || after.starts_with(": ") || after.starts_with(" # ");
        return match () {
            () if before.contains('#') => Some("a value in a comment"),
            () if !value || !ends => Some("a value that is a part of a scalar"),
            () if names != bare.is_some() => Some("names stand bare, values do not"),
            () if !is_path(bare.unwrap_or(expression.trim())) => Some("an expression where a name belongs"),
            () => None,
        };
    }
    if partial && !line.is_empty() && !line.starts_with("  ") {
        return Some("a line that is not at its final indentation");
    }
    None
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn is_path(text: &str) -> bool {
    text.split('.').all(is_name)
}

#[test]
fn the_templates_are_tidy() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates/cloudformation");
    let mut files = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(name.ends_with(".yaml.tera"), "`{name}` is no template");
        files += 1;
        for (index, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            if let Some(complaint) =
                complaint(!["stack.yaml.tera", "pipeline.yaml.tera"].contains(&name.as_str()), line)
            {
                wrong.push(format!("{name}:{}: {complaint}: {line}", index + 1));
            }
        }
    }
    assert_eq!(files, 14);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_not_tidy_is_noticed() {
    for line in [
        "  <% if client.secrett %>",
        "<%- if not client.secret %>",
        "<%- elif x %>",
        "<%- set x = 1 %>",
        "<%- for x in list | reverse %>",
        "<%- for x in list %> a",
        "      Name: << a | safe >>",
        "      Name: << a | default(value='x') >>",
        "      Name: << a ~ b >>",
        "      Name: prefix-<< a >>",
        "      Name: \"<< a >>\"",
        "      Name: << a >>-suffix",
        "      Name: << a >> << b >>",
        "      Name: << a | bare >>",
        "      Value: !Ref << a >>",
        "      << a >>: x",
        "      # << a >>",
        "      <# hidden #>",
        "  <% include \"pool.yaml.tera\" %>",
        "Name: x",
    ] {
        assert!(complaint(true, line).is_some(), "{line}");
    }
    for line in [
        "      Name: << a.b >>",
        "        - << a >>",
        "      Roles: [!Ref << a.b | bare >>]",
        "        << a.b | bare >>: !GetAtt << c | bare >>",
        "      Name: << a >> # why",
        "      Name: !Sub << a >>",
        "<%- for x in a.b %>",
        "<%- endfor %>",
        "",
    ] {
        assert_eq!(complaint(true, line), None, "{line}");
    }
}
