//! Cold starts: how soon a function polls, how soon it answers, how much memory that takes.

use std::path::Path;

use xtask::trigger::Trigger;

use crate::instance::Instance;
use crate::program::{Functions, Program, bare};
use crate::report::{Goal, Judge, Row};
use crate::sample::Sample;
use crate::scene::Scene;

/// What the functions are started against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Plain,
    Tls,
}

/// One function's cold starts.
struct Side {
    program: Program,
    scene: usize,
    trigger: Trigger,
    first_poll: Sample,
    first_answer: Sample,
    peak: Sample,
}

/// Ours and Node's in turn, `runs` times.
pub(crate) async fn run(
    programs: &Path,
    node: Option<&Path>,
    runs: usize,
    transport: Transport,
) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let tls = (transport == Transport::Tls).then(|| folder.path());
    let ours = Functions::Ours(programs.to_owned());
    let kinds: Vec<_> = std::iter::once(ours).chain(node.map(|node| Functions::Node(node.to_owned()))).collect();
    let mut scenes = Vec::new();
    let mut ports = Vec::new();
    let mut sides = Vec::new();
    // The one to compare with comes first.
    sides.push(Side::new(bare(programs, "empty")?, 0, Trigger::Define));
    for (number, functions) in kinds.iter().enumerate() {
        let (scene, port) = Scene::play(functions, tls).await?;
        for trigger in scene.triggers() {
            sides.push(Side::new(functions.program(trigger)?, number, trigger));
        }
        scenes.push(scene);
        ports.push(port);
    }
    for _ in 0..runs {
        for side in &mut sides {
            side.measure(&scenes[side.scene]).await?;
        }
    }
    Ok(rows(&sides, transport))
}

impl Side {
    fn new(program: Program, scene: usize, trigger: Trigger) -> Self {
        let (first_poll, first_answer, peak) = Default::default();
        Self { program, scene, trigger, first_poll, first_answer, peak }
    }

    async fn measure(&mut self, scene: &Scene) -> anyhow::Result<()> {
        let step = scene.rewind(self.trigger)?;
        let start = Instance::cold(&self.program, &scene.environment, None, &step.event).await?;
        if self.program.name != "empty" {
            step.ensure_done(&start.answer)?;
        }
        self.first_poll.push(start.first_poll_ms);
        self.first_answer.push(start.first_answer_ms);
        self.peak.push(start.peak_mib);
        Ok(())
    }

    fn is_node(&self) -> bool {
        self.scene > 0
    }
}

fn rows(sides: &[Side], transport: Transport) -> Vec<Row> {
    let over = if transport == Transport::Tls { ", TLS" } else { "" };
    let ours = |trigger: Trigger| sides.iter().skip(1).find(move |side| !side.is_node() && side.trigger == trigger);
    let mut rows = Vec::new();
    for side in sides {
        let Side { program, trigger, first_poll, first_answer, peak, .. } = side;
        let own = ours(*trigger).filter(|_| side.is_node());
        let row = |what: &str, unit, sample| Row::new(&format!("{what}{over}"), &program.name, unit, sample);
        let poll = row("first poll", "ms", first_poll);
        rows.extend(poll.map(|row| match (own, sides.first()) {
            (Some(own), _) => {
                let goal = if *trigger == Trigger::Define { 30.0 } else { 20.0 };
                row.times(&own.program.name, &first_poll.over(&own.first_poll), Some((Goal::at_least, goal)))
            }
            (None, Some(empty)) if program.name != "empty" => {
                row.times("empty", &first_poll.over(&empty.first_poll), Some((Goal::at_most, 2.0)))
            }
            _ => row,
        }));
        let goal = (*trigger != Trigger::Define).then_some((Goal::at_least as Judge, 8.0));
        rows.extend(row("first answer", "ms", first_answer).map(|row| match own {
            Some(own) => row.times(&own.program.name, &first_answer.over(&own.first_answer), goal),
            None => row,
        }));
        rows.extend(row("resident memory", "MiB", peak).map(|row| match own {
            Some(own) => row.times(&own.program.name, &peak.over(&own.peak), Some((Goal::at_least, 6.0))),
            None => row,
        }));
    }
    rows
}
