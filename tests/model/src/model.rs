//! What may happen next, as stateright asks for it.

use challenge::State;
use stateright::{Model as Explored, Property};

use crate::{
    properties,
    run::{Ask, Call, Run, RunId},
    scenario::{Mark, Scenario},
    scene::Scene,
    step::How,
    world::{Code, SignIn, Stage, Who, World},
};

/// How long a run works at most, in whole seconds of one clock, and how long after its call it begins at most.
const RUN: u64 = 3;
pub(crate) const CALLS: u64 = 15;
/// How long a right answer lets tokens through.
pub(crate) const CONSUMPTION: u64 = 30;
/// How long after its beginning a session may end with tokens.
pub(crate) const SESSION: u64 = 1_800;

/// A scenario with all that it needs.
#[derive(Debug, Clone)]
pub struct Model {
    pub(crate) scenario: Scenario,
    pub(crate) scene: Scene,
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Move {
    /// The password was right.
    SignsIn(Who),
    Types(Who, Code),
    AsksAgain(Who),
    /// The attacker comes by a flow that asks for the password alone.
    Behind(Mark),
    /// Cognito calls once more.
    Repeats(Who),
    Runs(RunId, &'static str, How),
    Waits(u64),
}

impl std::fmt::Display for Move {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignsIn(who) => write!(f, "{who:?} gives the right password"),
            Self::Types(who, code) => write!(f, "{who:?} types {}", String::from_utf8_lossy(code)),
            Self::AsksAgain(who) => write!(f, "{who:?} asks for the mail again"),
            Self::Behind(None) => write!(f, "Attacker asks for tokens by the password alone"),
            Self::Behind(Some(_)) => write!(f, "Attacker asks for tokens by the password alone, with a mark"),
            Self::Repeats(who) => write!(f, "{who:?}'s call is made once more"),
            Self::Runs(RunId { who, number, copy }, what, how) => {
                write!(f, "{who:?}'s call {number}, copy {copy}: {what}")?;
                if *how == How::Well { Ok(()) } else { write!(f, " ({how:?})") }
            }
            Self::Waits(seconds) => write!(f, "{seconds} s pass"),
        }
    }
}

impl Model {
    /// `None` where a constant is not what the domain takes.
    #[must_use]
    pub fn new(scenario: Scenario) -> Option<Self> {
        let scene = Scene::new(scenario.policy)?;
        Some(Self { scenario, scene })
    }

    fn clients(&self, world: &World, moves: &mut Vec<Move>) {
        for who in Who::BOTH {
            match &world.sign_in(who).stage {
                Stage::Away => moves.push(Move::SignsIn(who)),
                Stage::Asked(asked) => {
                    if who == Who::Attacker && world.left.guesses > 0 {
                        moves.push(Move::Types(who, wrong(world.left.guesses)));
                    }
                    if who == Who::Owner {
                        let mut codes: Vec<_> = world.history.mails.iter().filter(|mail| mail.delivered).collect();
                        codes.dedup_by_key(|mail| mail.challenge);
                        let newest = codes.iter().rev().take(2);
                        moves.extend(
                            newest
                                .filter(|mail| Some(mail.challenge) == asked.binding || world.left.mistakes > 0)
                                .map(|mail| Move::Types(who, mail.code)),
                        );
                        if world.left.mistakes > 0 {
                            moves.push(Move::Types(who, wrong(100 + world.left.mistakes)));
                        }
                    }
                    if world.left.resends[who as usize] > 0 {
                        moves.push(Move::AsksAgain(who));
                    }
                }
                Stage::Waiting(_) | Stage::Ended(_) => {}
            }
            if world.left.repeats > 0 && world.sign_in(who).open.as_ref().is_some_and(|open| open.copies < 2) {
                moves.push(Move::Repeats(who));
            }
        }
        if world.left.behind > 0 {
            moves.extend([None, Some(1)].map(Move::Behind));
        }
    }

    /// Whether so much time may pass: a run works for 3.5 seconds, and begins within 15 seconds of its call. What takes
    /// longer has died.
    fn may_wait(world: &World, seconds: u64) -> bool {
        let clock = world.clock + seconds;
        world.runs.iter().all(|run| clock <= run.began.map_or(run.issued + CALLS, |began| began + RUN))
    }

