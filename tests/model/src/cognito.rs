//! What Cognito does: hears an answer, asks Define, and calls the next function.

use challenge::{
    Action, Session, Step,
    define::{Next, next},
    session::StepName,
};

use crate::{
    history::Breach,
    model::{CONSUMPTION, Model, SESSION},
    run::{Ask, At, Call, Reply, Run},
    scene::at,
    world::{End, Open, SignIn, Stage, Told, Who, World},
};

impl Model {
    /// An answer that can be neither lost nor overtaken is heard at once: nothing that others do meanwhile depends on it.
    pub(crate) fn hear_at_once(&self, world: &mut World) {
        if world.left.faults > 0 || world.left.repeats > 0 {
            return;
        }
        while let Some(index) = world.runs.iter().position(|run| {
            let open = world.sign_in(run.call.who).open.as_ref();
            matches!(run.at, At::Done(_)) && open.is_some_and(|open| open.call == run.call && open.copies == 1)
        }) {
            let run = world.runs.remove(index);
            if let At::Done(reply) = run.at.clone() {
                self.hear(world, &run, reply);
            }
            world.normalise();
        }
    }

    /// Hears the answer of a run that is waited for.
    pub(crate) fn hear(&self, world: &mut World, run: &Run, reply: Reply) {
        let who = run.call.who;
        let Some(open) = world.sign_in_mut(who).open.take() else { return };
        match reply {
            Reply::Code(asked) => {
                world.history.bound(asked.binding, run, self.scenario.may_join());
                world.sign_in_mut(who).stage = Stage::Asked(asked);
            }
            Reply::Check { right, wronged } => {
                let sign_in = world.sign_in_mut(who);
                if let Stage::Waiting(Some(asked)) = &sign_in.stage {
                    sign_in.rounds.push(Told { passed: right, metadata: asked.metadata });
                }
                let refused = wronged && !sign_in.faulted;
                // A right code that was refused for a reason, a lock say, is refused once more for others.
                sign_in.faulted |= sign_in.has_code && !right;
                let resend = matches!(run.call.ask, Ask::Check { resend: true, .. });
                sign_in.wrong += u8::from(!right && !resend);
                if refused {
                    world.history.breach(Breach::RightCodeRefused);
                }
                self.go_on_with(world, who, resend);
            }
            Reply::Tokens { passed } => {
                let in_time = world.history.consumption.is_some_and(|(_, at)| world.clock + 1 < at + CONSUMPTION);
                let sign_in = world.sign_in_mut(who);
                sign_in.stage = Stage::Ended(if passed { End::Tokens } else { End::Refused });
                if !passed && in_time && sign_in.has_code && !sign_in.faulted && open.copies == 1 {
                    world.history.breach(Breach::RightCodeRefused);
                }
            }
        }
    }

    /// Asks Define, which calls nothing, and does what it says.
    pub(crate) fn go_on_with(&self, world: &mut World, who: Who, resend: bool) {
        let sign_in = world.sign_in(who);
        let session = session(sign_in);
        let action = if resend { Action::Resend } else { Action::Answer };
        let age = sign_in.begun.map_or(0, |begun| world.clock.saturating_sub(begun));
        let passed = sign_in.rounds.last().is_some_and(|round| round.passed);
        let ask = match next(&session, action, self.scene.policy.max_attempts, false, at(world.clock)) {
            Next::AskForCode => session.round(action).map(|round| Ask::Code { round, resend }),
            Next::IssueTokens => Some(Ask::Tokens { behind: false }),
            Next::VerifyPassword | Next::Refuse(_) => None,
        };
        if matches!(ask, Some(Ask::Code { .. })) && sign_in.wrong >= self.scene.policy.max_attempts.get() {
            world.history.breach(Breach::TooManyRounds);
        }
        // Two clocks may be a second apart.
        if ask == Some(Ask::Tokens { behind: false }) && age > SESSION + 1 {
            world.history.breach(Breach::SessionTooOld);
        }
        // No code lives longer than its session, so that none is used up in vain.
        if ask.is_none() && passed {
            world.history.breach(Breach::RightCodeRefused);
        }
        match ask {
            Some(ask) => {
                world.sign_in_mut(who).stage = Stage::Waiting(None);
                self.call(world, who, ask);
            }
            None => world.sign_in_mut(who).stage = Stage::Ended(End::Refused),
        }
    }

    pub(crate) fn call(&self, world: &mut World, who: Who, ask: Ask) {
        let issued = world.clock;
        let sign_in = world.sign_in_mut(who);
        let number = sign_in.calls;
        let mark = if number == 0 { self.scenario.marks[who as usize] } else { self.scenario.later[who as usize] };
        let call = Call { who, number, mark, client: self.scenario.clients[who as usize], ask };
        sign_in.begun.get_or_insert(issued);
        sign_in.calls += 1;
        sign_in.open = Some(Open { call: call.clone(), issued, copies: 1 });
        world.runs.push(Run::new(call, 0, issued));
    }
}

/// The session as Define and Create are given it, after the password.
fn session(sign_in: &SignIn) -> Session {
    let passed = |name| Step { name, passed: true, metadata: None };
    let mut steps = vec![passed(StepName::SrpA), passed(StepName::PasswordVerifier)];
    steps.extend(sign_in.rounds.iter().map(|round| Step {
        name: StepName::CustomChallenge,
        passed: round.passed,
        metadata: Some(round.metadata),
    }));
    Session(steps)
}
