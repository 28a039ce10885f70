//! `email preview`, as somebody runs it who wants to see the mails.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::process::Command;

use message::Locale;

#[test]
fn it_writes_every_mail_in_every_language_and_a_page_that_shows_them() {
    let directory = tempfile::tempdir().unwrap();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.current_dir(&directory).args(["--root", root, "email", "preview", "--out", "new/folder"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "new/folder/index.html\n");

    let folder = directory.path().join("new/folder");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let index = read("index.html");
    for locale in Locale::ALL {
        for (kind, shows_code) in [("code", true), ("locked", false)] {
            let name = format!("{}.{kind}", locale.as_str());
            let (html, text) = (read(&format!("{name}.html")), read(&format!("{name}.txt")));
            for body in [&html, &text] {
                // Product and length of the code are those of the stage `local`.
                assert!(body.contains("Example"), "{name}");
                assert_eq!(body.contains("012345"), shows_code, "{name}");
                assert!(!body.contains("0123456"), "{name}");
            }
            assert!(text.starts_with("Subject: "), "{name}");
            assert!(
                index.contains(&format!("src=\"{name}.html\"")) && index.contains(&format!("href=\"{name}.txt\"")),
                "{name}"
            );
        }
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), 4 * Locale::ALL.len() + 1);
}
