#![allow(clippy::unwrap_used, clippy::panic)]
mod joining;
mod limits;
mod older;

use proptest::prelude::*;

use super::*;
use crate::{Answer, Key, KeyId, state::tests::policy};

const SUBJECT: Subject<'_> = Subject { user_pool: "eu-central-1_Pool", user: "user" };
const START: u64 = 100_000;

/// A user's sign-ins as Create sees them: holds the state between calls, and counts mails.
struct World {
    state: State,
    address: Option<Address>,
    keys: KeyRing,
    client: &'static str,
    now: u64,
    fresh: u8,
    /// Each mail's challenge, and when it went out.
    mails: Vec<(ChallengeId, u64)>,
    /// When word of a lock went out.
    told: Vec<u64>,
}

/// What becomes of a mail that a call sends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Accepted,
    /// The call ends between storing and sending, or never hears of the outcome.
    Unknown,
}

impl World {
    fn new() -> Self {
        let address = Address::parse("jane@example.com").ok();
        let keys = KeyRing { current: Key::from_secret(&[1; 64]).unwrap(), previous: None };
        let (mails, told) = (Vec::new(), Vec::new());
        Self { state: State::default(), address, keys, client: "web", now: START, fresh: 0, mails, told }
    }

    fn request(&self, round: Round, action: Action, attempt: Option<&str>) -> Request<'_> {
        Request {
            subject: SUBJECT,
            address: self.address.as_ref(),
            round,
            action,
            attempt: Attempt::parse(&SUBJECT, attempt.map(|text| text.repeat(32)).as_deref()),
            client: Client::new(&SUBJECT, self.client),
            now: UnixSeconds(self.now),
            fresh: Fresh { id: [self.fresh; 16], nonce: [self.fresh; 16] },
            keys: &self.keys,
        }
    }

    fn call(&mut self, round: Round, action: Action, attempt: Option<&str>, fate: Fate) -> View {
        self.fresh += 1;
        let request = self.request(round, action, attempt);
        match decide(&self.state, &request, &policy()) {
            Decision::Show(view) => view,
            Decision::Tell(state, view) => {
                self.state = *state;
                self.told.push(self.now);
                view
            }
            Decision::Send(sending) => {
                self.mails.push((sending.challenge().id(), self.now));
                self.state = sending.pending().clone();
                if fate == Fate::Accepted {
                    self.state = sending.sent(&self.state).unwrap();
                }
                sending.view(true)
            }
        }
    }

    fn first(&mut self, attempt: Option<&str>) -> View {
        self.call(Round::FIRST, Action::Answer, attempt, Fate::Accepted)
    }

    fn later(&mut self, number: u8, bound: &View, action: Action, attempt: Option<&str>) -> View {
        self.call(Round { number, bound: bound.binding, ..Round::FIRST }, action, attempt, Fate::Accepted)
    }

    fn fail(&mut self, times: usize) {
        for _ in 0..times {
            self.state.failures = self.state.failures.with_failure(policy().lockout, UnixSeconds(self.now));
        }
    }

    fn spend_the_hour(&mut self) {
        (0..5).for_each(|_| self.state.sends.record(UnixSeconds(self.now - 10)));
    }

    fn edit(&mut self, edit: impl FnOnce(&mut Challenge)) {
        edit(self.state.challenge.as_mut().unwrap());
    }
}

#[test]
fn the_first_call_sends_one_code() {
    let mut world = World::new();
    let view = world.first(Some("a"));
    let expected = View {
        state: PublicState::CodeSent,
        binding: Some(ChallengeId([1; 16])),
        seconds_left: 600,
        attempts_left: 3,
        seconds_to_wait: 30,
    };
    assert_eq!(view, expected);
    assert_eq!(world.mails.len(), 1);
}

#[test]
fn repeated_calls_send_nothing_more() {
    for (name, attempt, later) in
        [("with a mark", Some("a"), 5), ("without", None, 5), ("at the end of the window", None, 15)]
    {
        let mut world = World::new();
        let first = world.first(attempt);
        world.now += later;
        let again = world.first(attempt);
        assert_eq!((again.binding, again.state), (first.binding, PublicState::CodeSent), "{name}");
        assert_eq!(world.mails.len(), 1, "{name}");
    }
}

#[test]
fn another_sign_in_gets_a_code_of_its_own() {
    for (name, before, after, later) in [
        ("another mark", Some("a"), Some("b"), 1),
        ("a mark after none", None, Some("b"), 1),
        ("none after a mark", Some("a"), None, 1),
        ("none, beyond the window", None, None, 16),
        ("the same mark, beyond the window", Some("a"), Some("a"), 16),
    ] {
        let mut world = World::new();
        let first = world.first(before);
        world.now += later;
        let second = world.first(after);
        assert_ne!(first.binding, second.binding, "{name}");
        assert_eq!(world.mails.len(), 2, "{name}");
    }
}

