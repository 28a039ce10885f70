//! What a clone writes down about its local AWS.

use serde::{Deserialize, Serialize};

use super::access::Access;
use super::process::Process;

/// Raised when the meaning of the file changes: a file of another schema is no state.
const SCHEMA: u32 = 2;

/// The state file. Empty before the first start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct State {
    schema: u32,
    /// The port of the last one, tried first for the next.
    pub(super) port: Option<u16>,
    pub(super) server: Option<Server>,
    /// One of the version before, which any page in a browser can use. It is ended before another is started.
    #[serde(skip)]
    pub(super) open: Option<Process>,
}

/// A local AWS that was started and found ready.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) port: u16,
    pub(super) process: Process,
    /// What it answers when asked who it is, so that another server on the same port is not taken for it.
    pub(super) id: String,
    /// What it was started from: launcher, settings and tools.
    pub(super) fingerprint: String,
    pub(super) access: Access,
}

/// What is read of the version before.
#[derive(Deserialize)]
struct Before {
    schema: u32,
    port: Option<u16>,
    server: Option<Open>,
}

#[derive(Deserialize)]
struct Open {
    process: Process,
}

impl State {
    pub(super) fn new(server: Server) -> Self {
        Self { schema: SCHEMA, port: Some(server.port), server: Some(server), open: None }
    }

    /// A file that cannot be understood is as good as none: its server cannot be found, but its port may well be taken.
    pub(super) fn parse(text: &str) -> Self {
        let state = serde_json::from_str(text).ok();
        let state = state.filter(|state: &Self| state.schema == SCHEMA);
        state.or_else(|| Self::of_the_version_before(text)).unwrap_or_default()
    }

    fn of_the_version_before(text: &str) -> Option<Self> {
        let before: Before = serde_json::from_str(text).ok()?;
        let open = before.server.map(|server| server.process);
        (before.schema == SCHEMA - 1).then(|| Self { port: before.port, open, ..Self::default() })
    }

    pub(super) fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(&Self { schema: SCHEMA, ..self.clone() }).map(|text| text + "\n")
    }
}

pub(super) fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let server = Server {
            port: 40_001,
            process: Process { pid: 42, started: 987_654 },
            id: "0123".to_owned(),
            fingerprint: "4567".to_owned(),
            access: Access::random().unwrap(),
        };
        let state = State::new(server);
        assert_eq!(State::parse(&state.to_text().unwrap()), state);

        let stopped = State { server: None, ..state };
        assert_eq!(State::parse(&stopped.to_text().unwrap()), stopped);
    }

    #[test]
    fn of_the_version_before_port_and_process_are_known() {
        let before = r#"{"schema":1,"port":40001,"server":{"port":40001,"process":{"pid":42,"started":7},"token":"0123","fingerprint":"4567"}}"#;
        let state = State::parse(before);
        assert_eq!((state.port, state.server), (Some(40_001), None));
        assert_eq!(state.open, Some(Process { pid: 42, started: 7 }));
    }

    #[test]
    fn what_cannot_be_understood_is_no_state() {
        let table = [
            ("empty", ""),
            ("cut short", r#"{"schema":2,"port":40001,"#),
            ("another schema", r#"{"schema":3,"port":40001,"server":null}"#),
            ("a port out of range", r#"{"schema":2,"port":70000,"server":null}"#),
            ("an unknown key", r#"{"schema":2,"port":1,"server":null,"more":1}"#),
        ];
        for (name, text) in table {
            assert_eq!(State::parse(text), State::default(), "{name}");
        }
    }
}
