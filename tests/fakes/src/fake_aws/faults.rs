//! Faults by operation: what befalls a call on its way to AWS and back.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::Semaphore;

use super::Reply;

/// How long a test waits for a call that it wants to hold. What has not come by then hangs.
const HOLD_BOUND: Duration = Duration::from_secs(300);

const SCRIPTED: &str = "scripted fault";

/// What befalls a call: something before it is done, whether it is done, and what the caller hears of it.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The call waits here until the test lets it go on.
    pub(super) hold: Option<Gate>,
    pub(super) before: Duration,
    pub(super) done: bool,
    pub(super) after: Duration,
    pub(super) heard: Heard,
}

/// What the caller hears.
#[derive(Debug, Clone)]
pub(super) enum Heard {
    /// The call's own answer.
    Answer,
    Error {
        status: u16,
        code: String,
        message: String,
    },
    /// The code by which the operation's service says that it is asked too often.
    Throttled,
    /// The connection is closed in the place of an answer.
    Closed,
    Nothing,
}

impl Fault {
    const fn new(done: bool, heard: Heard) -> Self {
        Self { hold: None, before: Duration::ZERO, done, after: Duration::ZERO, heard }
    }

    /// Refused with this error code, such as `AccessDeniedException`; nothing is done.
    #[must_use]
    pub fn refused(code: &str) -> Self {
        Self::refused_saying(code, SCRIPTED)
    }

    /// Refused with this error code and the service's own words.
    #[must_use]
    pub fn refused_saying(code: &str, message: &str) -> Self {
        Self::new(false, Heard::Error { status: 400, code: code.to_owned(), message: message.to_owned() })
    }

    /// Refused because of too many calls; nothing is done.
    #[must_use]
    pub const fn throttled() -> Self {
        Self::new(false, Heard::Throttled)
    }

    /// An error of the service's own; nothing is done.
    #[must_use]
    pub fn server_error() -> Self {
        let (code, message) = ("InternalServerError".to_owned(), SCRIPTED.to_owned());
        Self::new(false, Heard::Error { status: 500, code, message })
    }

    /// The connection is closed without an answer; nothing is done.
    #[must_use]
    pub const fn reset() -> Self {
        Self::new(false, Heard::Closed)
    }

    /// Never answered; nothing is done.
    #[must_use]
    pub const fn silent() -> Self {
        Self::new(false, Heard::Nothing)
    }

    /// Done, and the connection is closed in the place of the answer: the caller cannot know.
    #[must_use]
    pub const fn answer_lost() -> Self {
        Self::new(true, Heard::Closed)
    }

    /// Done, and never answered.
    #[must_use]
    pub const fn done_and_silent() -> Self {
        Self::new(true, Heard::Nothing)
    }

    /// Done at once, and answered after `delay`.
    #[must_use]
    pub fn slow(delay: Duration) -> Self {
        Self { after: delay, ..Self::new(true, Heard::Answer) }
    }

    /// Done only after `delay`, whether the caller still waits or not, and then answered.
    #[must_use]
    pub fn late(delay: Duration) -> Self {
        Self { before: delay, ..Self::new(true, Heard::Answer) }
    }

    pub(super) fn reply(&self, operation: &str, done: Option<Reply>) -> Option<Reply> {
        match &self.heard {
            Heard::Answer => done,
            Heard::Error { status, code, message } => Some(Reply::error(*status, code, message)),
            Heard::Throttled => Some(match operation {
                "SendEmail" => Reply::error(429, "TooManyRequestsException", SCRIPTED),
                "AdminGetUser" | "AdminUpdateUserAttributes" => Reply::refused("TooManyRequestsException", SCRIPTED),
                _ => Reply::refused("ThrottlingException", SCRIPTED),
            }),
            Heard::Closed | Heard::Nothing => None,
        }
    }
}

/// The call's side of a [`Hold`].
#[derive(Debug, Clone)]
pub(super) struct Gate {
    arrived: Arc<Semaphore>,
    go: Arc<Semaphore>,
}

impl Gate {
    pub(super) async fn pass(&self) {
        self.arrived.add_permits(1);
        // The test is over if it is closed: there is nobody left to wait for.
        let _ = self.go.acquire().await;
    }
}

/// A call that is held before it is done, until the test releases it or drops this.
#[derive(Debug)]
pub struct Hold(Gate);

impl Hold {
    pub(super) fn new() -> (Self, Fault) {
        let gate = Gate { arrived: Arc::new(Semaphore::new(0)), go: Arc::new(Semaphore::new(0)) };
        let fault = Fault { hold: Some(gate.clone()), ..Fault::new(true, Heard::Answer) };
        (Self(gate), fault)
    }

    /// Waits until `count` calls stand here.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn arrived(&self, count: u32) -> anyhow::Result<()> {
        let arrived = tokio::time::timeout(HOLD_BOUND, self.0.arrived.acquire_many(count)).await;
        arrived.with_context(|| format!("no {count} calls came to be held within {HOLD_BOUND:?}"))??.forget();
        Ok(())
    }

    /// Lets all of them go on.
    pub fn release(self) {}
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.go.close();
    }
}

/// The faults that are still to come.
#[derive(Debug, Default)]
pub(super) struct Script(HashMap<String, Acts>);

#[derive(Debug, Default)]
struct Acts {
    next: VecDeque<Option<Fault>>,
    /// What befalls every call after those.
    lasting: Option<Fault>,
}

impl Script {
    pub(super) fn next(&mut self, operation: &str, fault: Option<Fault>, times: usize) {
        self.0.entry(operation.to_owned()).or_default().next.extend(std::iter::repeat_n(fault, times));
    }

    pub(super) fn lasting(&mut self, operation: &str, fault: Fault) {
        self.0.entry(operation.to_owned()).or_default().lasting = Some(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn take(&mut self, operation: &str) -> Option<Fault> {
        let acts = self.0.get_mut(operation)?;
        acts.next.pop_front().unwrap_or_else(|| acts.lasting.clone())
    }
}