#[test]
fn a_mail_in_doubt_is_sent_again_with_the_same_code() {
    let round = Round::FIRST;
    for (name, later, mails) in [("while the first call may still send", 3, 1), ("when it cannot any more", 4, 2)] {
        let mut world = World::new();
        let first = world.call(round, Action::Answer, Some("a"), Fate::Unknown);
        world.now += later;
        let again = world.call(round, Action::Answer, Some("a"), Fate::Accepted);
        assert_eq!(first.binding, again.binding, "{name}");
        assert_eq!(world.mails.len(), mails, "{name}");
    }
}

#[test]
fn mails_in_doubt_count_like_all_others() {
    let round = Round::FIRST;
    let mut world = World::new();
    for _ in 0..20 {
        world.call(round, Action::Answer, Some("a"), Fate::Unknown);
        world.now += 4;
    }
    assert_eq!(world.mails.len(), 5);
    let view = world.call(round, Action::Answer, Some("a"), Fate::Unknown);
    assert_eq!(view.state, PublicState::SendThrottled);
}

#[test]
fn what_happened_while_the_mail_went_out_stays() {
    let mut world = World::new();
    let request = world.request(Round::FIRST, Action::Answer, None);
    let Decision::Send(sending) = decide(&world.state, &request, &policy()) else { panic!("nothing was sent") };
    let mut guessed = sending.pending().clone();
    guessed.challenge.as_mut().unwrap().guesses_left = 1;
    let stored = sending.sent(&guessed).unwrap();
    assert_eq!(stored.challenge().unwrap().guesses_left, 1);
    assert_eq!(stored.challenge().unwrap().delivery, Delivery::Sent);
    assert_eq!(sending.sent(&stored), None, "marked already");
    world.now += 20;
    world.first(None);
    assert_eq!(sending.sent(&world.state), None, "a newer challenge stays as it is");
}

#[test]
fn later_rounds_say_what_happened_and_send_nothing() {
    type Edit = fn(&mut World);
    let table: [(&str, Edit, PublicState, bool); 7] = [
        ("a wrong answer", |_| (), PublicState::CodeWrong, true),
        ("the code ran out", |world| world.now += 600, PublicState::CodeExpired, true),
        ("no guess left", |world| world.edit(|c| c.guesses_left = 0), PublicState::AttemptsExhausted, true),
        ("a newer sign-in", |world| _ = world.first(Some("b")), PublicState::CodeSuperseded, false),
        ("the state is gone", |world| world.state = State::default(), PublicState::CodeSuperseded, false),
        (
            "the address was changed",
            |world| world.address = Address::parse("eve@example.com").ok(),
            PublicState::CodeSuperseded,
            false,
        ),
        ("the address is gone", |world| world.address = None, PublicState::NoVerifiedAddress, false),
    ];
    for (name, edit, expected, bound) in table {
        let mut world = World::new();
        let first = world.first(Some("a"));
        world.now += 60;
        edit(&mut world);
        let mails = world.mails.len();
        let view = world.later(1, &first, Action::Answer, Some("a"));
        assert_eq!(view.state, expected, "{name}");
        assert_eq!(view.binding.is_some(), bound, "{name}");
        assert_eq!(world.mails.len(), mails, "{name}");
    }
}

#[test]
fn a_resend_repeats_the_code_within_the_limits() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    world.now += 29;
    let throttled = world.later(1, &first, Action::Resend, Some("a"));
    assert_eq!((throttled.state, throttled.seconds_to_wait), (PublicState::SendThrottled, 1));
    assert_eq!(throttled.binding, first.binding, "the code at hand still works");
    world.now += 1;
    let resent = world.later(2, &first, Action::Resend, Some("a"));
    assert_eq!((resent.state, resent.binding), (PublicState::CodeSent, first.binding));
    assert_eq!(world.mails.len(), 2);
    world.now += 5;
    let repeated = world.later(2, &first, Action::Resend, Some("a"));
    assert_eq!(repeated.state, PublicState::CodeSent, "a repeated call is not throttled");
    assert_eq!(world.mails.len(), 2, "a repeated call sends nothing");
}

#[test]
fn a_superseded_session_waits_for_its_resend_like_any_other() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    world.first(Some("b"));
    world.now += 29;
    let early = world.later(1, &first, Action::Resend, Some("a"));
    assert_eq!((early.state, early.seconds_to_wait), (PublicState::SendThrottled, 1));
    world.now += 1;
    let resent = world.later(2, &first, Action::Resend, Some("a"));
    assert_eq!((resent.state, world.mails.len()), (PublicState::CodeSent, 3));
}

