#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::{Key, state::tests::challenge};

const SUBJECT: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "user" };
const ISSUED: UnixSeconds = UnixSeconds(100_000);

fn keys() -> KeyRing {
    KeyRing { current: Key::from_secret(&[1; 64]).unwrap(), previous: Some(Key::from_secret(&[2; 64]).unwrap()) }
}

fn mark(text: &str) -> Option<Attempt> {
    Attempt::parse(&SUBJECT, &text.repeat(32))
}

fn address() -> Address {
    Address::parse("jane@example.com").unwrap()
}

/// A state with a mailed challenge, and the right answer to it.
fn mailed() -> (State, Answer) {
    let challenge = Challenge {
        key: keys().current.id(),
        address: address().digest(&SUBJECT),
        attempt: mark("a"),
        ..challenge(ISSUED)
    };
    let code = Code::derive(&keys().current, &SUBJECT, &challenge, CodeLength::new(6).unwrap());
    (State { challenge: Some(challenge), ..State::default() }, Answer::new(code.expose()))
}

/// A row: how the state and the question differ from a right answer in time.
struct Row {
    state: State,
    binding: Option<ChallengeId>,
    answer: Answer,
    action: Action,
    attempt: Option<Attempt>,
    client: &'static str,
    address: Option<Address>,
    after: u64,
}

impl Row {
    fn right() -> Self {
        let (state, answer) = mailed();
        Self {
            binding: state.challenge.as_ref().map(Challenge::id),
            state,
            answer,
            action: Action::Answer,
            attempt: mark("a"),
            client: "web",
            address: Some(address()),
            after: 60,
        }
    }

    fn with(edit: impl FnOnce(&mut Self)) -> Self {
        let mut row = Self::right();
        edit(&mut row);
        row
    }

    fn challenge(&mut self) -> &mut Challenge {
        self.state.challenge.as_mut().unwrap()
    }

    /// A wrong answer of the right shape.
    fn wrong(&mut self) {
        let code =
            Code::derive(&keys().current, &SUBJECT, self.challenge(), CodeLength::new(6).unwrap()).expose().to_owned();
        let first = if code.starts_with('0') { "1" } else { "0" };
        self.answer = Answer::new(&format!("{first}{}", &code[1..]));
    }

    fn consumed(&mut self, seconds_ago: u64, used: bool) {
        self.state.consumption = Some(Consumption {
            challenge: self.challenge().id,
            at: UnixSeconds(ISSUED.0 + self.after - seconds_ago),
            client: Client::new(&SUBJECT, "web"),
            used,
        });
    }

    fn decide(&self) -> Verdict {
        let question = Question {
            subject: SUBJECT,
            binding: self.binding,
            answer: &self.answer,
            action: self.action,
            attempt: self.attempt,
            client: Client::new(&SUBJECT, self.client),
            address: self.address.as_ref(),
            now: ISSUED.plus(self.after),
            code_length: CodeLength::new(6).unwrap(),
        };
        decide(&self.state, &question, &keys())
    }
}

#[test]
fn a_right_answer_is_consumed() {
    let row = Row::right();
    let Verdict::Accept(state) = row.decide() else { unreachable!("{:?}", row.decide()) };
    let consumption = state.consumption.unwrap();
    assert_eq!(consumption.challenge, row.binding.unwrap());
    assert_eq!(consumption.client, Client::new(&SUBJECT, "web"));
    assert_eq!((consumption.at, consumption.used), (ISSUED.plus(60), false));
}

#[test]
fn a_wrong_answer_uses_up_a_guess() {
    let row = Row::with(Row::wrong);
    let Verdict::Reject(Reason::WrongCode, Some(state)) = row.decide() else { unreachable!("{:?}", row.decide()) };
    assert_eq!(state.challenge.unwrap().guesses_left, 2);
    assert_eq!(state.consumption, None);
}

#[test]
fn a_repeated_wrong_answer_costs_one_guess() {
    let mut row = Row::with(Row::wrong);
    let Verdict::Reject(_, Some(state)) = row.decide() else { unreachable!("{:?}", row.decide()) };
    row.state = state;
    assert_eq!(row.decide(), Verdict::Reject(Reason::WrongCode, None));
}

