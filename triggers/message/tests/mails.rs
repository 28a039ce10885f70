//! Every mail in every locale, read as a mail program and a browser read it.

#![allow(clippy::unwrap_used, clippy::panic)]

use html5ever::tendril::TendrilSink as _;
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use message::{Content, Locale, Message, Notice, render, render_notice};

const CODE: &str = "012345";
const REFERENCE: &str = "KXPD";
/// Holds all that HTML has to escape.
const PRODUCT: &str = "Shop & <Co> \"O'Neill\"";
/// Elements that say something, and so must not be empty.
const WITH_WORDS: [&str; 5] = ["title", "h1", "p", "strong", "div"];

fn code_mail(locale: Locale, minutes: u64) -> Message {
    render(locale, &Content { code: CODE, reference: REFERENCE, product: PRODUCT, minutes }).unwrap()
}

fn notice(locale: Locale) -> Message {
    render_notice(locale, &Notice { product: PRODUCT }).unwrap()
}

/// Each mail with a name for messages, its locale, and how often it shows the code.
fn mails() -> impl Iterator<Item = (String, Locale, Message, usize)> {
    Locale::ALL.into_iter().flat_map(|locale| {
        let name = |mail: &str| format!("{mail} in {}", locale.as_str());
        [(name("code"), locale, code_mail(locale, 10), 1), (name("notice"), locale, notice(locale), 0)]
    })
}

struct Page {
    root: Handle,
    /// What the parser had to put right.
    errors: Vec<String>,
}

impl Page {
    fn parse(html: &str) -> Self {
        let dom = html5ever::parse_document(RcDom::default(), Default::default()).one(html);
        let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
        Self { root: dom.document, errors }
    }

    fn all(&self, name: &str) -> Vec<Handle> {
        let mut found = Vec::new();
        visit(&self.root, &mut |node| {
            if element(node) == Some(name) {
                found.push(node.clone());
            }
        });
        found
    }

    fn one(&self, name: &str) -> Handle {
        let all = self.all(name);
        assert_eq!(all.len(), 1, "of `{name}`");
        all[0].clone()
    }

    fn meta(&self, name: &str) -> Option<String> {
        let named = |node: &&Handle| attribute(node, "name").as_deref() == Some(name);
        self.all("meta").iter().find(named).and_then(|node| attribute(node, "content"))
    }
}

fn visit(node: &Handle, see: &mut impl FnMut(&Handle)) {
    see(node);
    for child in node.children.borrow().iter() {
        visit(child, see);
    }
}

fn element(node: &Handle) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

fn attribute(node: &Handle, wanted: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|attribute| &*attribute.name.local == wanted).map(|found| found.value.to_string())
}

fn text(node: &Handle) -> String {
    let mut text = String::new();
    visit(node, &mut |node| {
        if let NodeData::Text { contents } = &node.data {
            text.push_str(&contents.borrow());
        }
    });
    text
}

#[test]
fn the_html_is_sound_and_names_its_language() {
    for (name, locale, mail, _) in mails() {
        let page = Page::parse(&mail.html);
        assert_eq!(page.errors, Vec::<String>::new(), "{name}");
        let language = Some(locale.as_str().to_owned());
        assert_eq!(attribute(&page.one("html"), "lang"), language, "{name}");
        // Web mail keeps only what is inside of the body.
        let article = page.one("div");
        assert_eq!(attribute(&article, "lang"), language, "{name}");
        assert_eq!(attribute(&article, "role").as_deref(), Some("article"), "{name}");
        assert_eq!(attribute(&article, "aria-label").as_deref(), Some(mail.subject.as_str()), "{name}");
        assert_eq!(text(&page.one("title")), mail.subject, "{name}");
        assert_eq!(text(&page.one("h1")), mail.subject, "{name}");
    }
}

#[test]
fn it_can_be_read_in_the_dark_and_without_pictures() {
    for (name, _, mail, _) in mails() {
        let page = Page::parse(&mail.html);
        assert_eq!(page.meta("color-scheme").as_deref(), Some("light dark"), "{name}");
        for foreign in ["img", "a", "link", "script", "iframe", "form"] {
            assert!(page.all(foreign).is_empty(), "{name}: `{foreign}`");
        }
        visit(&page.root, &mut |node| {
            let style = attribute(node, "style").unwrap_or_default();
            for fixed in ["color:", "background", "#", "rgb", "url("] {
                assert!(!style.contains(fixed), "{name}: `{fixed}` in {style}");
            }
        });
    }
}