#[test]
fn the_hourly_limit_stops_mails_of_new_sign_ins_too() {
    let mut world = World::new();
    for mark in ["a", "b", "c", "d", "e"] {
        assert_eq!(world.first(Some(mark)).state, PublicState::CodeSent);
        world.now += 60;
    }
    let view = world.first(Some("f"));
    assert_eq!((view.state, view.seconds_to_wait, view.binding), (PublicState::SendThrottled, 3_300, None));
    assert_eq!(world.mails.len(), 5);
}

#[test]
fn a_resend_of_an_old_code_makes_a_new_one_and_keeps_the_count() {
    for (name, later) in [("about to run out", 541), ("run out", 900)] {
        let mut world = World::new();
        let first = world.first(Some("a"));
        world.edit(|challenge| challenge.guesses_left = 1);
        world.now += later;
        let resent = world.later(1, &first, Action::Resend, Some("a"));
        assert_ne!(resent.binding, first.binding, "{name}");
        assert_eq!((resent.attempts_left, resent.seconds_left), (1, 600), "{name}");
    }
}

#[test]
fn a_locked_user_gets_no_code_but_word_of_it_once_an_hour() {
    let mut world = World::new();
    world.fail(5);
    let view = world.first(Some("a"));
    assert_eq!((view.state, view.seconds_to_wait, view.binding), (PublicState::Locked, 60, None));
    assert_eq!(world.first(Some("b")).state, PublicState::Locked);
    world.now += 59;
    assert_eq!(world.first(Some("c")).seconds_to_wait, 1);
    assert_eq!((world.mails.len(), world.told.len()), (0, 1));
    world.now += 1;
    assert_eq!(world.first(Some("d")).state, PublicState::CodeSent, "the lock has passed");
    world.now += 3_600;
    world.fail(1);
    world.first(Some("e"));
    assert_eq!(world.told, [START, START + 3_660]);
}

#[test]
fn a_session_that_is_locked_in_its_midst_keeps_its_code() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    world.fail(5);
    let locked = world.later(1, &first, Action::Answer, Some("a"));
    assert_eq!((locked.state, locked.binding, locked.seconds_to_wait), (PublicState::Locked, first.binding, 60));
    let resend = world.later(2, &first, Action::Resend, Some("a"));
    assert_eq!((resend.state, world.mails.len()), (PublicState::Locked, 1));
}

#[test]
fn the_hard_stop_waits_for_an_operator() {
    let mut world = World::new();
    world.fail(100);
    world.now += 86_400 * 365;
    let view = world.first(None);
    assert_eq!((view.state, view.seconds_to_wait), (PublicState::LockedUntilUnlocked, 0));
}

#[test]
fn tampering_locks_for_the_longest_wait() {
    let mut world = World::new();
    world.state = State::after_tampering(&policy(), UnixSeconds(START));
    let view = world.first(None);
    assert_eq!((view.state, view.seconds_to_wait), (PublicState::Locked, 86_400));
}

#[test]
fn an_exhausted_challenge_is_not_sent_again() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    world.edit(|challenge| challenge.guesses_left = 0);
    world.now += 60;
    assert_eq!(world.later(1, &first, Action::Resend, Some("a")).state, PublicState::AttemptsExhausted);
    assert_eq!(world.mails.len(), 1);
}

#[test]
fn a_session_whose_right_answer_got_no_reply_keeps_its_challenge() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    world.now += 40;
    world.state.consumption = Some(crate::state::Consumption {
        challenge: first.binding.unwrap(),
        at: UnixSeconds(world.now),
        client: crate::client::Client::new(&SUBJECT, "web"),
        used: false,
    });
    let asked_again = world.later(1, &first, Action::Answer, Some("a"));
    assert_eq!((asked_again.state, asked_again.binding), (PublicState::CodeWrong, first.binding));
    let resent = world.later(2, &first, Action::Resend, Some("a"));
    assert_eq!(resent.state, PublicState::CodeSent);
    assert_ne!(resent.binding, first.binding, "a consumed code is not sent again");
}

#[test]
fn a_consumed_challenge_is_not_handed_out_again() {
    let mut world = World::new();
    let first = world.first(None);
    world.state.consumption = Some(crate::state::Consumption {
        challenge: first.binding.unwrap(),
        at: UnixSeconds(world.now),
        client: crate::client::Client::new(&SUBJECT, "web"),
        used: true,
    });
    assert_ne!(world.first(None).binding, first.binding);
}

