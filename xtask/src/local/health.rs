//! Asks a port whether our local AWS is behind it.

use std::time::Duration;

use serde::Deserialize;

use super::state::endpoint;

/// Far more than a healthy one needs, also on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, Deserialize)]
struct Health {
    /// What MiniStack was told to call itself.
    edition: String,
    ready_scripts: Scripts,
}

#[derive(Debug, Deserialize)]
struct Scripts {
    status: String,
}

/// An HTTP client for the loopback interface: what the environment says of proxies is not for it.
pub(crate) fn client(timeout: Duration) -> ureq::Agent {
    ureq::Agent::config_builder().proxy(None).timeout_global(Some(timeout)).build().into()
}

/// Whether the server on this port is ready and goes by this name.
pub(super) fn is_ready(port: u16, id: &str) -> bool {
    let asked = client(TIMEOUT).get(format!("{}/_ministack/health", endpoint(port))).call();
    let answer = asked.and_then(|mut answer| answer.body_mut().read_json::<Health>());
    answer.is_ok_and(|health| health.edition == id && health.ready_scripts.status == "completed")
}
