//! Every interleaving of two sign-ins of one user, in each of these scenarios; `E2E_LONG=1` explores deeper. What is broken
//! is shown with the shortest road that leads to it.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::{io::Write as _, num::NonZero, thread, time::Instant};

use challenge::{
    AttemptRule, CodeLength, CodeLife, LockAfter, LockFirstWait, LockLongestWait, Lockout, MaxAttempts, Policy,
    ResendAfter, SendsPerHour,
};
use model::{Budget, Mark, Met, Model, Scenario};
use stateright::{Checker as _, CheckerBuilder, HasDiscoveries, Model as _, Property};

/// A small policy, so that its limits are near.
fn policy(max_attempts: u64, sends_per_hour: u64) -> Policy {
    Policy {
        code_length: CodeLength::new(6).unwrap(),
        code_life: CodeLife::new(3).unwrap(),
        max_attempts: MaxAttempts::new(max_attempts).unwrap(),
        resend_after: ResendAfter::new(10).unwrap(),
        sends_per_hour: SendsPerHour::new(sends_per_hour).unwrap(),
        attempt: AttemptRule::Optional,
        lockout: Lockout {
            after: LockAfter::new(3).unwrap(),
            first_wait: LockFirstWait::new(30).unwrap(),
            longest_wait: LockLongestWait::new(3_600).unwrap(),
        },
    }
}

const OWN: Mark = Some(0);
const OTHER: Mark = Some(1);

/// Who marks his sign-in, and with what.
const MARKS: [(&str, [Mark; 2]); 4] = [
    ("each his own mark", [OWN, OTHER]),
    ("attacker unmarked", [OWN, None]),
    ("attacker with the owner's mark", [OWN, OWN]),
    ("both unmarked", [None, None]),
];

fn is_long() -> bool {
    std::env::var_os("E2E_LONG").is_some_and(|value| value == "1")
}

fn pick<T>(short: T, long: T) -> T {
    if is_long() { long } else { short }
}

