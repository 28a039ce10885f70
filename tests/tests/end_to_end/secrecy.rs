//! The code is in the mail and nowhere else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::person::{Person, challenge, tokens};
use e2e::stack::Stack;
use xtask::trigger::Trigger;

/// Whether the code stands in the text as a number of its own. Six digits within a longer number are chance.
fn shows(text: &str, code: &str) -> bool {
    text.split(|character: char| !character.is_ascii_digit()).any(|digits| digits == code)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_mail_shows_the_code() {
    let stack = Stack::of("local").await.unwrap();
    let person = Person::new(&stack).await.unwrap();
    let flow = person.challenge().await.unwrap();
    let code = person.code().await.unwrap();
    let attributes = format!("{:?}", stack.attributes(&person.name).await.unwrap());
    let kept = person.sealed().await.unwrap();
    let first = format!("{:?}", flow.parameters());
    let flow = challenge(flow.answer("wrong").await.unwrap()).unwrap();
    let second = format!("{:?}", flow.parameters());
    let tokens = tokens(flow.answer(&code).await.unwrap()).unwrap();
    let claims = tokens.reveal_id().split('.').nth(1).unwrap();
    let claims = String::from_utf8(URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).unwrap()).unwrap();
    assert!(claims.contains(&person.email), "{claims}");

    let hash = person.hash().await.unwrap();
    stack.logged(Trigger::Gate, &[&hash]).await.unwrap();
    let mut logs = String::new();
    for trigger in Trigger::ALL {
        logs += &stack.log(trigger).await.unwrap().join("\n");
    }
    let after = format!("{:?}", stack.attributes(&person.name).await.unwrap());
    let places = [
        ("attributes", &attributes),
        ("attributes afterwards", &after),
        ("state", &kept),
        ("parameters of the first round", &first),
        ("parameters of the second round", &second),
        ("ID token", &claims),
        ("logs", &logs),
    ];
    for (place, text) in places {
        assert!(!shows(text, &code), "{place}: {text}");
    }
    for (what, secret) in [("address", &person.email), ("password", &person.password.reveal().to_owned())] {
        assert!(!logs.contains(secret.as_str()), "the {what} in the logs");
    }
}
