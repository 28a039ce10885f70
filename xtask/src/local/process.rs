//! One process, told from a later one that got the same number.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;
use rustix::process::{Pid, Signal, kill_process_group};
use serde::{Deserialize, Serialize};

/// How long a process may take to end by itself: MiniStack waits some seconds for open connections.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a killed process may take to be gone, on a busy machine too.
const AFTER_KILL: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(20);

/// A process that leads its own session: its number, and when it started, in clock ticks after the machine's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) started: u64,
}

impl Process {
    /// The process that has this number now.
    pub(super) fn of(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        started(&stat).map(|started| Self { pid, started })
    }

    pub(super) fn is_alive(self) -> bool {
        Self::of(self.pid) == Some(self)
    }

    /// Ends the process and the functions it runs: asks first, kills after a while. Does nothing to a later process of
    /// the same number.
    pub(super) fn end(self) -> anyhow::Result<()> {
        if self.signal(Signal::TERM) && !self.gone_within(PATIENCE) {
            self.signal(Signal::KILL);
        }
        if !self.gone_within(AFTER_KILL) {
            bail!(
                "process {} does not end\nhint: see `ps -fp {}` for whose it is and what holds it",
                self.pid,
                self.pid
            );
        }
        Ok(())
    }

    /// Whether the signal was sent.
    fn signal(self, signal: Signal) -> bool {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else { return false };
        self.is_alive() && kill_process_group(pid, signal).is_ok()
    }

    fn gone_within(self, limit: Duration) -> bool {
        let start = Instant::now();
        while self.is_alive() {
            if start.elapsed() > limit {
                return false;
            }
            thread::sleep(POLL);
        }
        true
    }
}

/// When a process started, by its `/proc/<pid>/stat`; none for one that has ended and only waits for its parent.
fn started(stat: &str) -> Option<u64> {
    // The second field is the program's name in parentheses, and may hold anything, parentheses too.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split_ascii_whitespace();
    let ended = matches!(fields.next()?, "Z" | "X");
    let started = fields.nth(18)?.parse().ok()?;
    (!ended).then_some(started)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_time_is_the_22nd_field_whatever_the_name() {
        let line = |name: &str, state: &str| {
            format!(
                "42 ({name}) {state} 1 42 42 0 -1 4194560 9 0 0 0 3 1 0 0 20 0 5 0 987654 1000 2000 18446744073709551615"
            )
        };
        let table = [
            ("plain", line("python3", "S"), Some(987_654)),
            ("a name to mislead", line("a) R 1 (b", "R"), Some(987_654)),
            ("ended, not yet reaped", line("python3", "Z"), None),
            ("cut short", "42 (python3) S 1 42".to_owned(), None),
            ("empty", String::new(), None),
        ];
        for (name, stat, expected) in table {
            assert_eq!(started(&stat), expected, "{name}");
        }
    }

    #[test]
    fn another_process_of_the_same_number_is_not_it() {
        let own = Process::of(std::process::id());
        assert!(own.is_some_and(Process::is_alive));
        let earlier = own.map(|own| Process { started: own.started - 1, ..own });
        assert!(earlier.is_some_and(|earlier| !earlier.is_alive()));
        // It would end this test.
        assert!(earlier.is_some_and(|earlier| !earlier.signal(Signal::KILL)));
    }
}
