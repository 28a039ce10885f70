//! What Ctrl-C and SIGTERM do, in processes of their own: handlers belong to a whole process.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use xtask_online::aws::Session;
use xtask_online::consent::Consent;
use xtask_online::events::Goal;
use xtask_online::follow::{self, Follower, Operation};
use xtask_online::interrupt::Interrupts;
use xtask_online::progress::Reporter;

const ROLE: &str = "INTERRUPTS_TEST_ROLE";

/// This program again, as another process that plays one role.
struct Played {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Played {
    fn begin(role: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "a_role", "--nocapture"]).env(ROLE, role);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    fn waits_for(&mut self, words: &str) {
        let mut line = String::new();
        while !line.ends_with(&format!("{words}\n")) {
            line.clear();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "`{words}` never came");
        }
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// The rest of what it says, and the signal that ended it.
    fn end(mut self) -> (String, Option<i32>) {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (rest, self.child.wait().unwrap().signal())
    }
}

#[test]
fn an_interruption_is_an_answer_to_a_question() {
    for signal in [Signal::INT, Signal::TERM] {
        let mut played = Played::begin("question");
        played.waits_for("asking");
        played.signal(signal);
        let (said, ended_by) = played.end();
        assert!(said.contains("refused: interrupted") && ended_by.is_none(), "{said}");
    }
}

#[test]
fn an_interruption_ends_the_following_and_says_that_the_operation_goes_on() {
    let mut played = Played::begin("following");
    played.waits_for("looked twice");
    played.signal(Signal::INT);
    let (said, ended_by) = played.end();
    let expected = "interrupted; the deploy of the stack `cognito-email-mfa-prod` goes on in AWS\n\
                    hint: `cargo xtask status --stage prod` shows how it stands";
    assert!(said.contains(expected) && ended_by.is_none(), "{said}");
}

#[test]
fn the_second_signal_ends_the_program_and_so_does_the_first_where_nobody_listens() {
    let mut played = Played::begin("twice");
    played.waits_for("listening");
    played.signal(Signal::INT);
    played.waits_for("first");
    played.signal(Signal::TERM);
    assert_eq!(played.end().1, Some(Signal::TERM.as_raw()));

    let mut played = Played::begin("nobody");
    played.waits_for("no longer");
    played.signal(Signal::INT);
    assert_eq!(played.end().1, Some(Signal::INT.as_raw()));
}

/// Does nothing unless another test begins it with a role.
#[tokio::test(flavor = "multi_thread")]
async fn a_role() {
    let Ok(role) = std::env::var(ROLE) else { return };
    match role.as_str() {
        "question" => {
            let question = tokio::spawn(Consent::Ask.obtain("go on?"));
            // From here on a signal is told, and kept until the question looks for it.
            let listening = Interrupts::listen().unwrap();
            say("asking");
            let refused = question.await.unwrap().unwrap_err();
            drop(listening);
            say(&format!("refused: {refused}"));
        }
        "following" => say(&following().await),
        "twice" => {
            let mut interrupts = Interrupts::listen().unwrap();
            say("listening");
            interrupts.next().await;
            say("first");
            std::future::pending::<()>().await;
        }
        "nobody" => {
            drop(Interrupts::listen().unwrap());
            say("no longer");
            std::future::pending::<()>().await;
        }
        other => panic!("there is no role `{other}`"),
    }
}

fn say(text: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{text}").unwrap();
    output.flush().unwrap();
}

/// What becomes of following an operation on which nothing ever happens.
async fn following() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener));
    let stage = xtask::stage::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), "prod").unwrap();
    let sdk_config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(&endpoint)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new("id", "secret", None, None, "test")))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let client = aws_sdk_cloudformation::Client::new(&sdk_config);
    let account = "111122223333".to_owned();
    let session = Session { stage, account, sdk_config, endpoint: Some(endpoint), reporter: Reporter::new(false) };
    let follower = Follower::start(&client, "arn:stack/1").await.unwrap();
    let operation = Operation { name: "the deploy", goal: Goal::Change, resources: 0 };
    follow::to_the_end(&session, &client, follower, operation).await.unwrap_err().to_string()
}

async fn serve(listener: TcpListener) {
    const BODY: &str = "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents/></DescribeStackEventsResult>\
                        </DescribeStackEventsResponse>";
    for asked in 1.. {
        let (mut peer, _) = listener.accept().await.unwrap();
        let mut request = [0; 8192];
        let _ = peer.read(&mut request).await.unwrap();
        let length = BODY.len();
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{BODY}");
        peer.write_all(answer.as_bytes()).await.unwrap();
        // The first look comes before the following.
        if asked == 3 {
            say("looked twice");
        }
    }
}
