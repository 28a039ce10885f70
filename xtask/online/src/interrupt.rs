//! Ctrl-C and SIGTERM where a sudden end would leave somebody in the dark: at a question, and while a change goes on in AWS.
//!
//! Anywhere else they end the program as they always do: running it again converges.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use signal_hook::consts::{SIGINT, SIGTERM};
use tokio::io::AsyncReadExt as _;

/// Signal handlers belong to the process, and cannot be taken back without unsafe code: so they are registered once, and do
/// what they would do anyway as long as nobody listens.
static WATCH: Mutex<Option<Watch>> = Mutex::new(None);

struct Watch {
    /// Whether a signal ends the program.
    ends: Arc<AtomicBool>,
    /// Readable once a signal has come.
    signals: UnixStream,
}

impl Watch {
    fn register() -> io::Result<Self> {
        let ends = Arc::new(AtomicBool::new(true));
        let (signals, sender) = UnixStream::pair()?;
        signals.set_nonblocking(true)?;
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&ends))?;
            // After the line above, so that it is the second signal that ends the program.
            signal_hook::flag::register(signal, Arc::clone(&ends))?;
            signal_hook::low_level::pipe::register(signal, sender.try_clone()?)?;
        }
        Ok(Self { ends, signals })
    }
}

/// As long as it lives, the first Ctrl-C or SIGTERM is told instead of ending the program. The second ends it at once.
#[derive(Debug)]
#[must_use = "nobody listens once this is dropped"]
pub struct Interrupts {
    ends: Arc<AtomicBool>,
    signals: tokio::net::UnixStream,
}

impl Interrupts {
    /// # Errors
    /// When the process may not handle signals.
    pub fn listen() -> anyhow::Result<Self> {
        let watched = || -> io::Result<Self> {
            let mut watch = WATCH.lock().unwrap_or_else(PoisonError::into_inner);
            if watch.is_none() {
                *watch = Some(Watch::register()?);
            }
            let Some(Watch { ends, signals }) = watch.as_ref() else { return Err(io::ErrorKind::NotFound.into()) };
            let signals = tokio::net::UnixStream::from_std(signals.try_clone()?)?;
            ends.store(false, Ordering::SeqCst);
            Ok(Self { ends: Arc::clone(ends), signals })
        };
        watched().context("failed to watch for signals")
    }

    /// Waits for the first signal since the listening began; forever, if there is none.
    pub async fn next(&mut self) {
        if self.signals.read_u8().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Interrupts {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
    }
}
