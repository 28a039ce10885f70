//! A new clone: how long a reviewer waits for a check, and a newcomer for the first deploy.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use xtask::{cargo, handover};

use super::commands::timed;
use crate::report::Row;
use crate::sample::Sample;

/// What is changed in the clone, and the line that one more is put before.
const TRIGGER: &str = "triggers/define/src/main.rs";
const LINE: &str = "fn challenge(";
/// How much longer a deploy of one changed line may take than its build.
const LIMIT_MS: f64 = 2_000.0;
const CHANGES: usize = 3;

/// Compiles everything from nothing, once: minutes. Crates and pinned tools that this machine has are not fetched again.
pub(crate) fn run(root: &Path) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir()?;
    let clone = folder.path().join("clone");
    timed(Command::new("git").arg("clone").arg("--quiet").arg(root).arg(&clone))?;
    let local = folder.path().join("local");
    fs::create_dir(&local)?;
    let here = Clone { clone, local };

    let one = |what: &str, ms: f64| Row::new("new clone", what, "s", &std::iter::once(ms / 1e3).collect());
    let mut rows = Vec::new();
    rows.extend(one("render --check", here.xtask(&["render", "--check"])?));
    let first = here.xtask(&["deploy"]);
    let rest = first.and_then(|first| Ok((first, here.changes()?)));
    here.xtask(&["local", "stop"])?;
    let (first, (deploys, builds)) = rest?;
    rows.extend(one("deploy, after that", first));
    let row = Row::new("one line changed", "deploy", "ms", &deploys);
    rows.extend(row.map(|row| row.beyond("bundle", &deploys.beyond(&builds), LIMIT_MS)));
    Ok(rows)
}

struct Clone {
    clone: PathBuf,
    local: PathBuf,
}

impl Clone {
    /// As somebody types it.
    fn xtask(&self, arguments: &[&str]) -> anyhow::Result<f64> {
        let mut command = cargo::here();
        command.arg("xtask").args(arguments).current_dir(&self.clone).env("COGNITO_EMAIL_MFA_LOCAL_DIR", &self.local);
        // The program of the repository that measures.
        command.env_remove(handover::ONLINE);
        // A clone of its own has a folder of its own.
        command.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_BUILD_BUILD_DIR");
        timed(&mut command)
    }

    /// A changed line is built, and another one is built and deployed.
    fn changes(&self) -> anyhow::Result<(Sample, Sample)> {
        let (mut deploys, mut builds) = (Sample::default(), Sample::default());
        for change in 0..CHANGES {
            self.change(2 * change)?;
            builds.push(self.xtask(&["bundle", "--stage", "local", "--debug"])?);
            self.change(2 * change + 1)?;
            deploys.push(self.xtask(&["deploy"])?);
        }
        Ok((deploys, builds))
    }

    fn change(&self, number: usize) -> anyhow::Result<()> {
        let path = self.clone.join(TRIGGER);
        let text = fs::read_to_string(&path).with_context(|| format!("failed to read `{}`", path.display()))?;
        // A word that is in the program, or the archive would be the one of before.
        let before: Vec<_> = text.lines().filter(|line| !line.contains("MEASURED")).collect();
        let mut changed = before.join("\n");
        let line = format!("#[used]\nstatic MEASURED: [u8; 16] = *b\"measured {number:07}\";\n{LINE}");
        changed = changed.replace("#[used]\n", "").replacen(LINE, &line, 1);
        fs::write(&path, changed + "\n").with_context(|| format!("failed to write `{}`", path.display()))
    }
}