    /// Failures of sign-ins long ago, made by the functions' own decisions.
    fn remember_failures(&self, world: &mut World) {
        let mut state = State::default();
        for number in 0..self.scenario.failures {
            let now = 5_000 * (u64::from(number) + 1);
            state = self.scene.failed(state, now, number);
        }
        if state != State::default() {
            world.store.put(&world.store.read(), &state);
            world.history.failures = u64::from(self.scenario.failures);
        }
        world.normalise();
    }

    fn is_own_code(&self, world: &World, code: Code) -> bool {
        let Stage::Asked(asked) = &world.sign_in(Who::Owner).stage else { return false };
        world.history.mails.iter().any(|mail| Some(mail.challenge) == asked.binding && mail.code == code)
    }

    fn asks(&self, world: &mut World, who: Who, typed: Code, resend: bool) {
        let sign_in = world.sign_in_mut(who);
        let Stage::Asked(asked) = std::mem::take(&mut sign_in.stage) else { return };
        let binding = asked.binding;
        sign_in.stage = Stage::Waiting(Some(asked));
        self.call(world, who, Ask::Check { binding, typed, resend });
        let run = world.runs.last();
        if run.is_some_and(|run| world.history.is_right(run)) {
            world.sign_in_mut(who).has_code = true;
        }
    }
}

/// Digits that are no code: [`is_wrong`] keeps codes from beginning like these.
pub(crate) fn wrong(number: u8) -> Code {
    [b'0', b'0', b'0', b'0' + number / 100, b'0' + number / 10 % 10, b'0' + number % 10]
}

pub(crate) fn is_wrong(code: Code) -> bool {
    code.starts_with(b"000")
}

impl Explored for Model {
    type State = World;
    type Action = Move;

    fn init_states(&self) -> Vec<World> {
        let mut world = World {
            clock: 0,
            store: crate::store::Store::default(),
            sign_ins: [SignIn::default(), SignIn::default()],
            runs: Vec::new(),
            left: self.scenario.budget,
            history: crate::history::History::default(),
        };
        self.remember_failures(&mut world);
        vec![world]
    }

    fn actions(&self, world: &World, moves: &mut Vec<Move>) {
        if !world.history.breaches.is_empty() {
            return;
        }
        self.clients(world, moves);
        for run in &world.runs {
            moves.extend(self.ways(world, run).into_iter().map(|how| Move::Runs(run.id(), run.at.label(), how)));
        }
        if world.left.waits > 0 {
            let waits = self.scenario.waits.iter().filter(|seconds| Self::may_wait(world, **seconds));
            moves.extend(waits.map(|seconds| Move::Waits(*seconds)));
        }
    }

    fn next_state(&self, world: &World, action: Move) -> Option<World> {
        let mut world = world.clone();
        match action {
            Move::SignsIn(who) => self.go_on_with(&mut world, who, false),
            Move::Types(who, code) => {
                if who == Who::Attacker {
                    world.left.guesses -= 1;
                } else if !self.is_own_code(&world, code) {
                    world.left.mistakes -= 1;
                }
                self.asks(&mut world, who, code, false);
            }
            Move::AsksAgain(who) => {
                world.left.resends[who as usize] -= 1;
                self.asks(&mut world, who, wrong(0), true);
            }
            Move::Behind(mark) => {
                world.left.behind -= 1;
                let ask = Ask::Tokens { behind: true };
                let number = 100 + world.left.behind;
                let client = self.scenario.clients[0];
                let call = Call { who: Who::Attacker, number, mark, client, ask };
                world.runs.push(Run::new(call, 0, world.clock));
            }
            Move::Repeats(who) => {
                world.left.repeats -= 1;
                let open = world.sign_in_mut(who).open.as_mut()?;
                open.copies += 1;
                let run = Run::new(open.call.clone(), open.copies - 1, open.issued);
                world.runs.push(run);
            }
            Move::Runs(id, _, how) => self.step(&mut world, id, how),
            Move::Waits(seconds) => {
                world.left.waits -= 1;
                world.clock += seconds;
            }
        }
        world.normalise();
        self.hear_at_once(&mut world);
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all(self.scenario.met)
    }
}
