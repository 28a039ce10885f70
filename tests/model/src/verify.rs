//! VerifyAuthChallengeResponse, step by step: `trigger_verify::Verify::judge` and `exactly`.

use challenge::{
    Action, State,
    verify::{Guess, Question, Reason, Verdict, decide},
};

use crate::{
    history::History,
    run::{Ask, At, Goal, Reply, Run},
    scene::{SUBJECT, Scene, at},
    store::Seen,
};

fn question<R>(scene: &Scene, run: &Run, ask: impl FnOnce(&Question<'_>) -> R) -> R {
    let &Ask::Check { binding, typed, resend } = &run.call.ask else { unreachable!("a call of Verify") };
    let answer = Scene::answer(typed);
    ask(&Question {
        subject: SUBJECT,
        binding,
        answer: &answer,
        action: if resend { Action::Resend } else { Action::Answer },
        attempt: Ok(scene.attempt(run.call.mark)),
        client: scene.client(run.call.client),
        address: Some(&scene.address),
        now: at(run.now),
    })
}

/// The guess that was decided on, which does not outlive a step.
fn guess<R>(scene: &Scene, run: &Run, decided_on: &State, go_on: impl FnOnce(&Guess<'_>) -> R) -> R {
    question(scene, run, |question| match decide(decided_on, question, &scene.policy, &scene.keys) {
        Verdict::Compare(guess) => go_on(&guess),
        _ => unreachable!("decided on before, and compared"),
    })
}

pub(crate) fn loaded(scene: &Scene, history: &mut History, run: &Run, goal: Goal, seen: Seen) -> At {
    if let Goal::Accept { decided_on } = goal {
        return accept(scene, run, decided_on, seen);
    }
    enum Judged {
        No(Reason),
        NoAndStore(Reason, State),
        Yes,
        Reserve(State),
        Compare,
    }
    let judged = question(scene, run, |question| match decide(&seen.state, question, &scene.policy, &scene.keys) {
        Verdict::Reject(reason) => Judged::No(reason),
        Verdict::RejectAndStore(reason, state) => Judged::NoAndStore(reason, *state),
        Verdict::AcceptAgain => Judged::Yes,
        Verdict::Compare(guess) => guess.reserved().map_or(Judged::Compare, |state| Judged::Reserve(state.clone())),
    });
    match judged {
        Judged::No(reason) => At::Done(no(scene, history, run, reason)),
        Judged::NoAndStore(reason, state) => {
            At::Write { seen, state, goal: Goal::Refuse(no(scene, history, run, reason)) }
        }
        Judged::Yes => At::Done(Reply::Check { right: true, wronged: false }),
        Judged::Reserve(state) => {
            let decided_on = seen.state.clone();
            At::Write { seen, state, goal: Goal::Reserve { decided_on } }
        }
        Judged::Compare => {
            let decided_on = seen.state.clone();
            compare(scene, history, run, decided_on, seen)
        }
    }
}

pub(crate) fn stored(scene: &Scene, history: &mut History, run: &Run, goal: Goal, seen: Seen) -> At {
    match goal {
        Goal::Reserve { decided_on } => compare(scene, history, run, decided_on, seen),
        Goal::Refuse(reply) => At::Done(reply),
        Goal::Accept { .. } => At::Done(Reply::Check { right: true, wronged: false }),
        _ => unreachable!("Verify writes nothing else"),
    }
}

fn compare(scene: &Scene, history: &mut History, run: &Run, decided_on: State, seen: Seen) -> At {
    history.compared(&scene.policy, run);
    if guess(scene, run, &decided_on, |guess| guess.is_right()) {
        accept(scene, run, decided_on, seen)
    } else {
        let reply = no(scene, history, run, Reason::WrongCode);
        if seen.is_to_be_mirrored() { At::Mirror { seen, goal: Goal::Refuse(reply) } } else { At::Done(reply) }
    }
}

/// Consumed in the meantime is decided again, like any other state.
fn accept(scene: &Scene, run: &Run, decided_on: State, seen: Seen) -> At {
    match guess(scene, run, &decided_on, |guess| guess.accepted(&seen.state)) {
        Some(state) => At::Write { seen, state, goal: Goal::Accept { decided_on } },
        None => Run::read(Goal::Decide),
    }
}

fn no(scene: &Scene, history: &History, run: &Run, reason: Reason) -> Reply {
    let wronged = history.is_right(run) && !history.excuses(&scene.policy, run, reason);
    Reply::Check { right: false, wronged }
}
