//! Makes one virtual environment and fills it from the pinned requirements.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

use super::python::Python;

/// How much of a failed command's output is shown.
const TAIL: usize = 12;
/// Settings of a developer's pip that would install somewhere else, or make Python load something else. Proxies, mirrors
/// and certificates stay as they are set.
const UNWANTED: [&str; 6] = ["PIP_PREFIX", "PIP_ROOT", "PIP_TARGET", "PIP_USER", "PYTHONHOME", "PYTHONPATH"];

pub(super) fn install(python: &Python, directory: &Path, requirements: &Path) -> anyhow::Result<()> {
    let mut venv = Command::new(&python.program);
    venv.args(["-m", "venv"]).arg(directory);
    run(venv).with_context(|| {
        format!(
            "failed to make a virtual environment for the pinned tools with `{}`\n\
             hint: on Debian and Ubuntu, `apt-get install python3-venv`",
            python.program.display()
        )
    })?;

    let mut pip = Command::new(directory.join("bin/python3"));
    // Hashes alone decide what may be installed, and nothing is built or run on the way.
    pip.args(["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"])
        .args(["--require-hashes", "--only-binary", ":all:", "--requirement"])
        .arg(requirements);
    run(pip).with_context(|| {
        format!(
            "failed to fetch the pinned tools of `{}` with pip\n\
             hint: check the network, and the proxy, index and certificate settings that `pip config list` shows; \
             then run the same command again",
            requirements.display()
        )
    })
}

/// Runs to the end. The error is the tail of what the command said.
fn run(mut command: Command) -> anyhow::Result<()> {
    for name in UNWANTED {
        command.env_remove(name);
    }
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{}\n{}", output.status, tail(&String::from_utf8_lossy(&said)));
    }
    Ok(())
}

fn tail(said: &str) -> String {
    let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(TAIL)..].iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_short_and_keeps_the_end() {
        let said: String = (1..=20).map(|line| format!("line {line}\n\n")).collect();
        let tail = tail(&said);
        assert_eq!(tail.lines().count(), TAIL);
        assert!(tail.starts_with("  line 9\n") && tail.ends_with("  line 20"), "{tail}");
    }
}