#[test]
fn a_marked_sign_in_is_never_joined_by_another() {
    for thief in [None, Some("b")] {
        let mut world = World::new();
        let victim = world.first(Some("a"));
        let stolen = world.first(thief);
        assert_ne!(stolen.binding, victim.binding);
        let asked = world.later(1, &stolen, Action::Resend, thief);
        assert_ne!(asked.binding, victim.binding);
        let back = world.later(1, &victim, Action::Answer, Some("a"));
        assert_eq!(back.state, PublicState::CodeSuperseded);
    }
}

#[test]
fn an_unmarked_resend_is_not_joined_either() {
    let mut world = World::new();
    let attacker = world.first(None);
    world.now += 17;
    let victim = world.first(None);
    world.now += 31;
    let resent = world.later(1, &victim, Action::Resend, None);
    assert_eq!(resent.binding, victim.binding);
    world.now += 1;
    assert_ne!(world.later(1, &attacker, Action::Resend, None).binding, victim.binding);
}

#[test]
fn a_repeated_resend_that_made_a_new_code_makes_no_other() {
    for (name, superseded) in [("its own code ran out", false), ("a newer sign-in took over", true)] {
        let mut world = World::new();
        let first = world.first(Some("a"));
        world.now += 900;
        if superseded {
            world.first(Some("b"));
            world.now += 31;
        }
        let resent = world.later(1, &first, Action::Resend, Some("a"));
        let mails = world.mails.len();
        world.now += 5;
        let repeated = world.later(1, &first, Action::Resend, Some("a"));
        assert_eq!((repeated.state, repeated.binding), (PublicState::CodeSent, resent.binding), "{name}");
        assert_eq!(world.mails.len(), mails, "{name}");
    }
}

#[test]
fn the_session_keeps_its_challenge_in_the_metadata() {
    let bound = Some(ChallengeId([9; 16]));
    let superseded = unbound(PublicState::CodeSuperseded, 0);
    let own = View { binding: Some(ChallengeId([1; 16])), ..superseded.clone() };
    for (name, number, action, view, expected) in [
        ("first", 0, Action::Answer, &own, (Issue::First, own.binding)),
        ("wrong", 1, Action::Answer, &own, (Issue::AfterWrongAnswer, own.binding)),
        ("resend", 1, Action::Resend, &own, (Issue::Resend, own.binding)),
        ("lost", 1, Action::Answer, &superseded, (Issue::AfterWrongAnswer, bound)),
    ] {
        let written = metadata(Round { number, bound, ..Round::FIRST }, action, view, UnixSeconds(START));
        assert_eq!((written.issue, written.challenge), expected, "{name}");
    }
}

#[test]
fn the_session_keeps_its_start_in_the_metadata() {
    let view = unbound(PublicState::CodeSuperseded, 0);
    let earlier = Some(UnixSeconds(START - 60));
    for (name, begun, expected) in
        [("the first round", None, Some(UnixSeconds(START))), ("a later one", earlier, earlier)]
    {
        let round = Round { begun, ..Round::FIRST };
        assert_eq!(metadata(round, Action::Answer, &view, UnixSeconds(START)).begun, expected, "{name}");
    }
}

proptest! {
    /// Whatever is called in whatever order: no hour sees more mails than it may, and every mail carries the code of a
    /// challenge that was stored before it went out.
    #[test]
    fn mails_stay_within_the_hour(
        calls in proptest::collection::vec((0_u64..300, 0_u8..3, any::<bool>(), 0_usize..3, any::<bool>()), 1..100),
    ) {
        let mut world = World::new();
        let mut bound = None;
        for (pause, number, resend, mark, accepted) in calls {
            world.now += pause;
            let action = if resend { Action::Resend } else { Action::Answer };
            let fate = if accepted { Fate::Accepted } else { Fate::Unknown };
            let before = world.mails.len();
            let view = world.call(Round { number, bound, ..Round::FIRST }, action, [None, Some("a"), Some("b")][mark], fate);
            bound = view.binding.or(bound);
            if world.mails.len() > before {
                prop_assert_eq!(world.state.challenge().map(Challenge::id), world.mails.last().map(|mail| mail.0));
                prop_assert_eq!(world.state.challenge().map(Challenge::key), Some(world.keys.current.id()));
            }
        }
        for hour in world.mails.windows(6) {
            prop_assert!(hour[5].1 - hour[0].1 >= 3_600, "six mails within an hour: {:?}", hour);
        }
    }
}

#[test]
fn codes_of_two_challenges_differ() {
    let mut world = World::new();
    world.first(Some("a"));
    let key = Key::from_secret(&[1; 64]).unwrap();
    assert_ne!(key.id(), KeyId([0; 8]));
    let one = Code::derive(&key, &SUBJECT, world.state.challenge().unwrap(), policy().code_length);
    world.first(Some("b"));
    let two = Code::derive(&key, &SUBJECT, world.state.challenge().unwrap(), policy().code_length);
    assert_ne!(one.expose(), two.expose());
}
