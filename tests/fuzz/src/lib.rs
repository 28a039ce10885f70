//! What a stranger can hand to the functions as bytes, and what has to hold whatever they are.
//!
//! Each target takes bytes as they come: at random and from the corpus under `cargo test`, guided by the compiler's
//! coverage counters under `cargo xtask test --long`.

use challenge::Fresh;
use challenge::client::Client;
use challenge::create::{self, Decision};
use challenge::gate::{self, use_consumption};
use challenge::verify::{self, Question, Verdict};
use challenge::{
    Action, Address, Answer, AttemptRule, Code, CodeLength, CodeLife, Key, KeyRing, LockAfter, LockFirstWait,
    LockLongestWait, Lockout, MaxAttempts, Metadata, Policy, ResendAfter, Round, SealedState, SendsPerHour, State,
    Subject, UnixSeconds,
};
use serde_json::{Value, json};
use trigger_runtime::Event;

const SUBJECT: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "user" };
const STRANGER: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "stranger" };
const NOW: UnixSeconds = UnixSeconds(1_800_000_000);

/// What the targets share. All of it is fixed, so a finding can be repeated.
#[derive(Debug)]
pub struct Ground {
    keys: KeyRing,
    policy: Policy,
    address: Address,
    client: Client,
}

impl Ground {
    /// `None` never: the values are in their ranges.
    #[must_use]
    pub fn new() -> Option<Self> {
        let key = |byte| Key::from_secret(&[byte; 64]).ok();
        let policy = Policy {
            code_length: CodeLength::new(6).ok()?,
            code_life: CodeLife::new(10).ok()?,
            max_attempts: MaxAttempts::new(3).ok()?,
            resend_after: ResendAfter::new(30).ok()?,
            sends_per_hour: SendsPerHour::new(10).ok()?,
            attempt: AttemptRule::Optional,
            lockout: Lockout {
                after: LockAfter::new(5).ok()?,
                first_wait: LockFirstWait::new(60).ok()?,
                longest_wait: LockLongestWait::new(86_400).ok()?,
            },
        };
        let keys = KeyRing { current: key(1)?, previous: key(2) };
        let address = Address::parse("jane@example.com").ok()?;
        Some(Self { keys, policy, address, client: Client::new(&SUBJECT, "client") })
    }

    /// Create's decision in a first round.
    fn create(&self, state: &State, round: Round, action: Action) -> Decision {
        let request = create::Request {
            subject: SUBJECT,
            address: Some(&self.address),
            round,
            action,
            attempt: Ok(None),
            client: self.client,
            now: NOW,
            fresh: Fresh { id: [1; 16], nonce: [2; 16] },
            keys: &self.keys,
        };
        create::decide(state, &request, &self.policy)
    }

    /// The code of a first challenge.
    fn code(&self) -> Option<Code> {
        let first = self.create(&State::default(), Round::FIRST, Action::Answer);
        let Decision::Send(sending) = first else { return None };
        Some(Code::derive(&self.keys.current, &SUBJECT, sending.challenge(), self.policy.code_length))
    }
}

/// A stored text: opens for nobody unless it was sealed, and never for somebody else.
pub fn sealed_state(ground: &Ground, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for text in [text.to_owned(), format!("v1.{text}"), format!("v2.{text}")] {
        let sealed = SealedState::new(text);
        assert!(sealed.open(&STRANGER, &ground.keys).is_err(), "opened for a stranger");
        assert!(sealed.open(&SUBJECT, &ground.keys).is_err(), "opened without a seal");
    }
}

