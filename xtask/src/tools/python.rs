//! Finds a Python that can make virtual environments.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The oldest Python that all pinned tools run on.
const OLDEST: Version = Version { major: 3, minor: 10 };
/// `python3` first: what the user means by Python. The others are for a system whose own is old.
const NAMES: [&str; 6] = ["python3", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
/// Four lines: the version, what tells binary packages apart, the interpreter, and what making an environment lacks.
const QUESTION: &str = "\
import importlib.util, platform, sys
print(sys.version_info[0], sys.version_info[1])
print(sys.implementation.cache_tag, platform.machine(), sep='-')
print(sys.executable)
print(*(name for name in ('venv', 'ensurepip') if importlib.util.find_spec(name) is None))
";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u16,
    minor: u16,
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// A Python that can make virtual environments for the pinned tools.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Python {
    pub(super) program: PathBuf,
    /// Implementation, version and machine, such as `cpython-311-x86_64`.
    pub(super) tag: String,
}

/// Why there is none. Each message says how to get one.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(super) enum NoPython {
    #[error(
        "found no Python\n\
         hint: install Python {OLDEST} or newer, on Debian and Ubuntu with `apt-get install python3 python3-venv`"
    )]
    Missing,
    #[error(
        "`{}` is Python {version}, and they need {OLDEST} or newer\n\
         hint: install a newer Python; `python3.12` and the like are found too, if they are on the `PATH`",
        program.display()
    )]
    TooOld { program: PathBuf, version: Version },
    #[error(
        "`{}` cannot make virtual environments, for it lacks `{lacks}`\n\
         hint: on Debian and Ubuntu, `apt-get install python{version}-venv`",
        program.display()
    )]
    NoVenv { program: PathBuf, version: Version, lacks: String },
}

/// One interpreter's answer to the question.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    version: Version,
    tag: String,
    program: PathBuf,
    lacks: String,
}

impl Python {
    /// The first on the `PATH` that is new enough and complete.
    pub(super) fn find() -> Result<Self, NoPython> {
        choose(NAMES.iter().filter_map(|name| ask(name)))
    }
}

/// The first that fits, else the reason against the first one.
fn choose(candidates: impl Iterator<Item = Candidate>) -> Result<Python, NoPython> {
    let mut reason = None;
    for candidate in candidates {
        let Candidate { version, tag, program, lacks } = candidate;
        let against = if version < OLDEST {
            NoPython::TooOld { program, version }
        } else if !lacks.is_empty() {
            NoPython::NoVenv { program, version, lacks }
        } else {
            return Ok(Python { program, tag });
        };
        reason.get_or_insert(against);
    }
    Err(reason.unwrap_or(NoPython::Missing))
}

fn ask(name: &str) -> Option<Candidate> {
    // Isolated: neither the user's packages nor the working directory have a say in what is found.
    let output = Command::new(name).args(["-I", "-c", QUESTION]).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| parse(&String::from_utf8_lossy(&output.stdout)))?
}

fn parse(answer: &str) -> Option<Candidate> {
    let mut lines = answer.lines();
    let (major, minor) = lines.next()?.split_once(' ')?;
    let version = Version { major: major.parse().ok()?, minor: minor.parse().ok()? };
    let tag = lines.next()?.to_owned();
    let program = PathBuf::from(lines.next()?);
    let lacks = lines.next().unwrap_or_default().trim().to_owned();
    program.is_absolute().then_some(Candidate { version, tag, program, lacks })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn candidate(minor: u16, lacks: &str) -> Candidate {
        parse(&format!("3 {minor}\ncpython-3{minor}-x86_64\n/usr/bin/python3.{minor}\n{lacks}\n")).unwrap()
    }

    #[test]
    fn the_first_that_fits_is_chosen_and_the_first_reason_told() {
        let chosen = choose([candidate(8, ""), candidate(12, "ensurepip"), candidate(11, "")].into_iter());
        assert_eq!(
            chosen,
            Ok(Python { program: PathBuf::from("/usr/bin/python3.11"), tag: "cpython-311-x86_64".to_owned() })
        );

        let table = [
            ("none", vec![], "found no Python"),
            ("old", vec![candidate(9, "")], "is Python 3.9, and they need 3.10 or newer"),
            ("no venv", vec![candidate(12, "ensurepip"), candidate(8, "")], "apt-get install python3.12-venv"),
        ];
        for (name, candidates, expected) in table {
            let message = choose(candidates.into_iter()).unwrap_err().to_string();
            assert!(message.contains(expected), "{name}: {message}");
        }
    }

    #[test]
    fn an_answer_that_is_no_answer_is_no_python() {
        for answer in ["", "3\n", "3 x\n\n\n", "3 11\ncpython-311-x86_64\n\n"] {
            assert_eq!(parse(answer), None, "{answer:?}");
        }
    }
}
