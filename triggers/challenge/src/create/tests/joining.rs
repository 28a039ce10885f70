//! Who may share a challenge: the first round asks for client, mark and time; later rounds are bound by the challenge's id.

use super::*;

const WEB: &str = "web";
const SERVER: &str = "server";

#[test]
fn a_first_round_is_joined_by_its_own_repeated_call_alone() {
    for (name, before, after, client, later, joins) in [
        ("the same mark", Some("a"), Some("a"), WEB, 5, true),
        ("no mark on either side", None, None, WEB, 5, true),
        ("at the end of the window", None, None, WEB, 15, true),
        ("beyond the window", Some("a"), Some("a"), WEB, 16, false),
        ("another mark", Some("a"), Some("b"), WEB, 1, false),
        ("a mark after none", None, Some("b"), WEB, 1, false),
        ("none after a mark", Some("a"), None, WEB, 1, false),
        ("through another client", None, None, SERVER, 1, false),
        ("the same mark through another client", Some("a"), Some("a"), SERVER, 1, false),
    ] {
        let mut world = World::new();
        let first = world.first(before);
        world.now += later;
        world.client = client;
        let second = world.first(after);
        assert_eq!(second.binding == first.binding, joins, "{name}");
        assert_eq!(world.mails.len(), if joins { 1 } else { 2 }, "{name}");
    }
}

/// Cognito's third copy may begin when the second has answered and the person has typed the code.
#[test]
fn a_marked_copy_that_comes_after_the_answers_sends_nothing() {
    type Edit = fn(&mut World);
    let table: [(&str, Edit); 2] = [
        ("the code was right", |world| {
            let challenge = world.state.challenge().unwrap().id();
            let client = Client::new(&SUBJECT, WEB);
            let at = UnixSeconds(world.now);
            world.edit(|challenge| challenge.guesses_left = 0);
            world.state.consumption = Some(crate::state::Consumption { challenge, at, client, used: false });
        }),
        ("all guesses were wrong", |world| world.edit(|challenge| challenge.guesses_left = 0)),
    ];
    for (name, edit) in table {
        for fate in [Fate::Accepted, Fate::Unknown] {
            let mut world = World::new();
            let first = world.call(Round::FIRST, Action::Answer, Some("a"), fate);
            edit(&mut world);
            world.now += 10;
            assert_eq!(world.first(Some("a")).binding, first.binding, "{name}");
            assert_eq!(world.mails.len(), 1, "{name}");
        }
    }
}

#[test]
fn a_challenge_of_the_version_before_is_joined_without_its_client() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    world.state.begun_through = None;
    assert_eq!(world.first(Some("a")).binding, first.binding);
}

#[test]
fn later_rounds_are_bound_by_the_challenge_whatever_the_mark() {
    for (name, first, later) in [
        ("the same", Some("a"), Some("a")),
        ("none at the first call", None, Some("a")),
        ("none later", Some("a"), None),
        ("another one after a reload", Some("a"), Some("b")),
    ] {
        let mut world = World::new();
        let begun = world.first(first);
        world.now += 60;
        let wrong = world.later(1, &begun, Action::Answer, later);
        assert_eq!((wrong.state, wrong.binding), (PublicState::CodeWrong, begun.binding), "{name}");
        let resent = world.later(2, &begun, Action::Resend, later);
        assert_eq!((resent.state, resent.binding), (PublicState::CodeSent, begun.binding), "{name}");
        world.now += 5;
        let repeated = world.later(2, &begun, Action::Resend, later);
        assert_eq!((repeated.state, world.mails.len()), (PublicState::CodeSent, 2), "{name}: a repeated call");
    }
}

#[test]
fn a_mark_that_is_none_is_told_and_sends_nothing() {
    let mut world = World::new();
    let first = world.first(Some("a"));
    let short = Some("");
    let refused = world.first(short);
    assert_eq!((refused.state, refused.binding), (PublicState::AttemptInvalid, None));
    world.now += 60;
    for (number, action) in [(1, Action::Answer), (2, Action::Resend)] {
        let later = world.later(number, &first, action, short);
        assert_eq!((later.state, later.binding), (PublicState::AttemptInvalid, first.binding), "{action:?}");
    }
    assert_eq!(world.mails.len(), 1);
}

#[test]
fn a_stage_that_wants_a_mark_says_so_after_an_answer_without_one() {
    let policy = Policy { attempt: AttemptRule::Required, ..policy() };
    for (name, mark, expected) in
        [("none", None, PublicState::AttemptInvalid), ("a mark", Some("a"), PublicState::CodeWrong)]
    {
        let mut world = World::new();
        let first = world.first(None);
        let round = Round { number: 1, bound: first.binding, ..Round::FIRST };
        let Decision::Show(view) = decide(&world.state, &world.request(round, Action::Answer, mark), &policy) else {
            panic!("{name}: a mail went out")
        };
        assert_eq!((view.state, view.binding), (expected, first.binding), "{name}");
    }
}

proptest! {
    /// Two sessions of one user in any order of calls: they share a challenge only if the second began as a repeated call of
    /// the first would, by client, mark and time.
    #[test]
    fn sessions_share_a_challenge_only_by_a_repeated_first_call(
        marks in [0_usize..3, 0..3],
        clients in [any::<bool>(), any::<bool>()],
        calls in proptest::collection::vec((0_usize..2, 0_u64..40, any::<bool>(), 0_usize..3, any::<bool>()), 1..30),
    ) {
        let names = [None, Some("a"), Some("b")];
        let mut world = World::new();
        // Of each session: its number of rounds, its binding, when it began.
        let mut sessions = [(0_u8, None, 0_u64); 2];
        for (who, pause, resend, later_mark, accepted) in calls {
            world.now += pause;
            world.client = if clients[who] { WEB } else { SERVER };
            let (number, bound, _) = sessions[who];
            let mark = if number == 0 { names[marks[who]] } else { names[later_mark] };
            let action = if resend { Action::Resend } else { Action::Answer };
            let fate = if accepted { Fate::Accepted } else { Fate::Unknown };
            let view = world.call(Round { number, bound, ..Round::FIRST }, action, mark, fate);
            if number == 0 { sessions[who].2 = world.now; }
            sessions[who] = (number + 1, view.binding.or(bound), sessions[who].2);
            let [(_, one, began), (_, other, began_too)] = sessions;
            if one.is_some() && one == other {
                prop_assert_eq!(marks[0], marks[1]);
                prop_assert_eq!(clients[0], clients[1]);
                prop_assert!(began.abs_diff(began_too) <= REPEAT_WINDOW_SECONDS);
            }
        }
    }
}
