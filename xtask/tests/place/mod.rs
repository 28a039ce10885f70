//! A local AWS of one test, started and ended by the real command.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A place for one local AWS, which is ended with the test.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// What `local env` prints, as the environment of another program.
    pub fn environment(&self) -> BTreeMap<String, String> {
        serde_json::from_str(&said(self.command("env").arg("--json").output().unwrap())).unwrap()
    }

    /// A Python program with the pinned tools' packages.
    pub fn python(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(xtask::tools::ensure_in(&root()).unwrap().program("python3"));
        command.arg("-IB").args(arguments).env_clear().envs(self.environment());
        command
    }

    pub fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("--root").arg(root()).args(["local", verb]);
        command.env("COGNITO_EMAIL_MFA_LOCAL_DIR", self.0.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, verb: &str) -> String {
        said(self.command(verb).output().unwrap())
    }

    pub fn state(&self) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.0.path().join("local-aws.json")).unwrap()).unwrap()
    }

    pub fn pid(&self) -> i32 {
        self.state()["server"]["process"]["pid"].as_i64().unwrap().try_into().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.command("stop").output();
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

pub fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
