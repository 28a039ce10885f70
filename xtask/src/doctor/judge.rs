//! What the facts mean: pure, so that machines which nobody here has can be judged in a table.

use std::fmt;

use super::facts::{Facts, Target};
use crate::browser::{Chromium, Lack, Tools};
use crate::local::Standing;

/// The oldest compiler, `rust-version` of the workspace.
const RUST: &str = env!("CARGO_PKG_RUST_VERSION");
const GIB: u64 = 1 << 30;
/// What a first `deploy` writes: the pinned tools, the AWS SDKs, the functions.
const ROOM_FOR_ALL: u64 = 5 * GIB;
/// Below this not even the pinned tools fit.
const ROOM_AT_LEAST: u64 = GIB;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Ok,
    /// Something works less well without it, or a command will see to it by itself.
    Optional,
    Missing,
}

/// One thing that a command may need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) state: State,
    pub(super) what: String,
    /// What to do about it.
    pub(super) mend: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ok => "ok",
            State::Optional => "optional",
            State::Missing => "missing",
        };
        write!(f, "{state:<8}  {}", self.what)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, ": {}", self.mend) }
    }
}

fn ok(what: impl Into<String>) -> Row {
    Row { state: State::Ok, what: what.into(), mend: String::new() }
}

fn optional(what: impl Into<String>, mend: impl Into<String>) -> Row {
    Row { state: State::Optional, what: what.into(), mend: mend.into() }
}

fn missing(what: impl Into<String>, mend: impl Into<String>) -> Row {
    Row { state: State::Missing, what: what.into(), mend: mend.into() }
}

/// What is required first.
pub(super) fn judge(facts: &Facts) -> Vec<Row> {
    let mut rows = vec![rust(facts)];
    match &facts.targets {
        Ok(targets) => rows.extend(targets.iter().map(|target| library(target, facts.rustup))),
        Err(why) => rows.push(missing(format!("what the stages are built for ({why})"), "`cargo xtask check`")),
    }
    rows.push(match &facts.compiler {
        Some(compiler) => ok(format!("C compiler ({compiler})")),
        None => missing("C compiler", "on Debian and Ubuntu, `apt-get install build-essential`"),
    });
    rows.push(python(facts));
    rows.push(room(facts.free_bytes));
    rows.extend(facts.online.iter().map(|(program, runs)| {
        let what = format!("program for the online verbs (`{}`)", program.display());
        if *runs {
            ok(what)
        } else {
            missing(what, "unset `COGNITO_EMAIL_MFA_ONLINE` to have it built, or name one that can be run")
        }
    }));
    rows.push(if facts.fetched {
        ok("pinned tools, in the cache")
    } else {
        optional(
            "pinned tools, not in the cache",
            "the first command that needs them fetches them, as `cargo xtask check`",
        )
    });
    rows.push(match &facts.git {
        Some(git) => ok(git.clone()),
        None => optional("git, so that a bundle can name its commit", "on Debian and Ubuntu, `apt-get install git`"),
    });
    rows.push(local(facts));
    rows.push(match &facts.browser {
        Some(browser) => ok(format!("browser ({browser})")),
        None => optional(
            "browser, to look at what `cargo xtask email preview` writes",
            "any will do, also on another machine",
        ),
    });
    rows.extend(front_end(&facts.front_end));
    rows
}

/// Optional, since only the front end needs it: `cargo xtask test` leaves its tests out by name.
fn front_end(tools: &Tools) -> Vec<Row> {
    let lacks = tools.lacks();
    if !lacks.is_empty() {
        let row = |lack: Lack| optional(format!("{}, for the front end and its tests", lack.what), lack.mend);
        return lacks.into_iter().map(row).collect();
    }
    let node = tools.node.iter().map(|version| ok(format!("Node {version} with npm, for the front end")));
    let chromium = tools.chromium.iter().map(|chromium| match chromium {
        Chromium::OfTheSystem(program) => ok(format!("browser for the tests (`{}`)", program.display())),
        Chromium::OfPlaywright(folder) => {
            ok(format!("browser for the tests (Playwright's, in `{}`)", folder.display()))
        }
    });
    node.chain(chromium).collect()
}

fn rust(facts: &Facts) -> Row {
    let mend = if facts.rustup { "`rustup update stable`" } else { "install Rust by https://rustup.rs" };
    match facts.rustc.as_deref().map(|line| (line, version(line))) {
        Some((line, Some(found))) if version(&format!("rustc {RUST}")).is_some_and(|oldest| found >= oldest) => {
            ok(line)
        }
        Some((line, _)) => missing(format!("Rust {RUST} or newer (this is {line})"), mend),
        None => missing(format!("Rust {RUST} or newer"), mend),
    }
}

/// Major and minor of `rustc 1.95.0 (…)`.
fn version(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.strip_prefix("rustc ")?.split(['.', '-', ' ']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn library(target: &Target, rustup: bool) -> Row {
    let stages: Vec<_> = target.stages.iter().map(|stage| format!("`{stage}`")).collect();
    let what = format!("Rust's standard library for {}, of the stages {}", target.name, stages.join(", "));
    let name = target.name;
    if target.installed {
        ok(what)
    } else if rustup {
        missing(what, format!("`rustup target add {name}`"))
    } else {
        missing(what, format!("install Rust by https://rustup.rs, then `rustup target add {name}`"))
    }
}

fn python(facts: &Facts) -> Row {
    match &facts.python {
        Ok(program) => ok(format!("Python with venv (`{}`)", program.display())),
        Err(why) => {
            let (why, hint) = why.split_once("\nhint: ").unwrap_or((why, "install Python 3.10 or newer"));
            missing(format!("Python 3.10 or newer with venv ({why})"), hint)
        }
    }
}

fn room(free_bytes: Option<u64>) -> Row {
    let Some(free) = free_bytes else { return optional("room on the disk", "could not be asked for") };
    let tenths = free.saturating_mul(10) / GIB;
    let what = format!("room on the disk, {}.{} GiB free", tenths / 10, tenths % 10);
    let mend = "a first deploy and its build take about 5 GiB; `cargo clean` gives back what was built before";
    match free {
        ROOM_FOR_ALL.. => ok(what),
        ROOM_AT_LEAST.. => optional(what, mend),
        _ => missing(what, mend),
    }
}

fn local(facts: &Facts) -> Row {
    if !facts.linux {
        return optional("local AWS, which runs the functions as Linux programs", "use Linux, or WSL on Windows");
    }
    match &facts.local {
        Ok(Standing::Running(running)) => ok(format!("local AWS, running at {}", running.endpoint)),
        Ok(Standing::Stopped { taken: None }) => ok("local AWS, not running; `cargo xtask deploy` starts it"),
        Ok(Standing::Stopped { taken: Some(port) }) => optional(
            format!("local AWS, not running; another program has its port {port}"),
            "it will start on another port; end that program to keep the old one",
        ),
        Err(why) => missing(format!("local AWS ({why})"), "`cargo xtask local stop`"),
    }
}

#[cfg(test)]
mod tests;