/// Not by `println!`, which a test that passes swallows.
fn tell(line: &str) {
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Explores `scenario` under each choice of marks.
fn explore_all(name: &str, scenario: &Scenario) {
    explore_each(name, &MARKS, scenario);
}

/// The same, but for an unmarked attacker beside a marked owner, whom nothing makes another than one with a mark of his own.
fn explore_most(name: &str, scenario: &Scenario) {
    explore_each(name, &pick(vec![MARKS[0], MARKS[2], MARKS[3]], MARKS.to_vec()), scenario);
}

fn explore_each(name: &str, marks: &[(&str, [Mark; 2])], scenario: &Scenario) {
    for &(who, marks) in marks {
        explore(&format!("{name}, {who}"), Scenario { marks, later: marks, ..scenario.clone() });
    }
}

fn checker(scenario: &Scenario) -> CheckerBuilder<Model> {
    Model::new(scenario.clone()).unwrap().checker().finish_when(HasDiscoveries::AnyFailures)
}

fn explore(name: &str, scenario: Scenario) {
    let begun = Instant::now();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let explored = checker(&scenario).threads(threads).spawn_dfs().join();
    let (states, steps) = (explored.unique_state_count(), explored.state_count());
    tell(&format!("{name}: {states} states, {steps} steps, {:.1} s\n", begun.elapsed().as_secs_f64()));
    let properties = explored.model().properties();
    let is_broken = |name: &str| properties.iter().any(|property| property.name == name && must_hold(property));
    if explored.discoveries().keys().any(|name| is_broken(name)) {
        // By one thread, breadth first: so the first road that is found is a shortest one.
        let shortest = checker(&scenario).spawn_bfs().join();
        for (property, path) in shortest.discoveries().into_iter().filter(|(name, _)| is_broken(name)) {
            let road: String = path.into_actions().iter().map(|step| format!("  {step}\n")).collect();
            println!("broken: {property}\n{road}");
        }
        panic!("{name}: an invariant is broken");
    }
    for property in properties.iter().filter(|property| !must_hold(property)) {
        assert!(explored.discoveries().contains_key(property.name), "{name} never meets {}", property.name);
    }
}

fn must_hold(property: &Property<Model>) -> bool {
    property.expectation.discovery_is_failure()
}

fn scenario(policy: Policy, waits: &'static [u64], budget: Budget, met: &'static [Met]) -> Scenario {
    let marks = [OWN, OTHER];
    Scenario { policy, marks, later: marks, clients: [0, 0], failures: 0, waits, budget, reads_apart: false, met }
}

#[test]
fn repeated_and_dying_calls_break_no_promise() {
    let budget = Budget { repeats: 1, faults: 1, guesses: 1, ..Budget::default() };
    let calls = scenario(policy(2, 2), &[], budget, &[Met::OwnerIn, Met::Wrong]);
    explore_all("repeats and faults", &calls);
    if is_long() {
        explore_all("more repeats", &Scenario { budget: Budget { repeats: 2, ..budget }, ..calls.clone() });
        explore_all("more faults", &Scenario { budget: Budget { faults: 2, ..budget }, ..calls });
    }
}

#[test]
fn time_that_passes_in_a_sign_in_breaks_no_promise() {
    let budget = Budget { waits: 1, repeats: 1, guesses: 1, ..Budget::default() };
    let seconds = scenario(policy(1, 2), &[4, 16], budget, &[Met::OwnerIn]);
    explore_most("seconds", &seconds);
    let budget = Budget { waits: 1, repeats: 1, faults: 1, ..Budget::default() };
    let doubtful = Scenario { budget, waits: &[4], met: &[Met::OwnerIn, Met::MailedTwice], ..seconds.clone() };
    explore_each("doubtful mails", &MARKS[2..], &doubtful);
    if is_long() {
        let ahead = Budget { ahead: 1, ..doubtful.budget };
        explore_all("doubtful mails, clocks", &Scenario { budget: ahead, waits: &[3, 4], ..doubtful });
        let ahead = Budget { ahead: 1, ..seconds.budget };
        explore_all("seconds, clocks", &Scenario { budget: ahead, ..seconds.clone() });
        let twice = Budget { waits: 2, ..seconds.budget };
        explore_all("more seconds", &Scenario { budget: twice, waits: &[1, 4, 15], ..seconds });
    }
}

#[test]
fn mails_asked_for_again_keep_every_limit() {
    let budget = Budget { waits: 2, mistakes: 1, resends: [1, 0], ..Budget::default() };
    let long = Budget { guesses: 1, resends: [1, 1], ..budget };
    let met = &[Met::OwnerIn, Met::MailedTwice, Met::Expired, Met::Throttled];
    let waits = pick::<&[u64]>(&[10, 125, 180], &[9, 10, 125, 180, 3_600]);
    explore_most("resends", &scenario(policy(2, 2), waits, pick(budget, long), met));
    // A session shares its guesses with one that has joined it, and keeps what is left of them when its code expires.
    let budget = Budget { waits: 1, guesses: 1, mistakes: 2, resends: [1, 0], ..Budget::default() };
    let long = Budget { waits: 2, repeats: 1, ..budget };
    let shared = scenario(policy(2, 2), &[125], pick(budget, long), &[Met::OwnerIn, Met::Exhausted]);
    explore("an expiring code, shared", Scenario { marks: [OWN; 2], later: [OWN; 2], ..shared });
}

#[test]
fn locks_and_failures_outlast_everything() {
    let budget = Budget { waits: 1, ahead: 1, mistakes: 1, guesses: 1, ..Budget::default() };
    let long = Budget { faults: 1, ..budget };
    let met = &[Met::OwnerIn, Met::OwnerLocked];
    let locks = scenario(policy(2, 2), &[30], pick(budget, long), met);
    let locks = Scenario { failures: 2, reads_apart: true, ..locks };
    explore_all("locks", &locks);
    // An attacker who has joined locks the user while the owner's right answer is on its way.
    let budget = Budget { waits: 0, repeats: pick(0, 1), ..locks.budget };
    let joined = Scenario { budget, failures: 1, waits: &[], met: &[Met::OwnerIn, Met::Locked], ..locks.clone() };
    explore_each("locks, joined", &MARKS[2..], &joined);
    // Copies of one call, each between the other's steps.
    let budget = Budget { repeats: 1, faults: pick(0, 1), ahead: pick(0, 1), ..Budget::default() };
    let alone = Scenario { budget, waits: &[], met: &[Met::OwnerIn], ..locks };
    explore_most("locks, repeated calls", &alone);
}

#[test]
fn mistakes_cost_guesses_and_nothing_else() {
    let budget = Budget { mistakes: 2, guesses: 2, repeats: 1, ..Budget::default() };
    let long = Budget { faults: 1, ..budget };
    let met = &[Met::OwnerIn, Met::OwnerInAfterAttack, Met::Wrong];
    explore_all("mistakes", &scenario(policy(2, 2), &[], pick(budget, long), met));
}

/// The gate behind every way to get tokens: nothing but the owner's own call takes what the owner's code has opened.
#[test]
fn no_flow_without_a_code_takes_the_owners_tokens() {
    let budget = Budget { behind: 1, guesses: 1, repeats: 1, ..Budget::default() };
    let long = Budget { behind: 2, faults: 1, repeats: 0, ..budget };
    let flows = scenario(policy(1, 2), &[], pick(budget, long), &[Met::OwnerIn]);
    explore("password alone, owner marked", flows.clone());
    let required = Policy { attempt: AttemptRule::Required, ..flows.policy };
    let unmarked = Scenario { marks: [None, OTHER], later: [None, OTHER], met: &[], ..flows.clone() };
    explore("password alone, a mark required and none given", Scenario { policy: required, ..unmarked.clone() });
    let budget = Budget { behind: pick(1, 2), waits: 1, faults: 1, ..Budget::default() };
    explore(
        "password alone, no mark asked for",
        Scenario { budget, waits: &[30, 31], met: &[Met::OwnerIn], ..unmarked },
    );
    explore(
        "password alone, owner's mark comes later",
        Scenario { marks: [None, OTHER], later: [OWN, OTHER], ..flows },
    );
}

/// What a client does with its mark after the first round is its own affair.
#[test]
fn later_marks_change_nothing() {
    let budget = Budget { mistakes: 1, guesses: 1, ..Budget::default() };
    let long = Budget { waits: 1, repeats: 1, ..budget };
    let later = scenario(policy(2, 2), &[15], pick(budget, long), &[Met::OwnerIn, Met::Wrong]);
    for (name, marks, later_marks) in [
        ("none at first, one later", [None, None], [OWN, OTHER]),
        ("none later", [OWN, OTHER], [None, None]),
        ("the other's later", [OWN, OTHER], [OWN, OWN]),
    ] {
        explore(&format!("later marks, {name}"), Scenario { marks, later: later_marks, ..later.clone() });
    }
    explore("two clients, both unmarked", Scenario { marks: [None; 2], later: [None; 2], clients: [0, 1], ..later });
}

#[test]
fn a_session_kept_open_ends() {
    let budget = Budget { waits: 2, resends: [1, 0], ..Budget::default() };
    explore("half an hour", scenario(policy(2, 3), &[1_650, 140, 160], budget, &[Met::OwnerIn, Met::SessionOver]));
}