#[test]
fn no_string_is_missing() {
    for (name, _, mail, _) in mails() {
        let page = Page::parse(&mail.html);
        for element in WITH_WORDS {
            for node in page.all(element) {
                assert!(!text(&node).trim().is_empty(), "{name}: an empty `{element}`");
            }
        }
        assert_eq!((page.all("p").len(), mail.text.split("\n\n").count()), (4, 5), "{name}");
        for part in [&mail.subject, &mail.text, &mail.html] {
            for left in ["{{", "}}", "{%", "%}", "{#", "#}"] {
                assert!(!part.contains(left), "{name}: `{left}` in {part}");
            }
        }
        assert!(!mail.subject.is_empty() && !mail.subject.contains(['\n', '\r']), "{name}: a subject is one line");
        assert!(mail.subject.chars().count() - PRODUCT.len() <= 60, "{name}: {}", mail.subject);
        assert!(mail.text.split("\n\n").all(|paragraph| !paragraph.trim().is_empty()), "{name}: {}", mail.text);
    }
}

#[test]
fn the_code_stands_once_in_each_body_and_never_in_the_subject() {
    for (name, _, mail, times) in mails() {
        let page = Page::parse(&mail.html);
        assert_eq!(mail.text.matches(CODE).count(), times, "{name}");
        assert_eq!(text(&page.root).matches(CODE).count(), times, "{name}");
        assert_eq!(mail.html.matches(CODE).count(), times, "{name}: neither in an attribute nor in a comment");
        let alone = page.all("p").iter().filter(|node| text(node).trim() == CODE).count();
        assert_eq!(alone, times, "{name}: selected by itself");
        assert!(!mail.subject.contains(CODE), "{name}: mail systems log subjects");
    }
}

#[test]
fn subject_and_bodies_of_a_code_name_its_reference() {
    for locale in Locale::ALL {
        let mail = code_mail(locale, 10);
        assert_eq!(mail.subject.matches(REFERENCE).count(), 1, "{}", mail.subject);
        assert_eq!(mail.text.matches(REFERENCE).count(), 1, "{}", mail.text);
        let page = Page::parse(&mail.html);
        // The heading is the subject.
        assert_eq!(text(&page.one("div")).matches(REFERENCE).count(), 2, "{}", mail.html);
        assert!(!notice(locale).html.contains(REFERENCE), "{locale:?}");
    }
}

#[test]
fn the_product_is_named_as_it_is() {
    for (name, _, mail, _) in mails() {
        assert!(mail.subject.contains(PRODUCT) && mail.text.contains(PRODUCT), "{name}");
        let page = Page::parse(&mail.html);
        assert!(page.all("co").is_empty(), "{name}: part of the name was read as an element");
        let shown = text(&page.one("div"));
        assert!(shown.matches(PRODUCT).count() >= 2, "{name}: {shown}");
    }
}

#[test]
fn text_and_html_say_the_same() {
    for (name, _, mail, _) in mails() {
        let page = Page::parse(&mail.html);
        let html: Vec<_> = page.all("p").iter().map(|node| text(node).trim().to_owned()).collect();
        // The first paragraph of the text is the heading of the HTML.
        let text: Vec<_> = mail.text.split("\n\n").skip(1).map(str::trim).collect();
        assert_eq!(html, text, "{name}");
    }
}

#[test]
fn every_language_is_its_own() {
    for locale in Locale::ALL.into_iter().filter(|locale| *locale != Locale::En) {
        for (mail, english) in
            [(code_mail(locale, 10), code_mail(Locale::En, 10)), (notice(locale), notice(Locale::En))]
        {
            assert_ne!(mail.subject, english.subject, "{locale:?}");
            let same: Vec<_> =
                mail.text.lines().filter(|line| english.text.lines().any(|other| other == *line)).collect();
            assert!(same.iter().all(|line| line.trim().is_empty() || line.trim() == CODE), "{locale:?}: {same:?}");
        }
    }
}

#[test]
fn the_minutes_are_counted_as_the_language_counts() {
    for (locale, one, ten) in [
        (Locale::En, "within the next minute.", "within the next 10 minutes."),
        (Locale::De, "nur in der nächsten Minute.", "nur in den nächsten 10 Minuten."),
        (Locale::Es, "durante el próximo minuto.", "durante los próximos 10 minutos."),
        (Locale::Fr, "dans la prochaine minute.", "dans les 10 prochaines minutes."),
        (Locale::Ja, "あと 1 分です。", "あと 10 分です。"),
        (Locale::Vi, "trong vòng 1 phút tới.", "trong vòng 10 phút tới."),
        (Locale::PtBr, "no próximo minuto.", "nos próximos 10 minutos."),
    ] {
        for (minutes, words) in [(1, one), (10, ten)] {
            let mail = code_mail(locale, minutes);
            assert!(mail.text.contains(words) && mail.html.contains(words), "{minutes}: {}", mail.text);
        }
    }
}
