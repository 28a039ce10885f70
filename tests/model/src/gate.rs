//! PreTokenGeneration, step by step: `trigger_gate::Gate::pass`.

use challenge::gate::use_consumption;

use crate::{
    run::{At, Goal, Reply, Run},
    scene::{Scene, at},
    store::Seen,
};

pub(crate) fn loaded(scene: &Scene, run: &Run, seen: Seen) -> At {
    match use_consumption(&seen.state, scene.client(run.call.who), at(run.now)) {
        Ok(state) => At::Write { seen, state, goal: Goal::Use },
        Err(_) => At::Done(Reply::Tokens { passed: false }),
    }
}

pub(crate) const fn stored() -> At {
    At::Done(Reply::Tokens { passed: true })
}
