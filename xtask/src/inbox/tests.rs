#![allow(clippy::unwrap_used)]

use super::*;

const LISTING: &str = r#"{"messages": {"000000000000": [
    {"MessageId": "2", "Source": "Acme <no-reply@example.com>", "To": ["Ann@example.com"], "CC": [], "BCC": [],
     "Subject": "Your code", "BodyText": "222222\n", "BodyHtml": "<b>222222</b>", "Timestamp": 1795416311.4, "Type": "v2.SendEmail"},
    {"MessageId": "1", "Source": "no-reply@example.com", "To": ["Bob <bob@example.com>"], "CC": [], "BCC": [],
     "Subject": "Your code", "BodyText": "111111\n", "BodyHtml": null, "Timestamp": 1795416310.2, "Type": "v2.SendEmail"}
]}}"#;

#[test]
fn the_newest_stands_last() {
    let mails = parse(LISTING).unwrap();
    let texts: Vec<&str> = mails.iter().map(|mail| mail.text.trim()).collect();
    assert_eq!(texts, ["111111", "222222"]);
    assert_eq!(parse(r#"{"messages": {"000000000000": []}}"#).unwrap(), []);
    assert!(parse(r#"{"message": "boom"}"#).is_err());
}

#[test]
fn mail_is_found_by_its_address() {
    let mails = parse(LISTING).unwrap();
    let found = |address: &str| mails.iter().filter(|mail| is_to(mail, address)).count();
    let table =
        [("ann@EXAMPLE.com", 1), ("bob@example.com", 1), ("Bob <bob@example.com>", 1), ("nn@example.com", 0), ("", 0)];
    for (address, expected) in table {
        assert_eq!(found(address), expected, "{address:?}");
    }
}

#[test]
fn a_letter_reads_like_one() {
    let mails = parse(LISTING).unwrap();
    assert_eq!(
        letter(&mails[1]),
        "From: Acme <no-reply@example.com>\nTo: Ann@example.com\nDate: 2026-11-23T06:45:11Z\nSubject: Your code\n\n222222"
    );
    let hostile = Mail { subject: "a\r\n::error::b".to_owned(), from: "a\nTo: b".to_owned(), ..mails[1].clone() };
    let letter = letter(&hostile);
    assert!(letter.starts_with("From: a To: b\nTo: ") && letter.contains("\nSubject: a ::error::b\n\n"), "{letter}");
    let json = serde_json::to_value(&mails[0]).unwrap();
    assert_eq!(json["to"][0], "Bob <bob@example.com>");
    assert_eq!(json["html"], "");
}

#[test]
fn a_mail_that_came_is_fresh_once() {
    let mails = parse(LISTING).unwrap();
    let mut seen = 0;
    let rows = [
        ("all at first", 2, 2),
        ("nothing new", 2, 0),
        ("another local AWS", 0, 0),
        ("a mail there", 1, 1),
        ("one more", 2, 1),
        ("another local AWS with a mail", 1, 1),
    ];
    for (name, there, expected) in rows {
        assert_eq!(fresh(&mails[..there], &mut seen).len(), expected, "{name}");
    }
}

#[test]
fn a_code_is_found_where_it_can_be_told() {
    let mail = |text: &str| Mail { text: text.to_owned(), ..parse(LISTING).unwrap().remove(0) };
    let rows = [
        ("your code: 123456.", Some("123456")),
        ("12345678 and again 12345678", Some("12345678")),
        ("123456 or 654321", None),
        ("within 10 minutes", None),
        ("order 123456789", None),
    ];
    for (text, expected) in rows {
        assert_eq!(mail(text).code(), expected, "{text}");
    }
}
