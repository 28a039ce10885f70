//! Where a run was made: figures without it say little.

use std::fmt;
use std::fs;
use std::process::Command;

use serde::Serialize;

#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) processors: usize,
    pub(crate) memory_mib: u64,
    pub(crate) kernel: String,
    pub(crate) rustc: String,
    pub(crate) node: Option<String>,
    pub(crate) commit: Option<String>,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let field = |file: &str, name: &str| {
            let text = fs::read_to_string(file).ok()?;
            let line = text.lines().find(|line| line.starts_with(name))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        };
        let memory = field("/proc/meminfo", "MemTotal");
        let kib: u64 = memory.and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or_default();
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: kib / 1024,
            kernel: said("uname", &["-sr"]).unwrap_or_default(),
            rustc: said("rustc", &["--version"]).unwrap_or_default(),
            node: said("node", &["--version"]),
            commit: said("git", &["describe", "--always", "--dirty"]),
        }
    }
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, processors, memory_mib, kernel, rustc, node, commit } = self;
        write!(f, "{processors} × {processor}, {memory_mib} MiB, {kernel}\n{rustc}")?;
        if let Some(node) = node {
            write!(f, ", Node {node}")?;
        }
        commit.as_ref().map_or(Ok(()), |commit| write!(f, ", commit {commit}"))
    }
}
