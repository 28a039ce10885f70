//! The life of the local AWS, with real processes. Each test has a directory, a port and a local AWS of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// What is not there by then hangs.
const LIMIT: Duration = Duration::from_secs(300);

/// A place for one local AWS, which is ended with the test.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("--root").arg(root()).args(["local", verb]);
        command.env("COGNITO_EMAIL_MFA_LOCAL_DIR", self.0.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, verb: &str) -> String {
        said(self.command(verb).output().unwrap())
    }

    fn state(&self) -> serde_json::Value {
        serde_json::from_slice(&fs::read(self.0.path().join("local-aws.json")).unwrap()).unwrap()
    }

    fn pid(&self) -> i32 {
        self.state()["server"]["process"]["pid"].as_i64().unwrap().try_into().unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.command("stop").output();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn signal(pid: i32, signal: Signal) {
    kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
}

fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < LIMIT, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The addresses that a process listens on, from `/proc/net/tcp` and `tcp6`.
fn listening(pid: i32) -> Vec<String> {
    let open = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let sockets: Vec<String> = open
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let tables = ["tcp", "tcp6", "udp", "udp6"].map(|name| fs::read_to_string(format!("/proc/{pid}/net/{name}")));
    let lines = tables.iter().flatten().flat_map(|table| table.lines().skip(1));
    let fields = lines.map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    // Field 3 is the state, 0A for a listening and 07 for an unconnected datagram socket; 9 is the socket's inode.
    let ours = fields.filter(|line| ["0A", "07"].contains(&line[3]) && sockets.iter().any(|inode| inode == line[9]));
    ours.map(|line| line[1].to_owned()).collect()
}

#[test]
fn it_is_found_again_replaced_when_dead_and_ended() {
    let place = Place::new();
    assert_eq!(place.run("status"), "not running");

    let endpoint = place.run("start");
    let first = place.pid();
    assert!(place.run("status").starts_with(&format!("running at {endpoint} as process {first}")));
    assert_eq!(place.run("start"), endpoint);
    assert_eq!(place.pid(), first, "the second command started another one");

    // 0100007F is 127.0.0.1 as the kernel writes it.
    let port = place.state()["port"].as_u64().unwrap();
    assert_eq!(listening(first), [format!("0100007F:{port:04X}")]);

    signal(first, Signal::KILL);
    wait_until("the killed one is gone", || !is_alive(first));
    assert_eq!(place.run("status"), "not running");
    assert_eq!(place.run("start"), endpoint, "the port is free, so it is the same");
    let second = place.pid();
    assert_ne!(second, first);

    place.run("stop");
    assert!(!is_alive(second));
    assert_eq!(place.run("status"), "not running");
    assert!(!place.0.path().join("scratch").exists());
}

#[test]
fn one_that_hangs_is_replaced() {
    let place = Place::new();
    place.run("start");
    let first = place.pid();
    signal(first, Signal::STOP);
    assert_eq!(place.run("status"), "not running");
    place.run("start");
    assert!(!is_alive(first), "the hanging one was left behind");
    assert_ne!(place.pid(), first);
}

#[test]
fn one_of_another_launcher_is_replaced() {
    let place = Place::new();
    place.run("start");
    let first = place.pid();
    let mut state = place.state();
    state["server"]["fingerprint"] = "0000000000000000".into();
    fs::write(place.0.path().join("local-aws.json"), state.to_string()).unwrap();
    assert!(place.run("status").starts_with("running"));
    place.run("start");
    assert!(!is_alive(first));
    assert_ne!(place.pid(), first);
}

#[test]
fn two_commands_at_once_start_one_and_two_clones_two() {
    let place = Place::new();
    let clone = Place::new();
    let started = [&place, &place, &clone].map(|place| place.command("start").spawn().unwrap());
    let endpoints = started.map(|command| said(command.wait_with_output().unwrap()));
    assert_eq!(endpoints[0], endpoints[1]);
    assert_ne!(endpoints[0], endpoints[2]);
    assert_ne!(place.pid(), clone.pid());

    clone.run("stop");
    assert!(place.run("status").contains(&endpoints[0]), "a clone ended its neighbour's");
}

#[test]
fn a_port_taken_meanwhile_is_left_alone() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    fs::write(place.0.path().join("local-aws.json"), format!(r#"{{"schema":1,"port":{port},"server":null}}"#)).unwrap();
    let endpoint = place.run("start");
    assert!(!endpoint.ends_with(&format!(":{port}")), "{endpoint}");
}

#[test]
fn a_later_process_of_the_same_number_is_not_touched() {
    let place = Place::new();
    let mut bystander = Command::new("sleep").arg("300").spawn().unwrap();
    let server =
        format!(r#"{{"port":1,"process":{{"pid":{},"started":1}},"token":"t","fingerprint":"f"}}"#, bystander.id());
    fs::write(place.0.path().join("local-aws.json"), format!(r#"{{"schema":1,"port":1,"server":{server}}}"#)).unwrap();
    place.run("stop");
    place.run("start");
    let untouched = bystander.try_wait().unwrap().is_none();
    bystander.kill().unwrap();
    bystander.wait().unwrap();
    assert!(untouched, "a process that is none of ours was ended");
}

#[test]
fn an_interrupted_start_leaves_nothing() {
    for interruption in [Signal::INT, Signal::TERM, Signal::KILL] {
        let place = Place::new();
        let mut command: Child = place.command("start").spawn().unwrap();
        let pid = command.id();
        let mut launched = None;
        wait_until("the local AWS is being started", || {
            let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
            let log = place.0.path().join("local-aws.log").exists();
            launched = children.split_ascii_whitespace().next().filter(|_| log).map(|child| child.parse().unwrap());
            launched.is_some()
        });
        signal(pid.try_into().unwrap(), interruption);
        command.wait().unwrap();
        wait_until("what was being started is gone", || !is_alive(launched.unwrap()));
        assert_eq!(place.run("status"), "not running");
    }
}
