#![allow(clippy::unwrap_used)]
mod in_parallel;

use proptest::prelude::*;

use super::*;
use crate::{
    CodeLength, Key,
    state::tests::{challenge, policy},
};

const SUBJECT: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "user" };
const ISSUED: UnixSeconds = UnixSeconds(100_000);

fn keys() -> KeyRing {
    KeyRing { current: Key::from_secret(&[1; 64]).unwrap(), previous: Some(Key::from_secret(&[2; 64]).unwrap()) }
}

fn mark(text: &str) -> Option<Attempt> {
    Attempt::parse(&SUBJECT, Some(&text.repeat(32))).unwrap()
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
    attempt: Result<Option<Attempt>, InvalidAttempt>,
    client: &'static str,
    address: Option<Address>,
    after: u64,
    policy: Policy,
}

impl Row {
    fn right() -> Self {
        let (state, answer) = mailed();
        Self {
            binding: state.challenge.as_ref().map(Challenge::id),
            state,
            answer,
            action: Action::Answer,
            attempt: Ok(mark("a")),
            client: "web",
            address: Some(address()),
            after: 60,
            policy: policy(),
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
        let answered = self.answer.clone().digest(&SUBJECT, self.challenge());
        self.challenge().last_answer = Some(answered);
        self.state.consumption = Some(Consumption {
            challenge: self.challenge().id,
            at: UnixSeconds(ISSUED.0 + self.after - seconds_ago),
            client: Client::new(&SUBJECT, "web").marked(mark("a")),
            used,
        });
    }

    /// Without a mark, in a stage that wants one.
    fn unmarked(&mut self) {
        self.attempt = Ok(None);
        self.policy.attempt = AttemptRule::Required;
    }

    /// A wrong answer that is the code of the challenge before.
    fn older(&mut self) {
        self.wrong();
        self.state.older = vec![[1; 8], self.answer.older_digest(&SUBJECT)];
    }

    fn fail(&mut self, times: usize) {
        let now = ISSUED.plus(self.after);
        (0..times).for_each(|_| self.state.failures = self.state.failures.with_failure(policy().lockout, now));
    }

    /// Runs the answer through as Verify does, storing at once what is to be stored.
    fn decide(&mut self) -> Outcome {
        let answer = self.answer.clone();
        let address = self.address.clone();
        let question = Question {
            subject: SUBJECT,
            binding: self.binding,
            answer: &answer,
            action: self.action,
            attempt: self.attempt,
            client: Client::new(&SUBJECT, self.client),
            address: address.as_ref(),
            now: ISSUED.plus(self.after),
        };
        match decide(&self.state, &question, &self.policy, &keys()) {
            Verdict::Reject(reason) => Outcome::Refused(reason),
            Verdict::RejectAndStore(reason, state) => {
                self.state = *state;
                Outcome::Refused(reason)
            }
            Verdict::AcceptAgain => Outcome::Repeated,
            Verdict::Compare(guess) => {
                let costs = guess.reserved().is_some();
                if let Some(reserved) = guess.reserved() {
                    self.state = reserved.clone();
                }
                if !guess.is_right() {
                    return Outcome::Wrong { costs };
                }
                self.state = guess.accepted(&self.state).unwrap();
                Outcome::Right { costs }
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Refused(Reason),
    Repeated,
    /// Compared, and whether a guess was used for it.
    Wrong {
        costs: bool,
    },
    Right {
        costs: bool,
    },
}

#[test]
fn a_right_answer_is_consumed_and_clears_the_failures() {
    let mut row = Row::with(|row| row.fail(4));
    assert_eq!(row.decide(), Outcome::Right { costs: true });
    let consumption = row.state.consumption.clone().unwrap();
    assert_eq!(consumption.challenge, row.binding.unwrap());
    assert_eq!(consumption.client, Client::new(&SUBJECT, "web").marked(mark("a")));
    assert_eq!((consumption.at, consumption.used), (ISSUED.plus(60), false));
    assert_eq!(row.state.lock(ISSUED.plus(60)), Lock::Open);
    row.fail(4);
    assert_eq!(row.state.lock(ISSUED.plus(60)), Lock::Open, "the count began anew");
}

#[test]
fn a_wrong_answer_uses_up_a_guess_and_counts() {
    let mut row = Row::with(Row::wrong);
    assert_eq!(row.decide(), Outcome::Wrong { costs: true });
    assert_eq!(row.challenge().guesses_left, 2);
    assert_eq!(row.state.consumption, None);
    row.fail(4);
    assert_eq!(row.state.lock(ISSUED.plus(60)), Lock::Until(ISSUED.plus(120)), "four more make five");
}

#[test]
fn a_repeated_answer_costs_one_guess() {
    let mut wrong = Row::with(Row::wrong);
    assert_eq!(wrong.decide(), Outcome::Wrong { costs: true });
    assert_eq!(wrong.decide(), Outcome::Wrong { costs: false });
    assert_eq!(wrong.challenge().guesses_left, 2);
}

#[test]
fn a_right_answer_whose_call_died_after_the_reservation_still_counts() {
    // The last guess, and the fifth failure: reserving it locks the user and leaves no guess.
    let mut row = Row::with(|row| {
        row.challenge().guesses_left = 1;
        row.fail(4);
    });
    let untouched = row.state.clone();
    assert_eq!(row.decide(), Outcome::Right { costs: true });
    let reserved = {
        let challenge = untouched.challenge.as_ref().unwrap();
        let answered = row.answer.digest(&SUBJECT, challenge);
        reserve(&untouched, challenge, answered, &policy(), ISSUED.plus(60))
    };
    row.state = reserved;
    assert_ne!(row.state.lock(ISSUED.plus(60)), Lock::Open);
    assert_eq!(row.decide(), Outcome::Right { costs: false });
    assert_eq!(row.state.lock(ISSUED.plus(60)), Lock::Open);
}

#[test]
fn an_answer_is_not_accepted_for_what_is_gone_by_then() {
    let row = Row::right();
    let question = Question {
        subject: SUBJECT,
        binding: row.binding,
        answer: &row.answer,
        action: Action::Answer,
        attempt: row.attempt,
        client: Client::new(&SUBJECT, "web"),
        address: row.address.as_ref(),
        now: ISSUED.plus(60),
    };
    let (policy, keys) = (policy(), keys());
    let Verdict::Compare(guess) = decide(&row.state, &question, &policy, &keys) else { unreachable!() };
    assert!(guess.is_right());
    let newer = Row::with(|row| row.challenge().id = ChallengeId([1; 16]));
    assert_eq!(guess.accepted(&newer.state), None, "superseded");
    let consumed = guess.accepted(&row.state).unwrap();
    assert_eq!(guess.accepted(&consumed), None, "consumed by a copy of the call");
    assert_eq!(guess.accepted(&State::default()), None, "forgotten");
}

#[test]
fn what_is_refused_before_anything_is_compared() {
    for (name, mut row, expected) in [
        ("a resend is no answer", Row::with(|r| r.action = Action::Resend), Reason::ResendAsked),
        ("no binding", Row::with(|r| r.binding = None), Reason::NotBound),
        ("another challenge", Row::with(|r| r.binding = Some(ChallengeId([8; 16]))), Reason::Superseded),
        ("no challenge", Row::with(|r| r.state = State::default()), Reason::Superseded),
        ("a mark that is none", Row::with(|r| r.attempt = Err(InvalidAttempt)), Reason::AttemptInvalid),
        ("no mark, where one is required", Row::with(Row::unmarked), Reason::AttemptMissing),
        ("a digit short", Row::with(|r| r.answer = Answer::new("12345")), Reason::NotACode),
        ("a digit more", Row::with(|r| r.answer = Answer::new("1234567")), Reason::NotACode),
        ("no digits", Row::with(|r| r.answer = Answer::new("resend")), Reason::NotACode),
        ("digits of no place value", Row::with(|r| r.answer = Answer::new("²①²①²①")), Reason::NotACode),
        ("the code of an earlier mail", Row::with(Row::older), Reason::OlderCode),
        ("locked", Row::with(|r| r.fail(5)), Reason::Locked),
        ("stopped", Row::with(|r| r.fail(100)), Reason::Locked),
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
        (
            "used with another answer",
            Row::with(|r| {
                r.consumed(1, false);
                r.wrong();
            }),
            Reason::AlreadyUsed,
        ),
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
        assert_eq!(row.decide(), Outcome::Refused(expected), "{name}");
    }
}

#[test]
fn what_is_accepted() {
    for (name, mut row) in [
        ("another mark than the first call's", Row::with(|r| r.attempt = Ok(mark("b")))),
        ("no mark after the first call's", Row::with(|r| r.attempt = Ok(None))),
        ("a mark after none", Row::with(|r| r.challenge().attempt = None)),
        ("with the mark that the stage wants", Row::with(|r| r.policy.attempt = AttemptRule::Required)),
        ("in the last second", Row::with(|r| r.after = 599)),
        ("while the mail's outcome is unknown", {
            Row::with(|r| r.challenge().delivery = crate::state::Delivery::Pending { since: ISSUED })
        }),
        ("with the last guess", Row::with(|r| r.challenge().guesses_left = 1)),
    ] {
        assert_eq!(row.decide(), Outcome::Right { costs: true }, "{name}");
    }
}

#[test]
fn what_is_no_answer_takes_no_guess() {
    for (name, mut row) in [
        ("a digit short", Row::with(|r| r.answer = Answer::new("12345"))),
        ("the code of an earlier mail", Row::with(Row::older)),
        ("no mark, where one is required", Row::with(Row::unmarked)),
    ] {
        let before = row.state.clone();
        for _ in 0..5 {
            assert!(matches!(row.decide(), Outcome::Refused(_)), "{name}");
        }
        assert_eq!(row.challenge().guesses_left, 3, "{name}");
        assert_eq!(row.state.failures, before.failures, "{name}");
    }
}

#[test]
fn the_state_says_whether_the_last_answer_was_an_older_code() {
    let mut row = Row::with(Row::older);
    let older = row.answer.clone();
    assert_eq!(row.decide(), Outcome::Refused(Reason::OlderCode));
    assert!(row.state.answered_older);
    row.answer = Answer::new("12345");
    assert_eq!(row.decide(), Outcome::Refused(Reason::NotACode));
    assert!(!row.state.answered_older, "an answer of another length");

    let wrong = Answer::new("111111");
    row.answer = wrong.clone();
    assert_eq!(row.decide(), Outcome::Wrong { costs: true });
    row.answer = older;
    assert_eq!(row.decide(), Outcome::Refused(Reason::OlderCode));
    row.answer = wrong;
    assert!(matches!(row.decide(), Outcome::Wrong { .. }));
    assert!(!row.state.answered_older, "the wrong answer once more");
    assert_eq!(row.challenge().guesses_left, 2, "it has cost one guess");
}

#[test]
fn a_code_of_the_previous_key_still_works() {
    let mut row = Row::right();
    row.challenge().key = keys().previous.unwrap().id();
    let previous = keys().previous.unwrap();
    let code = Code::derive(&previous, &SUBJECT, row.challenge(), CodeLength::new(6).unwrap());
    row.answer = Answer::new(code.expose());
    assert_eq!(row.decide(), Outcome::Right { costs: true });
}

#[test]
fn a_lost_reply_may_be_asked_for_again() {
    let mut row = Row::right();
    assert_eq!(row.decide(), Outcome::Right { costs: true });
    assert_eq!(row.decide(), Outcome::Repeated);
    row.after += 15;
    assert_eq!(row.decide(), Outcome::Repeated);
    row.after += 1;
    assert_eq!(row.decide(), Outcome::Refused(Reason::AlreadyUsed));
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
                Outcome::Wrong { costs } => compared += u8::from(costs),
                Outcome::Refused(reason) => prop_assert_eq!(reason, Reason::AttemptsExhausted),
                Outcome::Right { .. } => break,
                Outcome::Repeated => prop_assert!(false, "nothing was accepted"),
            }
        }
        prop_assert!(compared <= 3);
    }

    #[test]
    fn only_the_code_is_accepted(typed in any::<String>()) {
        let mut row = Row::with(|r| r.answer = Answer::new(&typed));
        let (_, right) = mailed();
        let before = row.state.clone();
        let outcome = row.decide();
        prop_assert!(outcome != Outcome::Refused(Reason::NotACode) || row.state == before, "it took something");
        let accepted = outcome == Outcome::Right { costs: true };
        let code = Code::derive(&keys().current, &SUBJECT, row.state.challenge().unwrap(), CodeLength::new(6).unwrap());
        prop_assert_eq!(accepted, code.matches(&row.answer));
        prop_assert!(code.matches(&right));
    }
}
