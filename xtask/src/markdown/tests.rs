use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;

/// What a reader of Markdown sees, and how often it is anything else than text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    /// The text of each cell of a table, of each item of a list.
    places: Vec<String>,
    /// Whatever was read as markup, but for what [`END`] is.
    markup: Vec<String>,
}

fn read(markdown: &str) -> Seen {
    let options = Options::all() - Options::ENABLE_SMART_PUNCTUATION;
    let mut seen = Seen::default();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::TableCell | Tag::Item) => seen.places.push(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(place) = seen.places.last_mut() {
                    place.push_str(&text);
                }
            }
            Event::InlineHtml(html) if [END, "<code>", "</code>"].contains(&html.as_ref()) => {}
            Event::Start(Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::List(None)) => {}
            Event::End(
                TagEnd::Table
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::TableCell
                | TagEnd::List(_)
                | TagEnd::Item,
            ) => {}
            other => seen.markup.push(format!("{other:?}")),
        }
    }
    seen
}

fn in_a_table(cell: &str) -> String {
    format!("| a | b |\n|---|---|\n| {cell} | {cell} |\n")
}

fn in_a_list(item: &str) -> String {
    format!("- {item}\n- {item}\n")
}

#[test]
fn markdown_of_elsewhere_is_text() {
    for (name, given, expected) in [
        ("a name of GitHub's", "@octocat", "\\@<!-- -->octocat"),
        ("a number of GitHub's", "#1", "\\#<!-- -->1"),
        ("HTML", "<img src=x>&", "&lt;img src\\=x&gt;&amp;"),
        ("a link", "[a](b)", "\\[a\\]\\(b\\)"),
        ("a link by itself", "https://a.b", "https\\:\\/\\/a\\.b"),
        ("a cell", "a|b", "a\\|b"),
        ("a list", "\n- a\n", "\\- a"),
        ("a heading", "    ## a", "\\#<!-- -->\\#<!-- --> a"),
    ] {
        assert_eq!(text(given), expected, "{name}");
    }
    for (name, given, expected) in [
        ("plain", "a b", "`a b`"),
        ("lines", "a\nb", "`a b`"),
        ("a fence", "a``b`", "``` a``b` ```"),
        ("a cell", "a|b", "<code>a\\|b</code>"),
        ("nothing", "", "` `"),
    ] {
        assert_eq!(code(given), expected, "{name}");
    }
}

/// Arbitrary text, with much of what Markdown, HTML and GitHub know in it.
fn hostile() -> impl Strategy<Value = String> {
    let known = vec![
        "`",
        "``",
        "*",
        "_",
        "~~",
        "[",
        "](",
        ")",
        "!",
        "|",
        "||",
        "---",
        "- ",
        "1. ",
        "# ",
        "> ",
        "<",
        ">",
        "<b>",
        "</details>",
        "<!--",
        "-->",
        "&amp;",
        "&#64;",
        "@octocat",
        "#1",
        "https://a.b/c",
        "www.a.b",
        "a@b.c",
        "\\",
        "\n",
        "\n\n",
        "    ",
        "\t",
        "$",
        "$$",
        "[^1]",
        ":+1:",
        "[ ]",
        "{#a}",
        "+",
        "=",
        "\r",
    ];
    let piece = prop_oneof![any::<String>(), prop::sample::select(known).prop_map(str::to_owned)];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// As it is seen: HTML shows one blank for many, and none at the ends.
fn blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #[test]
    fn whatever_it_is_it_is_read_as_text(given in hostile()) {
        let shown = blanks(&line(&given));
        for written in [text(&given), code(&given)] {
            for markdown in [in_a_table(&written), in_a_list(&written)] {
                let seen = read(&markdown);
                prop_assert!(seen.markup.is_empty(), "{markdown:?}: {:?}", seen.markup);
                let places: Vec<_> = seen.places.iter().map(|place| blanks(place)).filter(|place| place != "a" && place != "b").collect();
                let expected = if ["a", "b", ""].contains(&shown.as_str()) { Vec::new() } else { vec![shown.clone(); 2] };
                let places: Vec<_> = places.into_iter().filter(|place| !place.is_empty()).collect();
                prop_assert_eq!(places, expected, "{:?}", markdown);
            }
        }
        let text = text(&given);
        for (index, sign) in text.match_indices(['@', '#']) {
            prop_assert!(text[index + sign.len()..].starts_with(END) || text[..index].ends_with('&'), "{text:?}");
        }
        for address in ["://", "www."] {
            prop_assert!(!text.contains(address), "{text:?}");
        }
    }
}