/// Any state that the codec reads, from whatever moment: every function decides something, and a state that is stored
/// again is the same.
pub fn state(ground: &Ground, bytes: &[u8]) {
    let Ok((state, _)) = postcard::take_from_bytes::<State>(bytes) else { return };
    let nonce = [0; 24];
    if let Some(sealed) = SealedState::seal(&state, &SUBJECT, &ground.keys.current, nonce) {
        assert!(sealed.open(&SUBJECT, &ground.keys).is_ok_and(|opened| opened == state), "not the same again");
    }
    let _ = (state.lock(NOW), state.forgettable_at(NOW));
    for number in [0, 1, u8::MAX] {
        for action in [Action::Answer, Action::Resend] {
            let bound = state.challenge().map(challenge::state::Challenge::id);
            match ground.create(&state, Round { number, bound, ..Round::FIRST }, action) {
                Decision::Send(sending) => {
                    assert!(sending.sent(sending.pending()).is_some(), "a pending mail that cannot be marked as sent");
                }
                Decision::Show(view) | Decision::Tell(_, view) => assert!(!view.state.as_str().is_empty()),
            }
        }
    }
    let Some(typed) = ground.code().map(|code| Answer::new(code.expose())) else { return };
    let question = Question {
        subject: SUBJECT,
        binding: state.challenge().map(challenge::state::Challenge::id),
        answer: &typed,
        action: Action::Answer,
        attempt: Ok(None),
        client: ground.client,
        address: Some(&ground.address),
        now: NOW,
    };
    let asked = gate::Request { client: ground.client, attempt: None, now: NOW };
    if let Verdict::Compare(guess) = verify::decide(&state, &question, &ground.policy, &ground.keys) {
        let reserved = guess.reserved().unwrap_or(&state);
        if guess.is_right()
            && let Some(accepted) = guess.accepted(reserved)
        {
            let used = use_consumption(&accepted, &asked, AttemptRule::Optional);
            let Ok(used) = used else { unreachable!("a right answer that the gate does not find") };
            assert!(
                use_consumption(&used, &asked, AttemptRule::Optional).is_err(),
                "one right answer, two sets of tokens"
            );
        }
    }
    if let Ok(used) = use_consumption(&state, &asked, AttemptRule::Optional) {
        assert!(use_consumption(&used, &asked, AttemptRule::Optional).is_err(), "used twice");
    }
}

/// What somebody typed: of ASCII, blanks and dashes around and between the digits of the code are forgiven, and nothing else.
pub fn answer(ground: &Ground, bytes: &[u8]) {
    let Some(code) = ground.code() else { return };
    let typed = String::from_utf8_lossy(bytes);
    let mut between = code.expose().chars();
    let mut pasted: String =
        typed.chars().take(8).flat_map(|stray| between.next().into_iter().chain([stray])).collect();
    pasted.extend(between);
    for typed in [typed.as_ref(), &pasted] {
        let answer = Answer::new(typed);
        assert_eq!(format!("{answer:?}"), "Answer(…)");
        assert_eq!(code.matches(&answer), answer.expose() == code.expose(), "{typed:?}");
        // What of the rest of Unicode is forgiven is held by a table of its own.
        if typed.is_ascii() {
            let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
            assert_eq!(code.matches(&answer), digits == code.expose() && typed.len() <= 256, "{typed:?}");
        }
    }
}

/// The text that travels through the session: reads back what it wrote, and nothing else.
pub fn metadata(_: &Ground, bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Some(metadata) = Metadata::parse(text) {
        assert_eq!(Metadata::parse(&metadata.to_string()), Some(metadata), "{text:?}");
        assert!(metadata.to_string().eq_ignore_ascii_case(text), "{text:?}");
    }
}

/// Any JSON for an event, and any JSON in the places where a sign-in has its own.
pub fn event(_: &Ground, bytes: &[u8]) {
    let Ok(json) = serde_json::from_slice::<Value>(bytes) else { return };
    read(json.clone());
    read(json!({
        "triggerSource": "CreateAuthChallenge_Authentication",
        "userPoolId": "eu-central-1_Pool",
        "userName": "user",
        "callerContext": { "clientId": json },
        "request": {
            "session": json,
            "userNotFound": json,
            "challengeAnswer": json,
            "privateChallengeParameters": { "challenge": json },
            "clientMetadata": { "action": json, "attempt": json, "locale": json },
        },
    }));
    read(json!({
        "triggerSource": "CreateAuthChallenge_Authentication",
        "userPoolId": "eu-central-1_Pool",
        "userName": "user",
        "callerContext": json,
        "request": json,
    }));
}

fn read(json: Value) {
    let Ok(event) = Event::new(json, "CreateAuthChallenge_") else { return };
    assert_eq!(format!("{event:?}"), "Event(…)");
    let session = event.session();
    if let Some(round) = session.round(Action::Answer) {
        assert!(session.0.len() >= 2 && session.0[0].passed && session.0[1].passed, "{round:?} without a password");
    }
    let _ = (event.subject(), event.source(), event.client(), event.action(), event.attempt(), event.locale());
    let _ = (event.user_not_found(), event.private_parameter("challenge"), Answer::new(event.challenge_answer()));
    assert_eq!(event.answered(json!({}))["response"], json!({}));
}
