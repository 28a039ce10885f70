//! What a running function adds to its AWS calls.

use std::path::Path;

use xtask::trigger::Trigger;

use crate::instance::Instance;
use crate::program::{Functions, Program, bare};
use crate::report::Row;
use crate::sample::Sample;
use crate::scene::Scene;

/// What a function may add.
const LIMIT_MS: f64 = 0.3;
/// Answers until caches, connections and the allocator are as they stay.
const BEFORE: usize = 20;

/// One event each in turn: define with the function that does nothing, the others with the one that makes their calls.
pub(crate) async fn run(programs: &Path, runs: usize) -> anyhow::Result<Vec<Row>> {
    let ours = Functions::Ours(programs.to_owned());
    let mut rows = Vec::new();
    for trigger in Trigger::ALL {
        let other = if trigger == Trigger::Define { bare(programs, "empty")? } else { bare(programs, "calls")? };
        rows.extend(compare(&ours, &other, trigger, runs).await?);
    }
    Ok(rows)
}

async fn compare(ours: &Functions, other: &Program, trigger: Trigger, runs: usize) -> anyhow::Result<Option<Row>> {
    let (scene, _) = Scene::play(ours, None).await?;
    let program = ours.program(trigger)?;
    let mut this = Instance::start(&program, &scene.environment, None).await?;
    let mut that = Instance::start(other, &scene.environment, None).await?;
    let (mut taken, mut at_least) = (Sample::default(), Sample::default());
    for run in 0..BEFORE + runs {
        let step = scene.rewind(trigger)?;
        let (answer, took) = this.ask(&step.event).await?;
        step.ensure_done(&answer)?;
        let step = scene.rewind(trigger)?;
        let (_, took_at_least) = that.ask(&step.event).await?;
        if run >= BEFORE {
            taken.push(took.as_secs_f64() * 1e3);
            at_least.push(took_at_least.as_secs_f64() * 1e3);
        }
    }
    let row = Row::new("warm answer", &program.name, "ms", &taken);
    Ok(row.map(|row| row.beyond(&other.name, &taken.beyond(&at_least), LIMIT_MS)))
}
