//! JSON lines on standard output, from our own targets and from the runtime's errors alone.

use tracing::{Level, Metadata};
use tracing_subscriber::{filter::filter_fn, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Starts logging. The level is not a setting: at TRACE the runtime prints raw events, which hold the answer and the
/// user's attributes, and at DEBUG the SDK prints requests.
pub(crate) fn init() {
    let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_current_span(false);
    // A second call, as in tests, keeps the first subscriber.
    let _ = tracing_subscriber::registry().with(filter_fn(is_wanted)).with(lines.with_span_list(false)).try_init();

    // The default hook prints the panic's message, which can hold a piece of an event.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(target: "trigger", outcome = "panicked", place);
    }));
}

fn is_wanted(what: &Metadata<'_>) -> bool {
    match what.target() {
        "trigger" => *what.level() <= Level::INFO,
        target => *what.level() == Level::ERROR && target.starts_with("lambda_runtime"),
    }
}
