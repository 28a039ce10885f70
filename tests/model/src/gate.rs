//! PreTokenGeneration, step by step: `trigger_gate::Gate::pass`.

use challenge::gate::{Request, use_consumption};

use crate::{
    run::{At, Goal, Reply, Run},
    scene::{Scene, at},
    store::Seen,
};

/// `now` is taken at each try.
pub(crate) fn loaded(scene: &Scene, run: &Run, now: u64, seen: Seen) -> At {
    let request =
        Request { client: scene.client(run.call.client), attempt: scene.attempt(run.call.mark), now: at(now) };
    match use_consumption(&seen.state, &request, scene.policy.attempt) {
        Ok(state) => At::Write { seen, state, goal: Goal::Use },
        Err(_) => At::Done(Reply::Tokens { passed: false }),
    }
}

pub(crate) const fn stored() -> At {
    At::Done(Reply::Tokens { passed: true })
}