#[test]
fn what_is_refused_before_anything_is_compared() {
    for (name, row, expected) in [
        ("a resend is no answer", Row::with(|r| r.action = Action::Resend), Reason::ResendAsked),
        ("no binding", Row::with(|r| r.binding = None), Reason::NotBound),
        ("another challenge", Row::with(|r| r.binding = Some(ChallengeId([8; 16]))), Reason::Superseded),
        ("no challenge", Row::with(|r| r.state = State::default()), Reason::Superseded),
        ("another mark", Row::with(|r| r.attempt = mark("b")), Reason::Superseded),
        ("no mark", Row::with(|r| r.attempt = None), Reason::Superseded),
        ("no guess left", Row::with(|r| r.challenge().guesses_left = 0), Reason::AttemptsExhausted),
        ("at the end of its life", Row::with(|r| r.after = 600), Reason::Expired),
        ("long after", Row::with(|r| r.after = 86_400), Reason::Expired),
        ("address changed", Row::with(|r| r.address = Address::parse("eve@example.com").ok()), Reason::AddressChanged),
        ("address not verified", Row::with(|r| r.address = None), Reason::AddressChanged),
        (
            "a key from long ago",
            Row::with(|r| r.challenge().key = Key::from_secret(&[3; 64]).unwrap().id()),
            Reason::KeyUnknown,
        ),
        ("used, and tokens given", Row::with(|r| r.consumed(1, true)), Reason::AlreadyUsed),
        ("used too long ago", Row::with(|r| r.consumed(16, false)), Reason::AlreadyUsed),
        (
            "used through another client",
            Row::with(|r| {
                r.consumed(1, false);
                r.client = "server";
            }),
            Reason::AlreadyUsed,
        ),
    ] {
        assert_eq!(row.decide(), Verdict::Reject(expected, None), "{name}");
    }
}

#[test]
fn what_is_accepted() {
    for (name, row) in [
        ("in the last second", Row::with(|r| r.after = 599)),
        ("while the mail's outcome is unknown", {
            Row::with(|r| r.challenge().delivery = crate::state::Delivery::Pending { since: ISSUED })
        }),
        ("with the last guess", Row::with(|r| r.challenge().guesses_left = 1)),
    ] {
        assert!(matches!(row.decide(), Verdict::Accept(_)), "{name}: {:?}", row.decide());
    }
}

#[test]
fn a_code_of_the_previous_key_still_works() {
    let mut row = Row::right();
    row.challenge().key = keys().previous.unwrap().id();
    let previous = keys().previous.unwrap();
    let code = Code::derive(&previous, &SUBJECT, row.challenge(), CodeLength::new(6).unwrap());
    row.answer = Answer::new(code.expose());
    assert!(matches!(row.decide(), Verdict::Accept(_)));
}

#[test]
fn a_lost_reply_may_be_asked_for_again() {
    assert_eq!(Row::with(|r| r.consumed(15, false)).decide(), Verdict::AcceptAgain);
    let wrong = Row::with(|r| {
        r.consumed(1, false);
        r.wrong();
    });
    assert!(matches!(wrong.decide(), Verdict::Reject(Reason::WrongCode, Some(_))), "a repeat costs a guess when wrong");
}

proptest! {
    /// However answers are tried against one challenge, no more than its guesses are ever compared.
    #[test]
    fn guesses_run_out(answers in proptest::collection::vec("[0-9]{6}", 1..20)) {
        let mut row = Row::right();
        let mut compared = 0;
        for answer in &answers {
            row.answer = Answer::new(answer);
            match row.decide() {
                Verdict::Reject(Reason::WrongCode, Some(state)) => { compared += 1; row.state = state; }
                Verdict::Reject(Reason::WrongCode, None) => {}
                Verdict::Reject(reason, None) => prop_assert_eq!(reason, Reason::AttemptsExhausted),
                Verdict::Accept(_) => break,
                other => prop_assert!(false, "{:?}", other),
            }
        }
        prop_assert!(compared <= 3);
    }

    #[test]
    fn only_the_code_is_accepted(typed in any::<String>()) {
        let row = Row::with(|r| r.answer = Answer::new(&typed));
        let (_, right) = mailed();
        let accepted = matches!(row.decide(), Verdict::Accept(_));
        let code = Code::derive(&keys().current, &SUBJECT, row.state.challenge().unwrap(), CodeLength::new(6).unwrap());
        prop_assert_eq!(accepted, code.matches(&row.answer));
        prop_assert!(code.matches(&right));
    }
}
