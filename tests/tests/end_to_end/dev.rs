//! The development loop: what a developer finds once it is there, and what is left when it was ended.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use e2e::own_aws::OwnAws;
use e2e::{tool, wait};
use serde_json::Value;

/// What the page answers when it is asked by this name.
fn get(address: &str, host: &str, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(wait::BOUND)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.len() > 12, "{head}");
    (head[9..12].parse().unwrap(), format!("{head}\n\n{body}"))
}

/// What stands behind a word of the block.
fn value<'a>(block: &'a str, name: &str) -> Vec<&'a str> {
    let lines = block.lines().filter(|line| line.starts_with(name));
    lines.map(|line| line[name.len()..].trim()).collect()
}

/// The programs are built already as for AWS.
const DEV: &[&str] = &["dev", "--release", "--port", "0"];

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_until_ctrl_c_and_then_nothing_of_it() {
    let aws = OwnAws::new().unwrap();
    let mut dev = aws.start(DEV).unwrap();
    let block = dev.says("watching for changes").await.unwrap();
    let [inbox] = value(&block, "inbox")[..] else { panic!("{block}") };
    let address = inbox.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let users: Vec<_> = value(&block, "user  ").iter().map(|user| user.split_once(' ').unwrap()).collect();
    let [(email, password), _] = users[..] else { panic!("{block}") };

    let (status, page) = get(&address, &address, "/");
    assert_eq!(status, 200);
    assert!(page.contains("default-src 'none'; script-src 'self'") && page.contains("/page.js"), "{page}");
    let (status, refusal) = get(&address, &address.replace("127.0.0.1", "mail.example.com"), "/mails");
    assert_eq!(status, 403, "{refusal}");
    assert_eq!(get(&address, &address, "/mails").1.split("\n\n").last(), Some("[]"));

    let mut watch = aws.start(&["inbox", "--watch", "--json", "--to", email]).unwrap();
    watch.says("watching the inbox").await.unwrap();
    let mails = || -> Vec<Value> {
        serde_json::from_str(get(&address, &address, "/mails").1.split("\n\n").last().unwrap()).unwrap()
    };
    let signed_in = aws.sign_in(email, password.trim(), async || {
        Ok(mails().last().and_then(|mail| mail["code"].as_str().map(str::to_owned)))
    });
    signed_in.await.unwrap().succeeded().unwrap();
    let line: Value = serde_json::from_str(&watch.prints(email).await.unwrap()).unwrap();
    let [mail] = &mails()[..] else { panic!("{:?}", mails()) };
    assert_eq!((&line["id"], &line["text"]), (&mail["id"], &mail["text"]));
    let (status, html) = get(&address, &address, &format!("/mails/{}", mail["id"].as_str().unwrap()));
    assert!(status == 200 && html.contains("content-security-policy: sandbox; default-src 'none'"), "{html}");
    assert!(html.contains(mail["code"].as_str().unwrap()), "{html}");
    assert_eq!(get(&address, &address, "/mails/none").0, 404);

    let taken = address.rsplit_once(':').unwrap().1;
    let second = aws.start(&["dev", "--port", taken]).unwrap().end().await.unwrap();
    assert_eq!(second.code, Some(1));
    assert!(second.stderr.contains(taken) && second.stderr.contains("hint: `cargo xtask dev --port 0`"), "{second:?}");

    dev.interrupt().unwrap();
    let ended = dev.end().await.unwrap();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(TcpStream::connect(&address).is_err(), "the page is still served");
    let endpoint = value(&block, "endpoint")[0].trim_start_matches("http://");
    assert!(TcpStream::connect(endpoint).is_err(), "the local AWS still runs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_local_aws_that_dies_ends_it_with_the_next_command() {
    let aws = OwnAws::new().unwrap();
    let mut dev = aws.start(DEV).unwrap();
    dev.says("watching for changes").await.unwrap();
    aws.start(&["local", "stop"]).unwrap().end().await.unwrap().succeeded().unwrap();
    let ended = dev.end().await.unwrap();
    assert_eq!(ended.code, Some(1));
    let said: Vec<_> = ended.stderr.lines().rev().take(2).collect();
    assert!(said[1].contains("the local AWS has ended") && said[0].starts_with("hint: `cargo xtask dev`"), "{said:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_on_aws_is_none_to_develop_on() {
    let run = tool::run(&["dev", "--stage", "prod"], "").await.unwrap();
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("hint: `cargo xtask deploy --stage prod`"), "{}", run.stderr);
}
