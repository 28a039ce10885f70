//! States that version 1 has sealed: a deploy takes over a user's sign-in, lock or consumption as it finds it.
//!
//! The texts were sealed by the functions of version 1 themselves, for the user `jane` with the key of 64 ones: a challenge that
//! was mailed to jane@example.com at `SENT`, the same once its code was right through the client `web`, and the same after five
//! wrong answers.
#![allow(clippy::unwrap_used, clippy::panic)]

use challenge::{
    Action, Address, Answer, Attempt, AttemptRule, CodeLength, CodeLife, Fresh, Key, KeyRing, LockAfter, LockFirstWait,
    LockLongestWait, Lockout, MaxAttempts, Policy, PublicState, ResendAfter, Round, SealedState, SendsPerHour, State,
    Subject, UnixSeconds,
    client::Client,
    create::{self, Decision},
    gate,
    lockout::Lock,
    verify::{self, Question, Verdict},
};

const JANE: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "jane" };
const SENT: UnixSeconds = UnixSeconds(1_700_000_000);
const CODE: &str = "007510";
const MARK: &str = "0123456789abcdef0123456789abcdef";

const EMPTY: &str = "\
    v1.AAzHBgAsIBYHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwehan5nKYEQa4Fn36bYqRHAzmC_Zr_o9O0";
const MAILED: &str = "\
    v1.AAzHBgAsIBYHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwegbXlgLoYXbMXH3vSei-e3ugu66iJXDgLrGVG1m5hk_LFKy81F9\
    oH_QhiZvfeFEQwKuoLYMYonm29jDYxnpoU0PrpyR36pnsBU9MLKHS6XEqSC1WoS3fa0xkly6fpw72cz4Kebohj_7jRK9Rphq\
    NK5";
const CONSUMED: &str = "\
    v1.AAzHBgAsIBYHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwegbXlgLoYXbMXH3vSei-e3ugu66iJXDgLrGVG1m5hk_LFKy81F9\
    oH_QhiZvfeFEQwKuoLYMYonm29jDYxnpoU0PrpyR36pnsBU9MLKHS6XEqSC1WoT23FRDuRz7v136GD6ID1XvB9FkGTXyvaM6\
    RaJDw77LfYBsS76OTOd7VTY5bF5ATk6l7uEjnUhr4ZbuCOCCqdVWao";
const LOCKED: &str = "\
    v1.AAzHBgAsIBYHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwegbXlgLoYXbMXH3vSei-e3ugu66iJXDgLrGVG1m5hk_LFKy81F9\
    oH_QhiZvfeFEQwKuoLYMYonm29jDYxnpoU0PrpyR36pnsBU9MLKHS6XEqSC1WoS3fa0xkly7EaSIM37x4CKEZknvQF7Hd5Fi\
    R-V5eCHfwdmx2bbpbWmkriUAQ";

fn keys() -> KeyRing {
    KeyRing { current: Key::from_secret(&[1; 64]).unwrap(), previous: None }
}

fn open(text: &str) -> State {
    SealedState::new(text.to_owned()).open(&JANE, &keys()).unwrap()
}

fn policy() -> Policy {
    Policy {
        code_length: CodeLength::new(6).unwrap(),
        code_life: CodeLife::new(10).unwrap(),
        max_attempts: MaxAttempts::new(3).unwrap(),
        resend_after: ResendAfter::new(30).unwrap(),
        sends_per_hour: SendsPerHour::new(5).unwrap(),
        attempt: AttemptRule::Optional,
        lockout: Lockout {
            after: LockAfter::new(5).unwrap(),
            first_wait: LockFirstWait::new(60).unwrap(),
            longest_wait: LockLongestWait::new(86_400).unwrap(),
        },
    }
}

fn mark() -> Option<Attempt> {
    Attempt::parse(&JANE, Some(MARK)).unwrap()
}

fn web() -> Client {
    Client::new(&JANE, "web")
}

#[test]
fn every_state_is_read_and_written_as_the_next_version() {
    for text in [EMPTY, MAILED, CONSUMED, LOCKED] {
        let state = open(text);
        let sealed = SealedState::seal(&state, &JANE, &keys().current, [9; 24]).unwrap();
        assert!(sealed.as_str().starts_with("v2."));
        assert_eq!(sealed.open(&JANE, &keys()), Ok(state));
    }
    assert_eq!(open(EMPTY), State::default());
}

#[test]
fn a_code_that_version_1_has_mailed_is_right() {
    let (state, policy, keys, answer) = (open(MAILED), policy(), keys(), Answer::new(CODE));
    let address = Address::parse("jane@example.com").unwrap();
    let question = Question {
        subject: JANE,
        binding: state.challenge().map(challenge::state::Challenge::id),
        answer: &answer,
        action: Action::Answer,
        attempt: Ok(mark()),
        client: web(),
        address: Some(&address),
        now: SENT.plus(60),
    };
    let Verdict::Compare(guess) = verify::decide(&state, &question, &policy, &keys) else { panic!("not compared") };
    assert!(guess.is_right());
    let accepted = guess.accepted(guess.reserved().unwrap()).unwrap();
    let request = gate::Request { client: web(), attempt: mark(), now: SENT.plus(60) };
    assert!(gate::use_consumption(&accepted, &request, AttemptRule::Optional).is_ok());
}

#[test]
fn a_call_that_version_1_has_answered_is_not_answered_with_another_mail() {
    let (state, policy, keys) = (open(MAILED), policy(), keys());
    let address = Address::parse("jane@example.com").unwrap();
    let request = create::Request {
        subject: JANE,
        address: Some(&address),
        round: Round::FIRST,
        action: Action::Answer,
        attempt: Ok(mark()),
        client: web(),
        now: SENT.plus(5),
        fresh: Fresh { id: [1; 16], nonce: [1; 16] },
        keys: &keys,
    };
    let Decision::Show(view) = create::decide(&state, &request, &policy) else { panic!("a mail went out") };
    assert_eq!(view.state, PublicState::CodeSent);
    assert_eq!(view.binding, state.challenge().map(challenge::state::Challenge::id));
}

#[test]
fn a_consumption_of_version_1_lets_its_client_through() {
    use AttemptRule::{Optional, Required};
    for (name, client, attempt, rule, expected) in [
        ("with the mark of the call", "web", mark(), Optional, Ok(())),
        ("without a mark", "web", None, Optional, Ok(())),
        ("another client", "server", mark(), Optional, Err(gate::Refusal::OtherClient)),
        ("where marks are required: it has none", "web", mark(), Required, Err(gate::Refusal::AttemptMissing)),
    ] {
        let request = gate::Request { client: Client::new(&JANE, client), attempt, now: SENT.plus(3) };
        let taken = gate::use_consumption(&open(CONSUMED), &request, rule);
        assert_eq!(taken.map(drop), expected, "{name}");
    }
}

#[test]
fn a_lock_of_version_1_holds() {
    assert_eq!(open(LOCKED).lock(SENT.plus(59)), Lock::Until(SENT.plus(60)));
}
