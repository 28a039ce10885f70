//! The life of the local AWS, with real processes. Each test has a directory, a port and a local AWS of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod place;

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use place::{Place, said};
use rustix::process::{Pid, Signal, kill_process};

/// What is not there by then hangs.
const LIMIT: Duration = Duration::from_secs(300);

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
    assert!(!place.path().join("scratch").exists());
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
    fs::write(place.path().join("local-aws.json"), state.to_string()).unwrap();
    assert!(place.run("status").starts_with("running"));
    place.run("start");
    assert!(!is_alive(first));
    assert_ne!(place.pid(), first);
}

/// When a process started, as the state file has it.
fn start_of(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    rest.split_ascii_whitespace().nth(19).unwrap().parse().unwrap()
}

#[test]
fn one_of_the_version_before_is_ended_with_the_next_command() {
    let place = Place::new();
    let mut open = Command::new("sleep").arg("300").process_group(0).spawn().unwrap();
    let (pid, started) = (open.id(), start_of(open.id()));
    let process = format!(r#"{{"pid":{pid},"started":{started}}}"#);
    let state =
        format!(r#"{{"schema":1,"port":1,"server":{{"port":1,"process":{process},"token":"t","fingerprint":"f"}}}}"#);
    fs::write(place.path().join("local-aws.json"), state).unwrap();
    place.run("stop");
    let ended = !is_alive(pid.try_into().unwrap());
    let _ = open.kill();
    open.wait().unwrap();
    assert!(ended, "a local AWS that takes every caller for root still runs");
}

#[test]
fn the_keys_are_the_users_alone_and_new_with_each_start() {
    let place = Place::new();
    place.run("start");
    let file = place.path().join("local-aws.json");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let access = place.state()["server"]["access"].clone();
    let secrets = ["secret-access-key", "token"].map(|name| access[name].as_str().unwrap().to_owned());
    let arguments = fs::read_to_string(format!("/proc/{}/cmdline", place.pid())).unwrap();
    let log = fs::read_to_string(place.path().join("local-aws.log")).unwrap();
    for secret in &secrets {
        assert!(!arguments.contains(secret) && !log.contains(secret), "a secret is where others may read");
    }
    place.run("stop");
    assert!(place.state()["server"].is_null());
    place.run("start");
    assert_ne!(place.state()["server"]["access"], access);
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
    fs::write(place.path().join("local-aws.json"), format!(r#"{{"schema":2,"port":{port},"server":null}}"#)).unwrap();
    let endpoint = place.run("start");
    assert!(!endpoint.ends_with(&format!(":{port}")), "{endpoint}");
}

#[test]
fn a_later_process_of_the_same_number_is_not_touched() {
    let place = Place::new();
    let mut bystander = Command::new("sleep").arg("300").spawn().unwrap();
    let access = r#"{"access-key-id":"k","secret-access-key":"s","token":"t"}"#;
    let server = format!(
        r#"{{"port":1,"process":{{"pid":{},"started":1}},"id":"i","fingerprint":"f","access":{access}}}"#,
        bystander.id()
    );
    fs::write(place.path().join("local-aws.json"), format!(r#"{{"schema":2,"port":1,"server":{server}}}"#)).unwrap();
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
            let log = place.path().join("local-aws.log").exists();
            launched = children.split_ascii_whitespace().next().filter(|_| log).map(|child| child.parse().unwrap());
            launched.is_some()
        });
        signal(pid.try_into().unwrap(), interruption);
        command.wait().unwrap();
        wait_until("what was being started is gone", || !is_alive(launched.unwrap()));
        assert_eq!(place.run("status"), "not running");
    }
}
