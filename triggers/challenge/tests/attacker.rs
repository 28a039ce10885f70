//! An attacker who has the password, against the rules as they are shipped: how often may he guess, how many mails does the
//! victim get, and how long is the victim kept out. Deterministic: the attacker never guesses right, his guesses are
//! counted, and each is right with a chance of one in 10^digits.
//!
//! `cargo test -p challenge --test attacker -- --nocapture` prints the figures that SECURITY.md states.
#![allow(clippy::unwrap_used, clippy::panic)]

use challenge::{
    Action, Address, Answer, AttemptRule, Code, CodeLength, CodeLife, Fresh, Key, KeyRing, LockAfter, LockFirstWait,
    LockLongestWait, Lockout, MaxAttempts, Policy, PublicState, ResendAfter, Round, SendsPerHour, State, Subject,
    UnixSeconds, View,
    client::Client,
    create::{self, Decision, Request},
    lockout::{GUESS_BUDGET, GUESS_REGAIN_SECONDS, Lock},
    verify::{self, Question, Verdict},
};

const SUBJECT: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "victim" };
const START: u64 = 1_700_000_000;
const HOUR: u64 = 3_600;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// The settings of `deploy/stages/local.toml`.
fn shipped() -> Policy {
    Policy {
        code_length: CodeLength::new(6).unwrap(),
        code_life: CodeLife::new(10).unwrap(),
        max_attempts: MaxAttempts::new(3).unwrap(),
        resend_after: ResendAfter::new(30).unwrap(),
        sends_per_hour: SendsPerHour::new(10).unwrap(),
        attempt: AttemptRule::Optional,
        lockout: Lockout {
            after: LockAfter::new(5).unwrap(),
            first_wait: LockFirstWait::new(60).unwrap(),
            longest_wait: LockLongestWait::new(86_400).unwrap(),
        },
    }
}

/// What the attacker is after.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Aim {
    /// Guesses whenever that is allowed.
    GetIn,
    /// Stops short of a lock each time, and goes on once the victim's right answer has cleared the count.
    StayUnseen,
    /// Opens sign-ins without answering.
    FloodMailbox,
}

/// How many guesses see the state before one of them has written it: 1 where writes are conditional.
#[derive(Clone, Copy)]
struct Store {
    name: &'static str,
    at_once: u64,
}

const TABLE: Store = Store { name: "table", at_once: 1 };

/// Cognito takes 120 authentication requests a second; a read and a write of the attribute are taken for 100 ms. Of the
/// dozen guesses in that time the last write stays, so all count as one.
const ATTRIBUTE: Store = Store { name: "attribute", at_once: 12 };

#[derive(Default)]
struct Tally {
    guesses: u64,
    mails: u64,
    notices: u64,
    locked_seconds: u64,
    victim_signed_in: u64,
    victim_kept_out: u64,
}

struct World {
    state: State,
    keys: KeyRing,
    address: Address,
    now: u64,
    draws: u128,
    tally: Tally,
    /// Wrong answers since the victim was last in, as a patient attacker counts them.
    since_victim: u8,
}

impl World {
    fn new() -> Self {
        let keys = KeyRing { current: Key::from_secret(&[7; 64]).unwrap(), previous: None };
        let address = Address::parse("victim@example.com").unwrap();
        Self { state: State::default(), keys, address, now: START, draws: 0, tally: Tally::default(), since_victim: 0 }
    }

    fn begin(&mut self) -> View {
        self.draws += 1;
        let request = Request {
            subject: SUBJECT,
            address: Some(&self.address),
            round: Round::FIRST,
            action: Action::Answer,
            attempt: challenge::Attempt::parse(&SUBJECT, Some(&format!("{:032}", self.draws))),
            client: Client::new(&SUBJECT, "web"),
            now: UnixSeconds(self.now),
            fresh: Fresh { id: self.draws.to_be_bytes(), nonce: self.draws.to_be_bytes() },
            keys: &self.keys,
        };
        match create::decide(&self.state, &request, &shipped()) {
            Decision::Show(view) => view,
            Decision::Tell(state, view) => {
                self.state = *state;
                self.tally.notices += 1;
                view
            }
            Decision::Send(sending) => {
                self.tally.mails += 1;
                self.state = sending.sent(sending.pending()).unwrap();
                sending.view(true)
            }
        }
    }

    /// Whether the answer was compared, and whether it was right.
    fn answer(&mut self, view: &View, typed: &str) -> Option<bool> {
        let answer = Answer::new(typed);
        let question = Question {
            subject: SUBJECT,
            binding: view.binding,
            answer: &answer,
            action: Action::Answer,
            attempt: challenge::Attempt::parse(&SUBJECT, Some(&format!("{:032}", self.draws))),
            client: Client::new(&SUBJECT, "web"),
            address: Some(&self.address),
            now: UnixSeconds(self.now),
        };
        let policy = shipped();
        let Verdict::Compare(guess) = verify::decide(&self.state, &question, &policy, &self.keys) else { return None };
        self.state = guess.reserved()?.clone();
        if !guess.is_right() {
            return Some(false);
        }
        self.state = guess.accepted(&self.state).unwrap();
        Some(true)
    }

