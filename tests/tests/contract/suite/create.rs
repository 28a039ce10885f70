//! CreateAuthChallenge: when a mail goes out, and what the client is told.

use std::time::Instant;

use super::STORE;
use e2e::event::{attempt, entry, password_verified, resend};
use e2e::fake_aws::{Fault, User};
use e2e::person::other_than;
use e2e::world::{World, state};
use serde_json::{Value, json};
use xtask::trigger::Trigger;

/// The session when the round before was answered wrong, or was a request for the mail.
fn after_a_round(metadata: Option<&str>) -> Vec<Value> {
    let mut session = password_verified();
    session.push(entry("CUSTOM_CHALLENGE", false, metadata));
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payload_that_cognito_repeats_sends_one_mail() {
    for metadata in [attempt(1), json!({})] {
        let world = World::start(STORE).await.unwrap();
        let first = world.create(&password_verified(), &metadata).await.unwrap();
        for _ in 0..2 {
            let again = world.create(&password_verified(), &metadata).await.unwrap();
            assert_eq!((again.state(), &again.private), ("CODE_SENT", &first.private));
        }
        assert_eq!(world.aws.mails().len(), 1, "with {metadata}");
        assert!(world.verify(&first, &world.last_code().unwrap(), &metadata).await.unwrap(), "with {metadata}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sign_in_gets_a_code_of_its_own() {
    let world = World::start(STORE).await.unwrap();
    let first = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let first_code = world.last_code().unwrap();
    world.age(&world.caller, 60).unwrap();
    let second = world.create(&password_verified(), &attempt(2)).await.unwrap();
    assert_eq!(world.aws.mails().len(), 2);
    assert!(!world.verify(&first, &first_code, &attempt(1)).await.unwrap(), "the first sign-in is superseded");
    assert!(world.verify(&second, &world.last_code().unwrap(), &attempt(2)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_says_who_wants_what() {
    let world = World::with(STORE, &[("CODE_LENGTH", "8"), ("PRODUCT_NAME", "Blue & Green")]).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let mail = world.aws.mails().pop().unwrap();
    let code = mail.code().unwrap();
    assert_eq!(code.len(), 8);
    assert_eq!(mail.to, [world.caller.email.as_str()]);
    assert!(mail.from.contains("no-reply@example.com"), "{}", mail.from);
    assert!(mail.html.contains(&code), "the HTML part holds the code as well");
    assert!(mail.text.contains("Blue & Green"), "{}", mail.text);
    assert!(mail.html.contains("Blue &#38; Green") || mail.html.contains("Blue &amp; Green"), "{}", mail.html);
    assert_eq!(created.public["codeLength"], "8");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mail_speaks_the_language_of_the_page_or_of_the_user_or_of_the_stage() {
    let rows = [
        ("nothing is known", None, None, "vi"),
        ("what the user chose", None, Some("fr-CA"), "fr"),
        ("the page speaks another", Some("de"), Some("fr"), "de"),
        ("the page has a region", Some("pt_BR"), None, "pt-BR"),
        ("a language without a mail", Some("tlh"), Some("es"), "es"),
        ("no language at all", Some("<script>"), None, "vi"),
    ];
    let world = World::with(STORE, &[("DEFAULT_LOCALE", "vi")]).await.unwrap();
    for (id, (name, page, chosen, expected)) in (1_u8..).zip(rows) {
        let caller = world.add_user(&format!("user-{id}"), "jane.doe@example.com");
        let locale = chosen.map(|locale| ("locale".to_owned(), locale.to_owned()));
        let mut user = world.aws.user(&caller.user).unwrap();
        user.attributes.extend(locale);
        world.aws.put_user(user);
        let mut metadata = attempt(id.into());
        if let Some(page) = page {
            metadata["locale"] = json!(page);
        }
        let created = world.create_for(&caller, &password_verified(), &metadata).await.unwrap();
        assert_eq!(created.state(), "CODE_SENT", "{name}");
        let mail = world.aws.mails().pop().unwrap();
        assert!(mail.html.contains(&format!("lang=\"{expected}\"")), "{name}: {}", mail.html);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_locked_out_is_told_once_an_hour() {
    let world = World::with(STORE, &[("LOCK_LONGEST_WAIT", "86400")]).await.unwrap();
    state::put_sealed(&world.aws, STORE, &world.caller, "v1.AAAA").unwrap();
    for (name, seconds, notices) in
        [("at once", 0, 1), ("again", 0, 1), ("within the hour", 3_590, 1), ("after it", 11, 2), ("again", 0, 2)]
    {
        if seconds > 0 {
            world.age(&world.caller, seconds).unwrap();
        }
        assert_eq!(world.create(&password_verified(), &attempt(1)).await.unwrap().state(), "LOCKED", "{name}");
        let mails = world.aws.mails();
        assert_eq!(mails.len(), notices, "{name}");
        assert!(mails.iter().all(|mail| mail.code().is_err()), "{mails:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_never_speaks_the_language_of_who_asks() {
    let world = World::with(STORE, &[("DEFAULT_LOCALE", "vi")]).await.unwrap();
    let mut metadata = attempt(1);
    metadata["locale"] = json!("de");
    for (id, (name, own, expected)) in (1_u8..).zip([
        ("the user's own", Some("fr-CA"), "fr"),
        ("the stage's", None, "vi"),
        ("no mail in it", Some("tlh"), "vi"),
    ]) {
        let caller = world.add_user(&format!("user-{id}"), "jane.doe@example.com");
        if let Some(own) = own {
            world.aws.put_user(world.aws.user(&caller.user).unwrap().with("locale", own));
        }
        state::put_sealed(&world.aws, STORE, &caller, "v1.AAAA").unwrap();
        let locked = world.create_for(&caller, &password_verified(), &metadata).await.unwrap();
        assert_eq!(locked.state(), "LOCKED", "{name}");
        let mail = world.aws.mails().pop().unwrap();
        assert!(mail.html.contains(&format!("lang=\"{expected}\"")), "{name}: {}", mail.html);
    }
    assert_eq!(world.aws.mails().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_comes_from_the_product_or_whom_the_stage_names() {
    for (name, settings, expected) in [
        ("the product", &[("PRODUCT_NAME", "Blue & Green")][..], "\"Blue & Green\" <no-reply@example.com>"),
        (
            "a name of its own",
            &[("EMAIL_FROM_NAME", "Müller"), ("PRODUCT_NAME", "Blue")],
            "=?UTF-8?B?TcO8bGxlcg==?= <no-reply@example.com>",
        ),
    ] {
        let world = World::with(STORE, settings).await.unwrap();
        world.create(&password_verified(), &attempt(1)).await.unwrap();
        assert_eq!(world.aws.mails().pop().unwrap().from, expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_and_its_round_have_one_reference() {
    let world = World::start(STORE).await.unwrap();
    let first = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let reference = first.public["mailReference"].clone();
    assert!(reference.len() == 4 && reference.bytes().all(|letter| letter.is_ascii_uppercase()), "{reference}");
    let mail = world.aws.mails().pop().unwrap();
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(part.contains(&reference), "{reference}: {part}");
    }
    let again = world.create(&after_a_round(first.metadata.as_deref()), &attempt(1)).await.unwrap();
    assert_eq!((again.state(), &again.public["mailReference"]), ("CODE_WRONG", &reference));

    world.age(&world.caller, 60).unwrap();
    let second = world.create(&password_verified(), &attempt(2)).await.unwrap();
    assert!(world.aws.mails().pop().unwrap().subject.contains(&second.public["mailReference"]));
    let superseded = world.create(&after_a_round(first.metadata.as_deref()), &attempt(1)).await.unwrap();
    assert_eq!((superseded.state(), superseded.public["mailReference"].as_str()), ("CODE_SUPERSEDED", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_mailed_in_seven_bits_and_shown_as_it_is() {
    let world = World::start(STORE).await.unwrap();
    for (id, (address, masked, mailed)) in (1_u8..).zip([
        ("jane@müller.example", "j***@m***", Some("jane@xn--mller-kva.example")),
        ("jane@例え.テスト", "j***@例***", Some("jane@xn--r8jz45g.xn--zckzah")),
        ("Jane.Doe@Example.com", "J***@E***", Some("Jane.Doe@Example.com")),
        ("émile@example.com", "é***@e***", None),
        ("jane@mü..example", "j***@m***", None),
    ]) {
        let caller = world.add_user(&format!("user-{id}"), address);
        let before = world.aws.mails().len();
        let created = world.create_for(&caller, &password_verified(), &attempt(1)).await.unwrap();
        let state = if mailed.is_some() { "CODE_SENT" } else { "ADDRESS_NOT_MAILABLE" };
        assert_eq!(
            (created.state(), created.public["CODE_DELIVERY_DESTINATION"].as_str()),
            (state, masked),
            "{address}"
        );
        let mails = world.aws.mails().split_off(before);
        assert_eq!(mails.iter().flat_map(|mail| &mail.to).collect::<Vec<_>>(), Vec::from_iter(mailed), "{address}");
        let Some(mail) = mails.first() else { continue };
        assert!(world.verify_for(&caller, &created, &mail.code().unwrap(), &attempt(1)).await.unwrap(), "{address}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_verified_in_any_case() {
    for verified in ["True", "TRUE"] {
        let world = World::start(STORE).await.unwrap();
        world.aws.put_user(world.aws.user(&world.caller.user).unwrap().with("email_verified", verified));
        let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
        assert_eq!(created.state(), "CODE_SENT", "{verified}");
        assert!(world.verify(&created, &world.last_code().unwrap(), &attempt(1)).await.unwrap(), "{verified}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_user_is_sent_nothing_and_compared_with_nothing() {
    let world = World::start(STORE).await.unwrap();
    let user = world.aws.user(&world.caller.user).unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    world.aws.put_user(world.aws.user(&world.caller.user).unwrap().disabled());
    let writes = world.aws.calls(STORE.write()).len();
    assert!(!world.verify(&created, &code, &attempt(1)).await.unwrap());
    assert!(world.log(Trigger::Verify).unwrap().contains("\"user-disabled\""));
    let session = after_a_round(created.metadata.as_deref());
    for (session, metadata) in [(&session, attempt(1)), (&session, resend(1)), (&password_verified(), attempt(2))] {
        let shown = world.create(session, &metadata).await.unwrap();
        assert_eq!((shown.state(), shown.public["secondsLeft"].as_str()), ("USER_DISABLED", "0"));
    }
    assert_eq!((world.aws.mails().len(), world.aws.calls(STORE.write()).len()), (1, writes), "and nothing is stored");

    let sealed = world.sealed().unwrap();
    world.aws.put_user(user);
    state::put_sealed(&world.aws, STORE, &world.caller, &sealed).unwrap();
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "enabled again, the code still works");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_is_told_where_the_challenge_stands() {
    let world = World::start(STORE).await.unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let public = &created.public;
    assert_eq!(public["state"], "CODE_SENT");
    assert_eq!(public["CODE_DELIVERY_DELIVERY_MEDIUM"], "EMAIL");
    assert_eq!(public["codeLength"], "6");
    assert_eq!(public["attemptsLeft"], "3");
    assert_eq!(public["secondsLeft"], "600");
    assert!(public["secondsToWait"].parse::<u64>().unwrap() <= 30);
    let destination = &public["CODE_DELIVERY_DESTINATION"];
    assert!(destination.contains('@') && destination.contains('*'), "{destination}");
    assert!(!destination.contains("jane") && !destination.contains("example"), "{destination}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_answer_sends_nothing_and_a_resend_does() {
    let world = World::start(STORE).await.unwrap();
    let first = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let first_code = world.last_code().unwrap();

    assert!(!world.verify(&first, &other_than(&first_code), &attempt(1)).await.unwrap());
    let session = after_a_round(first.metadata.as_deref());
    let second = world.create(&session, &attempt(1)).await.unwrap();
    assert_eq!((second.state(), second.public["attemptsLeft"].as_str()), ("CODE_WRONG", "2"));
    assert_eq!(world.aws.mails().len(), 1);

    assert!(!world.verify(&second, "-", &resend(1)).await.unwrap());
    let mut session = session;
    session.push(entry("CUSTOM_CHALLENGE", false, second.metadata.as_deref()));
    let throttled = world.create(&session, &resend(1)).await.unwrap();
    assert_eq!(throttled.state(), "SEND_THROTTLED");
    assert!((1..=30).contains(&throttled.public["secondsToWait"].parse::<u64>().unwrap()));
    assert_eq!(world.aws.mails().len(), 1);

    world.age(&world.caller, 31).unwrap();
    let third = world.create(&session, &resend(1)).await.unwrap();
    assert_eq!((third.state(), third.public["attemptsLeft"].as_str()), ("CODE_SENT", "2"), "asking is no failure");
    assert_eq!(world.aws.mails().len(), 2);
    assert_eq!(world.last_code().unwrap(), first_code, "the same challenge, so the same code");
    assert!(world.verify(&third, &first_code, &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_is_repeated_without_another_mail() {
    let world = World::start(STORE).await.unwrap();
    let first = world.create(&password_verified(), &attempt(1)).await.unwrap();
    world.age(&world.caller, 31).unwrap();
    let session = after_a_round(first.metadata.as_deref());
    for _ in 0..3 {
        assert_eq!(world.create(&session, &resend(1)).await.unwrap().state(), "CODE_SENT");
    }
    assert_eq!(world.aws.mails().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_limited_per_hour() {
    let world = World::with(STORE, &[("SENDS_PER_HOUR", "2")]).await.unwrap();
    for id in 1..=2 {
        assert_eq!(world.create(&password_verified(), &attempt(id)).await.unwrap().state(), "CODE_SENT");
        world.age(&world.caller, 60).unwrap();
    }
    assert_eq!(world.create(&password_verified(), &attempt(3)).await.unwrap().state(), "SEND_THROTTLED");
    assert_eq!(world.aws.mails().len(), 2);
    assert!(world.log(Trigger::Create).unwrap().contains("MailsThrottled"), "a lock-out by mails is counted");
    world.age(&world.caller, 3_600).unwrap();
    assert_eq!(world.create(&password_verified(), &attempt(4)).await.unwrap().state(), "CODE_SENT");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_verified_address_gets_mail() {
    let world = World::start(STORE).await.unwrap();
    let user = |attributes: &[(&str, &str)]| User {
        user_pool: world.caller.user_pool.clone(),
        name: world.caller.user.clone(),
        attributes: attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        enabled: true,
    };
    let rows = [
        ("not verified", user(&[("email", "jane.doe@example.com"), ("email_verified", "false")])),
        ("never verified", user(&[("email", "jane.doe@example.com")])),
        ("no address", user(&[("email_verified", "true")])),
        ("an empty address", user(&[("email", ""), ("email_verified", "true")])),
    ];
    for (name, user) in rows {
        world.aws.put_user(user);
        // The event says that the address is verified; only the pool itself is to be believed.
        let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
        assert_eq!(created.state(), "NO_VERIFIED_ADDRESS", "{name}");
        assert!(!world.verify(&created, "000000", &attempt(1)).await.unwrap(), "{name}");
    }
    assert!(world.aws.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_cannot_be_sent_is_a_state_and_can_be_asked_for_again() {
    let world = World::start(STORE).await.unwrap();
    world.aws.fail("SendEmail", Fault::refused("MessageRejected"), 1);
    let failed = world.create(&password_verified(), &attempt(1)).await.unwrap();
    assert_eq!(failed.state(), "SEND_FAILED");
    assert!(world.log(Trigger::Create).unwrap().contains("MessageRejected"), "the log names the reason");

    world.age(&world.caller, 31).unwrap();
    let created = world.create(&after_a_round(failed.metadata.as_deref()), &resend(1)).await.unwrap();
    assert_eq!(created.state(), "CODE_SENT");
    assert!(world.verify(&created, &world.last_code().unwrap(), &attempt(1)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mail_carries_a_code_that_could_not_be_stored() {
    let world = World::start(STORE).await.unwrap();
    world.aws.fail(STORE.write(), Fault::refused("AccessDeniedException"), 1);
    let event = world.caller.create(&password_verified(), &attempt(1));
    let _ = world.call(Trigger::Create, &event).await.unwrap();
    assert!(world.aws.mails().is_empty());
    let log = world.log(Trigger::Create).unwrap();
    assert!(log.contains("AccessDeniedException"), "the log names the reason: {log}");
}

/// A later version of the functions has been deployed and taken back: its states lock no user.
#[tokio::test(flavor = "multi_thread")]
async fn a_state_of_a_later_version_is_unavailable_and_not_forged() {
    let world = World::start(STORE).await.unwrap();
    let text = "v3.AAAA";
    state::put_sealed(&world.aws, STORE, &world.caller, text).unwrap();
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    assert_eq!(created.state(), "SEND_FAILED");
    assert!(!world.verify(&created, "000000", &attempt(1)).await.unwrap());
    assert!(!world.gate("Authentication", &attempt(1)).await.unwrap());
    for trigger in [Trigger::Create, Trigger::Verify, Trigger::Gate] {
        let log = world.log(trigger).unwrap();
        assert!(log.contains("StoreFault") && !log.contains("StateForged"), "{trigger:?}: {log}");
    }
    assert_eq!(world.sealed().unwrap(), text, "nothing is written over it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_that_cannot_be_used_is_told_in_state_and_log() {
    let world = World::start(STORE).await.unwrap();
    let refused = world.create(&password_verified(), &json!({"attempt": "short"})).await.unwrap();
    assert_eq!(refused.state(), "ATTEMPT_INVALID");
    assert!(world.aws.mails().is_empty());
    let created = world.create(&password_verified(), &attempt(1)).await.unwrap();
    let code = world.last_code().unwrap();
    assert!(!world.verify(&created, &code, &json!({"attempt": "with a blank in it"})).await.unwrap());
    assert!(world.log(Trigger::Create).unwrap().contains("ATTEMPT_INVALID"));
    assert!(world.log(Trigger::Verify).unwrap().contains("attempt-invalid"));
    assert!(world.verify(&created, &code, &attempt(1)).await.unwrap(), "it has taken no guess and no code");
}

/// Clients that send no mark with the password and one later, or lose it with a reload, are bound by their challenge.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_mark_comes_later_the_right_code_gives_tokens() {
    for (name, first, later) in [
        ("none with the password", json!({}), attempt(1)),
        ("another one after a reload", attempt(1), attempt(2)),
        ("none later", attempt(1), json!({})),
    ] {
        let world = World::start(STORE).await.unwrap();
        let created = world.create(&password_verified(), &first).await.unwrap();
        assert!(!world.verify(&created, "x", &later).await.unwrap(), "{name}");
        let second = world.create(&after_a_round(created.metadata.as_deref()), &later).await.unwrap();
        assert_eq!(second.state(), "CODE_WRONG", "{name}");
        assert!(world.verify(&second, &world.last_code().unwrap(), &later).await.unwrap(), "{name}");
        assert!(world.gate("Authentication", &later).await.unwrap(), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_an_earlier_mail_is_told_as_that() {
    let world = World::start(STORE).await.unwrap();
    world.create(&password_verified(), &attempt(1)).await.unwrap();
    let older = world.last_code().unwrap();
    world.age(&world.caller, 60).unwrap();
    let created = world.create(&password_verified(), &attempt(2)).await.unwrap();
    let code = world.last_code().unwrap();
    assert!(!world.verify(&created, &older, &attempt(2)).await.unwrap());
    let told = world.create(&after_a_round(created.metadata.as_deref()), &attempt(2)).await.unwrap();
    assert_eq!(told.state(), "CODE_OLDER");
    assert!(world.log(Trigger::Verify).unwrap().contains("older-code"));
    // Three more would be too many, had the first been a guess.
    for digit in ["1", "2"] {
        let wrong = if code.ends_with(digit) { format!("{}0", &code[..5]) } else { format!("{}{digit}", &code[..5]) };
        assert!(!world.verify(&told, &wrong, &attempt(2)).await.unwrap());
    }
    assert!(world.verify(&told, &code, &attempt(2)).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_somebody_has_spoilt_locks_for_one_longest_wait() {
    for text in ["123456", "v1.AAAA", "v2.something", "version.9", "💥"] {
        let world = World::with(STORE, &[("LOCK_LONGEST_WAIT", "3600")]).await.unwrap();
        state::put_sealed(&world.aws, STORE, &world.caller, text).unwrap();
        let begun = Instant::now();
        for _ in 0..2 {
            let locked = world.create(&password_verified(), &attempt(1)).await.unwrap();
            assert_eq!(locked.state(), "LOCKED", "{text:?}");
            let wait: u64 = locked.public["secondsToWait"].parse().unwrap();
            let most = begun.elapsed().as_secs() + 1;
            assert!(wait <= 3_600 && wait + most >= 3_600, "{text:?}: {wait} with at most {most} over");
            assert!(!world.verify(&locked, "000000", &attempt(1)).await.unwrap(), "{text:?}");
        }
        assert!(world.log(Trigger::Create).unwrap().contains("StateForged"), "{text:?}: somebody has to be told");
        assert!(world.aws.mails().iter().all(|mail| mail.code().is_err()), "{text:?}: no code to a locked user");

        world.age(&world.caller, 3_601).unwrap();
        let created = world.create(&password_verified(), &attempt(2)).await.unwrap();
        assert_eq!(created.state(), "CODE_SENT", "{text:?}");
        assert!(world.verify(&created, &world.last_code().unwrap(), &attempt(2)).await.unwrap(), "{text:?}");
    }
}
