//! First answers over TLS at the processor share of several memory sizes.

use std::path::Path;

use xtask::trigger::Trigger;

use crate::instance::Instance;
use crate::program::Functions;
use crate::report::Row;
use crate::sample::Sample;
use crate::scene::Scene;
use crate::share::Share;

const SIZES_MIB: [u64; 5] = [128, 192, 256, 512, 1024];
/// The size whose first answer must come within [`LIMIT_MS`]; Cognito waits for 5,000.
const DEFAULT_MIB: u64 = 256;
const LIMIT_MS: f64 = 1_000.0;

/// # Errors
/// When a function fails, or no control group can be made.
pub(crate) async fn run(programs: &Path, runs: usize) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let ours = Functions::Ours(programs.to_owned());
    let (scene, _port) = Scene::play(&ours, Some(folder.path())).await?;
    let triggers = [Trigger::Create, Trigger::Verify, Trigger::Gate];
    let shares = SIZES_MIB.iter().map(|&size| Share::of(size)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut samples = vec![vec![Sample::default(); triggers.len()]; SIZES_MIB.len()];
    for _ in 0..runs {
        for (share, samples) in shares.iter().zip(&mut samples) {
            for (trigger, sample) in triggers.iter().zip(samples) {
                let step = scene.rewind(*trigger)?;
                let program = ours.program(*trigger)?;
                let cold = Instance::cold(&program, &scene.environment, Some(share), &step.event).await?;
                step.ensure_done(&cold.answer)?;
                sample.push(cold.first_answer_ms);
            }
        }
    }
    let mut rows = Vec::new();
    for (size, samples) in SIZES_MIB.iter().zip(&samples) {
        for (trigger, sample) in triggers.iter().zip(samples) {
            let what = format!("first answer, TLS, share of {size} MiB");
            let row = Row::new(&what, trigger.name(), "ms", sample);
            rows.extend(row.map(|row| if *size == DEFAULT_MIB { row.at_most(LIMIT_MS) } else { row }));
        }
    }
    Ok(rows)
}
