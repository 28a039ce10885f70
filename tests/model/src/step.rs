//! One step of one run: a read, a conditional write, a mail, an answer; or what keeps it from that.

use challenge::{Code, UnixSeconds};
use serde::Serialize;

use crate::{
    create::{self, Heard},
    gate,
    history::Breach,
    model::{Model, is_wrong},
    run::{Ask, At, Goal, Reply, Run, RunId},
    scene::{START, SUBJECT},
    store::Seen,
    verify,
    world::{End, Stage, Who, World, refused},
};

/// How a step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum How {
    Well,
    /// As the first of its run, by a clock that is a second ahead.
    Ahead,
    /// One of two reads.
    Item,
    Mirror,
    /// The same, by a clock that is a second ahead.
    ItemAhead,
    MirrorAhead,
    /// The function dies before it; before an answer, that is lost.
    Dies,
    /// The function gives up in time, and says so.
    GivesUp,
    /// The write goes through, and its answer is lost.
    Unsure,
    /// The mirror cannot be written.
    Unmirrored,
    /// The mail goes out, or does not, and the answer is lost.
    SentUnheard,
    UnsentUnheard,
    Bounced,
}

impl How {
    pub(crate) const fn is_fault(self) -> bool {
        !matches!(self, Self::Well | Self::Ahead | Self::Item | Self::Mirror | Self::ItemAhead | Self::MirrorAhead)
    }

    const fn is_ahead(self) -> bool {
        matches!(self, Self::Ahead | Self::ItemAhead | Self::MirrorAhead)
    }
}

impl Model {
    /// What the run may do next, and how it may go.
    pub(crate) fn ways(&self, world: &World, run: &Run) -> Vec<How> {
        let mut ways = Vec::with_capacity(8);
        match &run.at {
            At::Read { item, mirror, .. }
                if self.scenario.reads_apart && !matches!(run.call.ask, Ask::Tokens { .. }) =>
            {
                ways.extend(item.is_none().then_some(How::Item));
                ways.extend(mirror.is_none().then_some(How::Mirror));
                if run.began.is_none() && world.left.ahead > 0 {
                    ways.extend([How::ItemAhead, How::MirrorAhead]);
                }
            }
            At::Read { .. } => {
                ways.push(How::Well);
                if run.began.is_none() && world.left.ahead > 0 {
                    ways.push(How::Ahead);
                }
            }
            _ => ways.push(How::Well),
        }
        if world.left.faults == 0 {
            return ways;
        }
        ways.push(How::Dies);
        match &run.at {
            At::Write { .. } => ways.extend([How::GivesUp, How::Unsure]),
            At::Mirror { .. } => ways.extend([How::GivesUp, How::Unmirrored]),
            At::Mail { .. } => ways.extend([How::SentUnheard, How::UnsentUnheard, How::Bounced]),
            At::Done(_) => {}
            At::Read { .. } | At::Unsure { .. } => ways.push(How::GivesUp),
        }
        ways
    }

    pub(crate) fn step(&self, world: &mut World, id: RunId, how: How) {
        let Some(index) = world.runs.iter().position(|run| run.id() == id) else { return };
        let mut run = world.runs.remove(index);
        if how.is_fault() {
            world.left.faults -= 1;
            world.sign_in_mut(id.who).faulted = true;
            if how != How::Unsure
                && how != How::Unmirrored
                && let Some(mail) = world.history.mail_of(id)
                && !mail.settled
            {
                mail.doubtful = true;
            }
        }
        match how {
            How::Dies => return self.died(world, &run),
            How::GivesUp => run.at = At::Done(gave_up(&run)),
            _ => match std::mem::replace(&mut run.at, Run::read(Goal::Decide)) {
                At::Read { goal, item, mirror } => {
                    if run.began.is_none() {
                        run.began = Some(world.clock);
                        if how.is_ahead() {
                            world.left.ahead -= 1;
                            run.ahead = 1;
                        }
                        run.now = world.clock + run.ahead;
                    }
                    run.at = self.read(world, &run, goal, item, mirror, how);
                }
                At::Write { seen, state, goal } => {
                    let stored = world.store.put(&seen, &state);
                    if stored {
                        self.happened(world, &run, &goal);
                    }
                    let next = seen.next();
                    run.at = match (stored, how) {
                        (false, _) => refused(goal),
                        (true, How::Unsure) => At::Unsure { next, seen, state, goal },
                        (true, _) => self.stored(world, &run, seen, state, goal),
                    };
                }
                // Refused, but by its own text.
                At::Unsure { seen, state, goal, .. } => run.at = self.stored(world, &run, seen, state, goal),
                At::Mirror { seen, goal } => {
                    if how != How::Unmirrored {
                        world.store.put_mirror(&seen.state);
                        self.hold_failures(world);
                    }
                    run.at = self.go_on(world, &run, goal, seen.mirrored());
                }
                At::Mail { seen, sending } => {
                    let (delivered, heard) = match how {
                        How::SentUnheard => (true, Heard::Nothing),
                        How::UnsentUnheard => (false, Heard::Nothing),
                        How::Bounced => (false, Heard::Refused),
                        _ => (true, Heard::Accepted),
                    };
                    let challenge = sending.0.challenge();
                    let Some(key) = self.scene.keys.get(challenge.key()) else { return };
                    let code = Code::derive(key, &SUBJECT, challenge, self.scene.policy.code_length);
                    let mut digits = [0; 6];
                    digits.copy_from_slice(code.expose().as_bytes());
                    if is_wrong(digits) {
                        unreachable!("a code begins like what is typed for a wrong one: the scene needs another key");
                    }
                    world.history.mailed(&self.scene.policy, &sending.0, digits, &run, delivered);
                    if let Some(mail) = world.history.mail_of(id) {
                        mail.doubtful = heard != Heard::Accepted;
                    }
                    run.at = create::mailed(&run, sending, seen, heard);
                }
                At::Done(reply) => return self.hear(world, &run, reply),
            },
        }
        world.runs.insert(index, run);
    }

