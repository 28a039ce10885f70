#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

use aws_sdk_sesv2::config::{BehaviorVersion, Credentials, SharedCredentialsProvider, retry::RetryConfig};
use serde_json::Value;
use tokio::sync::oneshot;

use super::*;

/// Longer than any row takes; what has not come by then hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the service does with a request.
#[derive(Clone, Copy)]
enum Ses {
    Answers(&'static str, &'static str),
    /// Reads it, and closes the connection in the place of an answer.
    HangsUp,
    /// Reads it and says nothing.
    Hesitates,
    /// Is not there.
    Absent,
}

/// Serves one request and returns its body; joined, it has closed everything. Says on `has_read` that it has the request.
fn serve(listener: TcpListener, ses: Ses, has_read: oneshot::Sender<()>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let body = read(&mut stream);
        let _ = has_read.send(());
        match ses {
            Ses::Answers(status, answer) => {
                let length = answer.len();
                write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{answer}")
                    .unwrap();
            }
            // Ends when the caller gives up.
            Ses::Hesitates => drop(stream.read(&mut [0])),
            Ses::HangsUp | Ses::Absent => {}
        }
        body
    })
}

fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).unwrap();
        request.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&request);
        let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
        let length: usize = length.unwrap().trim().parse().unwrap();
        if request.len() == head.len() + 4 + length {
            return request.split_off(head.len() + 4);
        }
    }
}

#[test]
fn a_sender_has_a_name_in_seven_bits_that_stays_a_name() {
    for (name, text, expected) in [
        ("ASCII", "Example", "\"Example\" <a@example.com>".to_owned()),
        ("punctuation", "Blue & Green, Inc. <x@y>", "\"Blue & Green, Inc. <x@y>\" <a@example.com>".to_owned()),
        ("quotes", r#"The "Shop" \ Co"#, r#""The \"Shop\" \\ Co" <a@example.com>"#.to_owned()),
        ("umlaut", "Müller", "=?UTF-8?B?TcO8bGxlcg==?= <a@example.com>".to_owned()),
        ("a line end", "Ex\r\nBcc: x@y", "=?UTF-8?B?RXgNCkJjYzogeEB5?= <a@example.com>".to_owned()),
        ("long", &"日".repeat(16), {
            let word = STANDARD.encode("日".repeat(15));
            format!("=?UTF-8?B?{word}?= =?UTF-8?B?5pel?= <a@example.com>")
        }),
    ] {
        let sender = sender(text, "a@example.com");
        assert_eq!(sender, expected, "{name}");
        assert!(sender.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()), "{name}: {sender:?}");
        assert!(
            sender.split(' ').filter(|word| word.starts_with("=?")).all(|word| word.len() <= 75),
            "{name}: {sender}"
        );
    }
}

async fn notice(ses: Ses, reply_to: Option<&str>) -> (Result<Delivered, Failure>, Vec<u8>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, has_read) = oneshot::channel();
    let server = match ses {
        Ses::Absent => {
            drop((listener, sender));
            None
        }
        _ => Some(serve(listener, ses, sender)),
    };
    let credentials = Credentials::new("id", "secret", None, None, "test");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(trigger_store::http_client().unwrap())
        .retry_config(RetryConfig::disabled())
        .build();
    let settings = MailSettings {
        from: "no-reply@example.com".to_owned(),
        from_name: "Example".to_owned(),
        reply_to: reply_to.map(str::to_owned),
        region: "eu-west-1".to_owned(),
        configuration_set: None,
        product: "Example".to_owned(),
        locale: Locale::En,
    };
    let to = Address::parse("jane@example.org").unwrap();
    let mailer = Mailer::new(&config, settings);
    let (outcome, ()) = tokio::join!(mailer.send_notice(Locale::De, &to, PATIENCE), async {
        let _ = has_read.await;
        // Nothing will come, so the patience ends at once.
        if matches!(ses, Ses::Hesitates) {
            tokio::time::pause();
        }
    });
    if matches!(ses, Ses::Hesitates) {
        tokio::time::resume();
    }
    // Not on this thread: the client closes its connection on it.
    let body = tokio::task::spawn_blocking(|| server.map(|server| server.join().unwrap()).unwrap_or_default());
    (outcome, body.await.unwrap())
}

#[tokio::test]
async fn the_mail_is_marked_as_automatic_and_says_where_answers_go() {
    let accepts = Ses::Answers("200 OK", r#"{"MessageId":"1"}"#);
    for (reply_to, expected) in
        [(None, Value::Null), (Some("help@example.com"), serde_json::json!(["help@example.com"]))]
    {
        let (outcome, body) = notice(accepts, reply_to).await;
        assert_eq!(outcome, Ok(Delivered::Accepted));
        let request: Value = serde_json::from_slice(&body).unwrap();
        let simple = &request["Content"]["Simple"];
        assert_eq!(simple["Headers"], serde_json::json!([{"Name": "Auto-Submitted", "Value": "auto-generated"}]));
        assert_eq!(request["ReplyToAddresses"], expected);
        assert_eq!(request["FromEmailAddress"], "\"Example\" <no-reply@example.com>");
        assert_eq!(request["Destination"]["ToAddresses"], serde_json::json!(["jane@example.org"]));
        assert_eq!(simple["Subject"]["Data"], "Ihr Konto bei Example ist vorerst gesperrt");
    }
}

#[test]
fn a_mail_tells_whole_minutes_and_forgives_its_own_delay() {
    for (name, seconds_left, expected) in [
        ("a new code of ten minutes", 600, 10),
        ("a second has passed", 599, 10),
        ("a slow call has been repeated", 585, 10),
        ("more than that", 584, 9),
        ("the longest life, a second later", 899, 15),
        ("the shortest life, a second later", 179, 3),
        ("two minutes, a repeated call later", 105, 2),
        ("less than that", 104, 1),
        ("the least that a resend leaves", 60, 1),
        ("a second less", 59, 1),
        ("nearly nothing", 1, 1),
        ("nothing", 0, 1),
    ] {
        assert_eq!(minutes(seconds_left), expected, "{name}");
    }
}

#[tokio::test]
async fn a_refusal_is_told_from_an_answer_that_was_lost() {
    for (name, ses, expected) in [
        (
            "refused",
            Ses::Answers(
                "400 Bad Request",
                r#"{"__type":"MessageRejected","message":"Email address is not verified: jane@example.org"}"#,
            ),
            Err("`SendEmail` failed: MessageRejected: Email address is not verified: <address>"),
        ),
        (
            "paused",
            Ses::Answers("400 Bad Request", r#"{"__type":"SendingPausedException","message":"Sending is paused"}"#),
            Err("`SendEmail` failed: SendingPausedException: Sending is paused"),
        ),
        ("nobody there", Ses::Absent, Err("`SendEmail` failed: no connection: Connection refused (os error 111)")),
        ("the answer is lost", Ses::HangsUp, Ok(Delivered::Unknown)),
        ("the answer is cut off", Ses::Answers("200 OK", "{"), Ok(Delivered::Unknown)),
        ("no answer yet", Ses::Hesitates, Ok(Delivered::Unknown)),
    ] {
        let (outcome, _) = notice(ses, None).await;
        assert_eq!(outcome.map_err(|failure| failure.to_string()), expected.map_err(str::to_owned), "{name}");
    }
}
