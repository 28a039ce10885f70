//! What takes long runs only when it is asked for: `cargo xtask test --long`.

/// Whether long tests are wanted. Otherwise says that `what` is left out.
#[must_use]
pub fn wanted(what: &str) -> bool {
    let wanted = std::env::var_os("E2E_LONG").is_some_and(|value| value == "1");
    if !wanted {
        eprintln!("left out without `--long`: {what}");
    }
    wanted
}