    fn code(&self) -> Code {
        Code::derive(&self.keys.current, &SUBJECT, self.state.challenge().unwrap(), shipped().code_length)
    }

    /// An answer that is never the code, and another one for each guess.
    fn wrong(&self, guess: u8) -> String {
        let code: u32 = self.code().expose().parse().unwrap();
        format!("{:06}", (code + 1 + u32::from(guess)) % 1_000_000)
    }

    fn victim(&mut self) {
        let view = self.begin();
        if view.state != PublicState::CodeSent {
            self.tally.victim_kept_out += 1;
            return;
        }
        let code = self.code();
        assert_eq!(self.answer(&view, code.expose()), Some(true));
        self.tally.victim_signed_in += 1;
        self.since_victim = 0;
    }

    /// One sign-in of the attacker; returns the seconds until the next is worth while.
    fn attack(&mut self, aim: Aim, store: Store) -> u64 {
        let unseen = shipped().lockout.after.get() - 1;
        if aim == Aim::StayUnseen && self.since_victim >= unseen {
            return YEAR;
        }
        let view = self.begin();
        if view.state == PublicState::LockedUntilUnlocked {
            return YEAR;
        }
        if view.state != PublicState::CodeSent {
            return view.seconds_to_wait.max(1);
        }
        if aim == Aim::FloodMailbox {
            return 1;
        }
        for guess in 0..shipped().max_attempts.get() {
            let stop = aim == Aim::StayUnseen && self.since_victim >= unseen;
            if stop || self.answer(&view, &self.wrong(guess)).is_none() {
                break;
            }
            self.since_victim = self.since_victim.saturating_add(1);
            self.tally.guesses += store.at_once;
        }
        1
    }

    fn wait(&mut self, seconds: u64) {
        self.tally.locked_seconds += match self.state.lock(UnixSeconds(self.now)) {
            Lock::Open => 0,
            Lock::Until(until) => until.since(UnixSeconds(self.now)).min(seconds),
            Lock::UntilUnlocked => seconds,
        };
        self.now += seconds;
    }
}

/// The attacker acts for `span` seconds, as soon as it is worth while; the victim signs in every `victim_every` seconds.
fn simulate(span: u64, aim: Aim, store: Store, victim_every: Option<u64>) -> Tally {
    let mut world = World::new();
    let end = START + span;
    let mut victim_at = victim_every.map_or(u64::MAX, |every| START + every / 2);
    let mut attack_at = START;
    loop {
        let next = attack_at.min(victim_at).min(end);
        world.wait(next - world.now);
        if next == end {
            return world.tally;
        }
        if next == victim_at {
            world.victim();
            victim_at += victim_every.unwrap_or(u64::MAX);
            // The victim's right answer may have lifted a lock: the attacker notices at once.
            attack_at = next + 1;
        } else {
            attack_at = next + world.attack(aim, store);
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a chance is a report, not a decision")]
fn chance(guesses: u64) -> f64 {
    guesses as f64 / 1e6
}

#[test]
fn the_chance_to_get_in_stays_below_the_aim() {
    println!("store      attacker  victim      span  guesses   chance   mails  notices  locked  victim in/kept out");
    for store in [TABLE, ATTRIBUTE] {
        for (attacker, aim, victim, every) in [
            ("greedy", Aim::GetIn, "away", None),
            ("greedy", Aim::GetIn, "once a day", Some(DAY)),
            ("patient", Aim::StayUnseen, "once a day", Some(DAY)),
            ("patient", Aim::StayUnseen, "ten a day", Some(DAY / 10)),
        ] {
            for (name, span, limit) in [("day", DAY, 1e-4), ("year", YEAR, 1e-3)] {
                let tally = simulate(span, aim, store, every);
                println!(
                    "{:<10} {attacker:<9} {victim:<11} {name:<5} {:>6}  {:.1e}  {:>6}  {:>7}  {:>4} %  {}/{}",
                    store.name,
                    tally.guesses,
                    chance(tally.guesses),
                    tally.mails,
                    tally.notices,
                    100 * tally.locked_seconds / span,
                    tally.victim_signed_in,
                    tally.victim_kept_out,
                );
                if store.at_once == 1 {
                    let case = format!("{attacker}, {victim}, {name}: {} guesses", tally.guesses);
                    assert!(chance(tally.guesses) <= limit, "{case}");
                    assert!(tally.guesses <= GUESS_BUDGET + span / GUESS_REGAIN_SECONDS, "{case}");
                }
            }
        }
    }
}

#[test]
fn a_flooded_mailbox_gets_no_more_than_the_hourly_limit() {
    let tally = simulate(DAY, Aim::FloodMailbox, TABLE, None);
    println!("flooding: {} mails and {} notices in a day", tally.mails, tally.notices);
    assert!(tally.mails <= 240 + 10, "{}", tally.mails);
    assert_eq!(tally.notices, 0);
}

/// The figures are not vacuous: without what is tested here they would be far from the aim.
#[test]
fn the_attacker_of_the_simulation_does_guess() {
    let tally = simulate(YEAR, Aim::StayUnseen, TABLE, Some(DAY / 10));
    assert!(tally.guesses > 900, "the budget is used up: {}", tally.guesses);
}
