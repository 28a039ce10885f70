//! The launcher's own promises: it refuses what it cannot correct, and lets nothing listen beyond this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Stdio};

/// Loads the launcher without starting it, and says how the given lines of Python end.
fn outcome(lines: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let python = xtask::tools::ensure_in(root).unwrap().program("python3");
    let script = format!(
        "import importlib.util, os, sys, types
spec = importlib.util.spec_from_file_location('launcher', {:?})
launcher = importlib.util.module_from_spec(spec)
spec.loader.exec_module(launcher)
try:
{}
    print('went through')
except (SystemExit, PermissionError) as refusal:
    print(refusal)
",
        root.join("xtask/local/launcher.py"),
        lines.lines().map(|line| format!("    {line}\n")).collect::<String>(),
    );
    // A pipe that stays open: closed, it would tell the launcher that its command is gone.
    let mut child = Command::new(python)
        .args(["-IB", "-c", &script])
        .env("AUTH", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let open = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    drop(open);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn what_it_cannot_correct_it_refuses_by_name() {
    let table = [
        (
            "another version",
            "launcher.support.MINISTACK_VERSION = '9.9'\nlauncher.main()",
            "launcher: MiniStack 9.9 is wanted, and 1.5.33",
        ),
        ("no permissions", "os.environ['AUTH'] = 'false'\nlauncher.main()", "launcher: `AUTH=true` is wanted"),
        ("no keys", "launcher.main()", "launcher: the keys of the local AWS are wanted"),
        (
            "a function gone",
            "launcher.support.wanted(types, 'gone')",
            "launcher: `types.gone` is not there to be corrected",
        ),
        (
            "a function changed",
            "launcher.support.wanted(types, 'new_class', 'other')",
            "launcher: `types.new_class` takes other",
        ),
        (
            "a limit gone",
            "launcher.sign_in.lift_rounds_limit(types)",
            "launcher: `_MAX_CHALLENGE_ATTEMPTS` is not there",
        ),
        (
            "a trigger's event gone",
            "launcher.sign_in.name_users_alike(types)",
            "launcher: `types._resolve_user` is not there",
        ),
        (
            "an import gone",
            "types._resolve = lambda secret_id: None\nlauncher.services.import_keys(types, types, types)",
            "launcher: the import of resources is not there",
        ),
        (
            "a default gone",
            "types._run_idp_handler = lambda handler, action, data: None\nlauncher.pools.reset_what_an_update_leaves_out(types, types)",
            "launcher: the defaults of user pools are not there",
        ),
        ("a deletion gone", "launcher.pools.protect_pools(types)", "launcher: `types._delete_user_pool` is not there"),
    ];
    for (name, lines, expected) in table {
        let outcome = outcome(lines);
        assert!(outcome.starts_with(expected), "{name}: {outcome}");
    }
}

/// As each function's own server is asked: by the function, and by a page in a browser.
#[test]
fn the_servers_of_functions_answer_functions_alone() {
    let serve = "import http.client, http.server, threading
launcher.ports.close_other_servers()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
connection = http.client.HTTPConnection(*server.server_address)
connection.putrequest('GET', '/2018-06-01/runtime/invocation/next', skip_host=True)
for name, value in HEADERS:
    connection.putheader(name, value)
connection.endheaders()
print(connection.getresponse().status)
";
    let table = [
        ("a function", "('Host', '127.0.0.1:9001')", "200"),
        ("a foreign name", "('Host', 'evil.example:9001')", "403"),
        ("no name", "('Accept', '*/*')", "403"),
        ("two names", "('Host', '127.0.0.1'), ('Host', 'evil.example')", "403"),
        ("a page", "('Host', '127.0.0.1'), ('Origin', 'https://evil.example')", "403"),
        ("a page of this machine", "('Host', '127.0.0.1'), ('Origin', 'http://localhost:4200')", "403"),
        ("an image", "('Host', '127.0.0.1'), ('Sec-Fetch-Site', 'cross-site')", "403"),
    ];
    for (name, headers, status) in table {
        let outcome = outcome(&serve.replace("HEADERS", &format!("[{headers}]")));
        assert_eq!(outcome, format!("{status}\nwent through"), "{name}");
    }
}

#[test]
fn no_socket_leaves_this_machine() {
    let hook = "import socket\nsys.addaudithook(launcher.ports.stay_on_this_machine)\n";
    let table = [
        ("every interface", "socket.create_server(('0.0.0.0', 0))", false),
        ("every interface, by no name", "socket.create_server(('', 0))", false),
        ("every interface, IPv6", "socket.create_server(('::', 0), family=socket.AF_INET6)", false),
        // Of the addresses set aside for documentation: nobody is there, and nothing is sent.
        ("another machine", "socket.create_connection(('192.0.2.1', 443), timeout=0.1)", false),
        (
            "this machine",
            "server = socket.create_server(('127.0.0.1', 0))\nsocket.create_connection(server.getsockname())",
            true,
        ),
    ];
    for (name, lines, allowed) in table {
        let outcome = outcome(&format!("{hook}{lines}"));
        assert_eq!(outcome == "went through", allowed, "{name}: {outcome}");
        assert!(allowed || outcome.contains("loopback interface alone"), "{name}: {outcome}");
    }
}
