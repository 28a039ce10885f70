//! CreateAuthChallenge, step by step: `trigger_create::Create::decide`, `send` and `mark_sent`.

use challenge::{
    Action, Fresh, PublicState, View,
    create::{Decision, Request, Sending, decide, metadata},
    view::unbound,
};

use crate::{
    run::{Ask, Asked, At, Goal, Pending, Reply, Run},
    scene::{SUBJECT, Scene, at},
    store::Seen,
};

/// What became of a mail, as far as the function hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Accepted,
    Nothing,
    Refused,
}

fn action(resend: bool) -> Action {
    if resend { Action::Resend } else { Action::Answer }
}

pub(crate) fn loaded(scene: &Scene, run: &Run, goal: Goal, seen: Seen) -> At {
    if let Goal::Mark(sending) = goal {
        return mark(run, sending, seen);
    }
    let &Ask::Code { round, resend } = &run.call.ask else { unreachable!("a call of Create") };
    let mut id = [0; 16];
    id[..5].copy_from_slice(&[1, run.call.who as u8, run.call.number, run.copy, run.drawn]);
    let request = Request {
        subject: SUBJECT,
        address: Some(&scene.address),
        round,
        action: action(resend),
        attempt: Ok(scene.attempt(run.call.mark)),
        client: scene.client(run.call.client),
        now: at(run.now),
        fresh: Fresh { id, nonce: id },
        keys: &scene.keys,
    };
    match decide(&seen.state, &request, &scene.policy) {
        Decision::Show(view) => At::Done(answer(run, &view)),
        Decision::Tell(state, view) => At::Write { seen, state: *state, goal: Goal::Tell(asked(run, &view)) },
        Decision::Send(sending) => {
            At::Write { seen, state: sending.pending().clone(), goal: Goal::Pend(Pending(sending)) }
        }
    }
}

pub(crate) fn stored(run: &Run, goal: Goal, seen: Seen) -> At {
    match goal {
        Goal::Pend(sending) => At::Mail { seen, sending },
        // What becomes of the notice changes nothing.
        Goal::Tell(asked) => At::Done(Reply::Code(asked)),
        Goal::Mark(Pending(sending)) => At::Done(sent(run, &sending)),
        _ => unreachable!("Create writes nothing else"),
    }
}

pub(crate) fn mailed(run: &Run, sending: Pending, seen: Seen, heard: Heard) -> At {
    match heard {
        Heard::Accepted => mark(run, sending, seen),
        Heard::Nothing => At::Done(sent(run, &sending.0)),
        Heard::Refused => At::Done(answer(run, &sending.0.view(false))),
    }
}

fn mark(run: &Run, sending: Pending, seen: Seen) -> At {
    match sending.0.sent(&seen.state) {
        Some(state) => At::Write { seen, state, goal: Goal::Mark(sending) },
        None => At::Done(sent(run, &sending.0)),
    }
}

/// The answer of a function that cannot go on, wherever it stands: once the mail is out, marking it matters no more.
pub(crate) fn failed(run: &Run) -> Reply {
    match &run.at {
        At::Read { goal: Goal::Mark(sending), .. }
        | At::Write { goal: Goal::Mark(sending), .. }
        | At::Unsure { goal: Goal::Mark(sending), .. }
        | At::Mirror { goal: Goal::Mark(sending), .. } => sent(run, &sending.0),
        _ => answer(run, &unbound(PublicState::SendFailed, 0)),
    }
}

fn sent(run: &Run, sending: &Sending) -> Reply {
    answer(run, &sending.view(true))
}

fn answer(run: &Run, view: &View) -> Reply {
    Reply::Code(asked(run, view))
}

fn asked(run: &Run, view: &View) -> Asked {
    let &Ask::Code { round, resend } = &run.call.ask else { unreachable!("a call of Create") };
    Asked::new(view, metadata(round, action(resend), view, at(run.now)))
}
