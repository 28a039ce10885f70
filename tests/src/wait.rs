//! Waiting for a condition, not for a time.

use std::time::{Duration, Instant};

use anyhow::bail;

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);
/// What works is there in a small part of this, on a slow machine too; what is not there by then hangs.
pub const BOUND: Duration = Duration::from_secs(300);

/// Looks until `look` finds what is waited for, and says what was seen last when it does not.
///
/// # Errors
/// After [`BOUND`], or at once when `look` itself fails.
pub async fn until<T>(what: &str, look: impl AsyncFnMut() -> anyhow::Result<Result<T, String>>) -> anyhow::Result<T> {
    within(what, BOUND, look).await
}

/// As [`until`], for what may take longer.
///
/// # Errors
/// After `bound`, or at once when `look` itself fails.
pub async fn within<T>(
    what: &str,
    bound: Duration,
    mut look: impl AsyncFnMut() -> anyhow::Result<Result<T, String>>,
) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        match look().await? {
            Ok(found) => return Ok(found),
            Err(status) if begun.elapsed() > bound => {
                bail!("waited {bound:?} in vain for {what}; last status: {status}")
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}
