//! The functions that are measured: ours, the bare ones, and Node's.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use xtask::trigger::Trigger;

/// A function as it is started.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// As the report calls it.
    pub(crate) name: String,
    pub(crate) words: Vec<OsString>,
    /// Where it works.
    pub(crate) folder: PathBuf,
}

/// Which program answers for a trigger.
#[derive(Debug, Clone)]
pub(crate) enum Functions {
    Ours(PathBuf),
    Node(PathBuf),
}

impl Functions {
    pub(crate) fn program(&self, trigger: Trigger) -> anyhow::Result<Program> {
        match self {
            Self::Ours(folder) => bootstrap(folder, trigger.package(), trigger.name()),
            Self::Node(folder) => {
                let file = there(folder.join(trigger.name()).with_extension("mjs"))?;
                let words = if has_own_runtime(folder) {
                    vec![
                        "node".into(),
                        client(folder).join("bin/index.mjs").into(),
                        format!("{}.handler", trigger.name()).into(),
                    ]
                } else {
                    vec!["node".into(), folder.join("loop.mjs").into(), file.into()]
                };
                Ok(Program { name: format!("{} on Node", trigger.name()), words, folder: folder.clone() })
            }
        }
    }
}

/// Whether Node's functions run in AWS's runtime client, as on Lambda; npm builds it where a C++ compiler, cmake and
/// autotools are.
pub(crate) fn has_own_runtime(folder: &Path) -> bool {
    client(folder).join("dist/rapid-client.node").is_file()
}

fn client(folder: &Path) -> PathBuf {
    folder.with_file_name("node_modules").join("aws-lambda-ric")
}

/// A function that is there to compare with.
pub(crate) fn bare(folder: &Path, name: &str) -> anyhow::Result<Program> {
    bootstrap(folder, name, name)
}

fn bootstrap(folder: &Path, program: &str, name: &str) -> anyhow::Result<Program> {
    let file = there(folder.join(program).join("bootstrap"))?;
    Ok(Program { name: name.to_owned(), words: vec![file.into()], folder: folder.to_owned() })
}

fn there(file: PathBuf) -> anyhow::Result<PathBuf> {
    ensure!(file.is_file(), "there is no `{}`\nhint: run this by `cargo xtask bench`, which builds it", file.display());
    Ok(file)
}