    fn read(
        &self,
        world: &mut World,
        run: &Run,
        goal: Goal,
        item: Option<Option<crate::store::Item>>,
        mirror: Option<Option<challenge::State>>,
        how: How,
    ) -> At {
        let item = if matches!(how, How::Mirror | How::MirrorAhead) { item } else { Some(world.store.item.clone()) };
        let mirror = match how {
            // The gate reads the item alone.
            _ if matches!(run.call.ask, Ask::Tokens { .. }) => Some(None),
            How::Item | How::ItemAhead => mirror,
            _ => Some(world.store.mirror.clone()),
        };
        let (item, mirror) = match (item, mirror) {
            (Some(item), Some(mirror)) => (item, mirror),
            (item, mirror) => return At::Read { goal, item, mirror },
        };
        let seen = Seen::new(item, mirror);
        match run.call.ask {
            Ask::Code { .. } => create::loaded(&self.scene, run, goal, seen),
            Ask::Check { .. } => verify::loaded(&self.scene, &mut world.history, run, goal, seen),
            Ask::Tokens { .. } => gate::loaded(&self.scene, run, world.clock + run.ahead, seen),
        }
    }

    /// `Store::save` after its write: a changed lock is mirrored before anything else is done, but for that of a guess which
    /// is not compared yet.
    fn stored(&self, world: &mut World, run: &Run, seen: Seen, state: challenge::State, goal: Goal) -> At {
        let seen = seen.written(state);
        if seen.is_to_be_mirrored() && !matches!(goal, Goal::Reserve { .. }) {
            At::Mirror { seen, goal }
        } else {
            self.go_on(world, run, goal, seen)
        }
    }

    fn go_on(&self, world: &mut World, run: &Run, goal: Goal, seen: Seen) -> At {
        match run.call.ask {
            Ask::Code { .. } => create::stored(run, goal, seen),
            Ask::Check { .. } => verify::stored(&self.scene, &mut world.history, run, goal, seen),
            Ask::Tokens { .. } => gate::stored(),
        }
    }

    /// What a write that went through is for, whatever is heard of it.
    fn happened(&self, world: &mut World, run: &Run, goal: &Goal) {
        let policy = &self.scene.policy;
        match goal {
            Goal::Pend(sending) => world.history.pended(policy, &sending.0, run),
            Goal::Mark(_) => {
                let stored = world.store.item.as_ref().and_then(|item| item.state.challenge());
                world.history.settled(stored.map(|challenge| challenge.id()));
            }
            Goal::Reserve { .. } => world.history.reserved(policy, run),
            Goal::Accept { .. } => world.history.consumed(run),
            Goal::Use => {
                let has_code = match run.call.ask {
                    // Without a mark nothing tells whose call it is.
                    Ask::Tokens { behind: true } => self.scenario.is_exposed(),
                    _ => world.sign_in(run.call.who).has_code,
                };
                if matches!(run.call.ask, Ask::Tokens { behind: true }) && has_code {
                    // What the policy accepts: the owner signs in again.
                    world.sign_in_mut(Who::Owner).faulted = true;
                }
                world.history.granted(has_code, world.clock + run.ahead);
            }
            Goal::Tell(_) | Goal::Refuse(_) | Goal::Decide => {}
        }
        self.hold_failures(world);
    }

    /// Failures and lock are what happened, by what any function would read now.
    fn hold_failures(&self, world: &mut World) {
        let state = world.store.read().state;
        let (failures, locked_until) = crate::history::failures_of(&state);
        if failures < world.history.failures {
            world.history.breach(Breach::FailuresLost);
        }
        if failures > world.history.failures {
            world.history.breach(Breach::FailuresInvented);
        }
        if locked_until < UnixSeconds(START + world.history.locked_until) && world.history.locked_until > 0 {
            world.history.breach(Breach::LockLost);
        }
    }

    fn died(&self, world: &mut World, run: &Run) {
        let awaited = world.is_awaited(run);
        let left = world.runs.iter().any(|other| other.call == run.call);
        let sign_in = world.sign_in_mut(run.call.who);
        let again = sign_in.open.as_ref().is_some_and(|open| open.copies < 2) && world.left.repeats > 0;
        if awaited && !left && !again {
            let sign_in = world.sign_in_mut(run.call.who);
            sign_in.stage = Stage::Ended(End::Failed);
            sign_in.open = None;
        }
    }
}

/// The answer of a function that cannot go on.
fn gave_up(run: &Run) -> Reply {
    match run.call.ask {
        Ask::Code { .. } => create::failed(run),
        Ask::Check { .. } => Reply::Check { right: false, wronged: false },
        Ask::Tokens { .. } => Reply::Tokens { passed: false },
    }
}
