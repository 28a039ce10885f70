//! Who may use the local AWS. What a real browser does with it is in `examples/angular/e2e/other-origins.e2e.ts`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod place;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use place::{Place, said};

const BOUND: Duration = Duration::from_secs(300);
const JSON: &str = "Content-Type: application/x-amz-json-1.1";
const INITIATE: &str = "X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth";
const HOST: &str = "Host: localhost:4200";
const FUNCTION: &str = r#"{"FunctionName":"planted","Runtime":"python3.12","Handler":"a.b","Role":"arn:aws:iam::000000000000:role/r","Code":{"ZipFile":"UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}}"#;

/// Status and whole answer. None: the connection was closed without one.
fn ask(port: u16, line: &str, headers: &[&str], body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(BOUND)).unwrap();
    let head = [&[line], headers, &["Connection: close"]].concat().join("\r\n");
    write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.get(9..12)?.parse().ok()?;
    Some((status, answer))
}

#[test]
fn requests_are_taken_by_where_they_come_from_and_who_signs_them() {
    let place = Place::new();
    let endpoint = place.run("start");
    let port: u16 = endpoint.rsplit_once(':').unwrap().1.parse().unwrap();
    let access = place.state()["server"]["access"]["access-key-id"].as_str().unwrap().to_owned();
    let token = place.state()["server"]["access"]["token"].as_str().unwrap().to_owned();
    let token = format!("X-Local-Aws-Token: {token}");

    // As a stranger signs, who has no secret, with a key that MiniStack takes for root's.
    let now = said(std::process::Command::new("date").args(["-u", "+%Y%m%dT%H%M%SZ"]).output().unwrap());
    let date = &format!("X-Amz-Date: {now}");
    let scope = format!("{}/eu-central-1/lambda/aws4_request", &now[..8]);
    let signed = |key: &str| {
        let parts = format!("Credential={key}/{scope}, SignedHeaders=host;x-amz-date, Signature=00");
        format!("Authorization: AWS4-HMAC-SHA256 {parts}")
    };
    let (root, number, tool) = (&signed("test"), &signed("000000000000"), &signed(&access));
    let in_query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test/{scope}&X-Amz-Date={now}&X-Amz-Expires=60\
         &X-Amz-SignedHeaders=host&X-Amz-Signature=00"
    );

    let ready = "GET /_ministack/ready HTTP/1.1";
    let mails = "GET /_ministack/ses/messages HTTP/1.1";
    let post = "POST / HTTP/1.1";
    let make = "POST /2015-03-31/functions HTTP/1.1";
    let invoke_in_query = format!("POST /2015-03-31/functions?{in_query} HTTP/1.1");
    let make_user = format!("GET /?Action=CreateUser&Version=2010-05-08&UserName=planted&{in_query} HTTP/1.1");
    let initiate = r#"{"AuthFlow":"CUSTOM_AUTH","ClientId":"none","AuthParameters":{}}"#;
    let preflight = "OPTIONS / HTTP/1.1";
    let asks = "Access-Control-Request-Headers: x-amz-target";

    let rows: [(&str, &str, &[&str], &str, &str); 54] = [
        ("readiness", ready, &[HOST], "", "200"),
        ("by address", ready, &["Host: 127.0.0.1:1"], "", "200"),
        ("by IPv6 address", ready, &["Host: [::1]:80"], "", "200"),
        ("by a name in capitals", ready, &["Host: LOCALHOST"], "", "200"),
        ("by a foreign name", ready, &["Host: evil.example"], "", "403"),
        ("by a foreign name that begins like an address", ready, &["Host: 127.0.0.1.evil.example"], "", "403"),
        ("by a name below localhost", ready, &["Host: evil.localhost"], "", "403"),
        ("by another loopback address", ready, &["Host: 127.0.0.2"], "", "403"),
        ("by no name", ready, &["Host:"], "", "403"),
        ("by a function's own name", ready, &["Host: abc.lambda-url.eu-central-1.localhost"], "", "403"),
        ("from a loopback page", ready, &[HOST, "Origin: http://localhost:4200"], "", "200"),
        ("from a loopback page over TLS", ready, &[HOST, "Origin: https://127.0.0.1"], "", "200"),
        ("from a foreign page", ready, &[HOST, "Origin: https://evil.example"], "", "403"),
        ("from a page that hides its origin", ready, &[HOST, "Origin: null"], "", "403"),
        ("from a page below localhost", ready, &[HOST, "Origin: http://evil.localhost"], "", "403"),
        ("from a page with localhost in its name", ready, &[HOST, "Origin: http://localhost.evil.example"], "", "403"),
        ("from an extension", ready, &[HOST, "Origin: chrome-extension://localhost"], "", "403"),
        ("from an empty origin", ready, &[HOST, "Origin:"], "", "403"),
        ("from another site, as an image is fetched", ready, &[HOST, "Sec-Fetch-Site: cross-site"], "", "403"),
        ("from the same site", ready, &[HOST, "Sec-Fetch-Site: same-site"], "", "200"),
        (
            "from a loopback page of another site",
            ready,
            &[HOST, "Origin: http://localhost:4200", "Sec-Fetch-Site: cross-site"],
            "",
            "200",
        ),
        ("two origins", ready, &[HOST, "Origin: http://localhost", "Origin: https://evil.example"], "", "403"),
        ("the mails, without the token", mails, &[HOST], "", "403"),
        ("the mails, with another token", mails, &[HOST, "X-Local-Aws-Token: 00"], "", "403"),
        ("the mails, with the token", mails, &[HOST, &token], "", "200"),
        ("the mails, with the token, by a foreign name", mails, &["Host: evil.example", &token], "", "403"),
        (
            "the mails, with the token, from a foreign page",
            mails,
            &[HOST, &token, "Origin: https://evil.example"],
            "",
            "403",
        ),
        ("a reset, without the token", "POST /_ministack/reset HTTP/1.1", &[HOST], "", "403"),
        ("settings, without the token", "POST /_ministack/config HTTP/1.1", &[HOST], "{}", "403"),
        ("code of a function, without the token", "GET /_ministack/lambda-code/a/b/c HTTP/1.1", &[HOST], "", "403"),
        ("the same by another name", "GET /_localstack/health HTTP/1.1", &[HOST], "", "403"),
        ("a function by root's well-known key", make, &[HOST, date, root], FUNCTION, "403 UnrecognizedClientException"),
        ("a function by an account's number", make, &[HOST, date, number], FUNCTION, "403 UnrecognizedClientException"),
        ("a function by the tool's key", make, &[HOST, date, tool], FUNCTION, "403 InvalidSignatureException"),
        (
            "a function by a form",
            &invoke_in_query,
            &[HOST, "Content-Type: text/plain"],
            FUNCTION,
            "403 UnrecognizedClientException",
        ),
        ("a function by nobody", make, &[HOST], FUNCTION, "403 MissingAuthenticationToken"),
        ("a user by an image", &make_user, &[HOST], "", "403 InvalidClientTokenId"),
        ("buckets by nobody", "GET / HTTP/1.1", &[HOST], "", "403"),
        ("an object by nobody", "GET /bucket/key HTTP/1.1", &[HOST], "", "403"),
        ("keys of no pool", "GET /bucket/.well-known/jwks.json HTTP/1.1", &[HOST], "", "403"),
        ("a hosted page", "GET /oauth2/authorize?client_id=a HTTP/1.1", &[HOST], "", "403"),
        ("who it is, by nobody", post, &[HOST], "Action=GetCallerIdentity&Version=2011-06-15", "403"),
        ("another algorithm", make, &[HOST, "Authorization: AWS test:00"], FUNCTION, "403"),
        ("a sign-in", post, &[HOST, JSON, INITIATE], initiate, "400 ResourceNotFoundException"),
        (
            "a sign-in from a loopback page",
            post,
            &[HOST, JSON, INITIATE, "Origin: http://localhost:4200"],
            initiate,
            "400 ResourceNotFoundException",
        ),
        (
            "a sign-in as a form can send it",
            post,
            &[HOST, "Content-Type: text/plain", INITIATE],
            initiate,
            "400 MissingAuthenticationToken",
        ),
        (
            "a sign-in under another path",
            "POST /a HTTP/1.1",
            &[HOST, JSON, INITIATE],
            initiate,
            "400 MissingAuthenticationToken",
        ),
        (
            "a sign-in with credentials beside it",
            post,
            &[HOST, JSON, INITIATE, date, root],
            initiate,
            "400 UnrecognizedClientException",
        ),
        (
            "an operator's call",
            post,
            &[HOST, JSON, "X-Amz-Target: AWSCognitoIdentityProviderService.ListUserPools"],
            r#"{"MaxResults":1}"#,
            "400 MissingAuthenticationToken",
        ),
        (
            "two targets",
            post,
            &[HOST, JSON, INITIATE, "X-Amz-Target: AWSCognitoIdentityProviderService.ListUserPools"],
            initiate,
            "403",
        ),
        ("a loopback page asks before", preflight, &[HOST, "Origin: http://localhost:4200", asks], "", "200"),
        ("a foreign page asks before", preflight, &[HOST, "Origin: https://evil.example", asks], "", "403"),
        ("nobody's page asks before", preflight, &[HOST, asks], "", "403"),
        (
            "a page's socket",
            "GET /_aws/execute-api/a/b HTTP/1.1",
            &[
                HOST,
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
                "Sec-WebSocket-Version: 13",
            ],
            "",
            "403",
        ),
    ];
    for (name, line, headers, body, expected) in rows {
        let answer = ask(port, line, headers, body);
        let (status, text) = answer.unwrap_or_else(|| panic!("{name}: no answer"));
        let (expected, code) = expected.split_once(' ').unwrap_or((expected, ""));
        assert!(status.to_string() == expected && text.contains(code), "{name}: {text}");
        let text = text.to_lowercase();
        let origin = headers.iter().find_map(|header| header.strip_prefix("Origin: "));
        let readable = format!("\r\naccess-control-allow-origin: {}\r\n", origin.unwrap_or("*"));
        let taken = expected == "200" || code == "ResourceNotFoundException";
        assert_eq!(text.contains(&readable), origin.is_some() && taken, "{name}: {text}");
        assert!(!text.contains("access-control-allow-origin: *"), "{name}: {text}");
        assert!(line != preflight || expected != "200" || text.contains("access-control-allow-headers: x-amz-target"));
    }

    let count = "import botocore.session as b, os
s = b.get_session()
c = lambda name: s.create_client(name, region_name=os.environ['AWS_REGION'])
print(len(c('lambda').list_functions()['Functions']), len(c('iam').list_users()['Users']))";
    assert_eq!(said(place.python(&["-c", count]).output().unwrap()), "0 0", "something was made");
}

#[test]
fn lines_for_a_shell_lead_other_tools_to_it() {
    let place = Place::new();
    let missing = place.command("env").output().unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("hint: `cargo xtask local start`"), "{missing:?}");

    let endpoint = place.run("start");
    let environment = place.environment();
    let names: Vec<_> = environment.keys().map(String::as_str).collect();
    assert_eq!(names, ["AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_SECRET_ACCESS_KEY"]);
    assert_eq!(environment["AWS_ENDPOINT_URL"], endpoint);

    let mut shell = std::process::Command::new("sh");
    let lines = place.run("env");
    shell.env_clear().args(["-euc", &format!("{lines}\nenv")]);
    let seen = said(shell.output().unwrap());
    for (name, value) in &environment {
        assert!(seen.lines().any(|line| line == format!("{name}={value}")), "{name}: {lines}");
    }
}
