//! One process of a function, and what it costs.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fakes::place;
use fakes::runtime_api::{Answer, Answered, RuntimeApi};
use serde_json::Value;
use tokio::process::{Child, Command};

use crate::program::Program;
use crate::share::Share;

/// Longer than any start that is worth a figure. What has not answered by then hangs.
const BOUND: Duration = Duration::from_secs(300);

/// A running function. Ended when dropped.
pub(crate) struct Instance {
    api: RuntimeApi,
    child: Child,
    name: String,
    begun: Instant,
}

/// A start with an event waiting, as after a sign-in that found no instance.
#[derive(Debug)]
pub(crate) struct ColdStart {
    /// From the start of the process to its first poll of the Runtime API.
    pub(crate) first_poll_ms: f64,
    /// From the start of the process to the answer.
    pub(crate) first_answer_ms: f64,
    /// The most memory that was resident until then.
    pub(crate) peak_mib: f64,
    pub(crate) answer: Value,
}

impl Instance {
    /// Starts the function, on a share of a processor or on all of it.
    pub(crate) async fn start(
        program: &Program,
        environment: &[(String, String)],
        share: Option<&Share>,
    ) -> anyhow::Result<Self> {
        let api = RuntimeApi::open().await?;
        let words = share.map_or_else(|| program.words.clone(), |share| share.wrapped(&program.words));
        let (file, arguments) = words.split_first().context("a program has a name")?;
        let mut command = Command::new(file);
        command
            .args(arguments)
            .current_dir(&program.folder)
            .env_clear()
            .envs(api.environment())
            .envs(environment.iter().cloned());
        // Where `node` is found; ours look at no path.
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let log = log(&program.name)?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).kill_on_drop(true);
        let begun = Instant::now();
        let child = command.spawn().with_context(|| format!("failed to start `{}`", program.name))?;
        Ok(Self { api, child, name: program.name.clone(), begun })
    }

    /// Starts the function for one event and ends it.
    pub(crate) async fn cold(
        program: &Program,
        environment: &[(String, String)],
        share: Option<&Share>,
        event: &Value,
    ) -> anyhow::Result<ColdStart> {
        let mut instance = Self::start(program, environment, share).await?;
        // Waits by the time of the first poll.
        let waiting = instance.api.hand_out(event);
        let answered = instance.bounded(waiting).await?;
        let polled = instance.api.first_poll().await;
        let peak_mib = instance.peak_mib()?;
        let ms = |at: Instant| (at - instance.begun).as_secs_f64() * 1e3;
        let (first_poll_ms, first_answer_ms) = (ms(polled), ms(answered.at));
        let answer = response(&instance.name, answered)?;
        instance.end().await?;
        Ok(ColdStart { first_poll_ms, first_answer_ms, peak_mib, answer })
    }

    /// Hands out one more event. Says what came of it, and how long it was on its way.
    pub(crate) async fn ask(&mut self, event: &Value) -> anyhow::Result<(Value, Duration)> {
        let waiting = self.api.hand_out(event);
        let answered = self.bounded(waiting).await?;
        let took = answered.took;
        Ok((response(&self.name, answered)?, took))
    }

    async fn bounded(&mut self, waiting: tokio::sync::oneshot::Receiver<Answered>) -> anyhow::Result<Answered> {
        tokio::select! {
            answered = waiting => answered.context("the Runtime API was closed"),
            ended = self.child.wait() => bail!(
                "`{}` ended instead of answering: {}; it has logged to `{}`", self.name, ended?, log_file(&self.name).display()
            ),
            () = tokio::time::sleep(BOUND) => bail!("`{}` has not answered within {BOUND:?}", self.name),
        }
    }

    fn peak_mib(&self) -> anyhow::Result<f64> {
        let id = self.child.id().context("the process runs")?;
        let status =
            fs::read_to_string(format!("/proc/{id}/status")).context("failed to read the memory of a process")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel counts memory")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1024.0)
    }

    /// Ends the function in a way that it can hear of, as what counts its instructions has to.
    #[cfg(test)]
    pub(crate) async fn terminate(mut self) -> anyhow::Result<()> {
        let id = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        rustix::process::kill_process(id.context("the process runs")?, rustix::process::Signal::TERM)?;
        tokio::time::timeout(BOUND, self.child.wait()).await.context("the process does not end")??;
        Ok(())
    }

    async fn end(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.with_context(|| format!("failed to end `{}`", self.name))
    }
}

/// What the last instance of a function has printed; Lambda takes it by a pipe.
fn log_file(name: &str) -> PathBuf {
    place::root().join("target/bench/logs").join(name.replace(' ', "-")).with_extension("log")
}

fn log(name: &str) -> anyhow::Result<File> {
    let path = log_file(name);
    let failed = || format!("failed to make `{}`", path.display());
    path.parent().map_or(Ok(()), fs::create_dir_all).with_context(failed)?;
    File::create(&path).with_context(failed)
}

fn response(name: &str, answered: Answered) -> anyhow::Result<Value> {
    match answered.answer {
        Answer::Response(value) => Ok(value),
        Answer::Error { error_type, message } => bail!("`{name}` failed: {error_type}: {message}"),
    }
}

/// A figure of a function that did not do its work is none.
pub(crate) fn ensure_did(answer: &Value, pointer: &str, expected: &str) -> anyhow::Result<()> {
    let found = answer.pointer(pointer);
    let found = found.map_or_else(String::new, |value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    ensure!(found == expected, "a measured function answered `{found}` and not `{expected}`");
    Ok(())
}
