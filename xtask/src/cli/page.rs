//! A page of the manual.

/// How far a verb reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touches {
    /// Files of the repository; no network.
    Repository,
    /// This machine; no network.
    Machine,
    /// The registries, for what is not on this machine yet.
    Registries,
    /// The local AWS, through the loopback interface.
    Local,
    /// The stage's account, or the local AWS where the stage names none.
    AwsReads,
    AwsWrites,
}

impl Touches {
    pub(super) const fn text(self) -> &'static str {
        match self {
            Self::Repository => "files of the repository; no network, no credentials",
            Self::Machine => "this machine alone; no network, no credentials",
            Self::Registries => {
                "this machine, and the registries of Rust, Python and npm for what is not here yet; no credentials"
            }
            Self::Local => "the local AWS on this machine alone; no credentials",
            Self::AwsReads => {
                "AWS, with your credentials, and reads only; for a stage without an account, the local AWS"
            }
            Self::AwsWrites => "AWS, with your credentials; for a stage without an account, the local AWS",
        }
    }
}

/// What a newcomer asks of a verb before trying it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// Such as `["user", "create"]`.
    pub(super) verb: &'static [&'static str],
    pub(super) touches: Touches,
    /// On standard output; progress always goes to standard error.
    pub(super) prints: &'static str,
    /// By their numbers.
    pub(super) exits: &'static [(u8, &'static str)],
    /// Whole commands.
    pub(super) examples: &'static [&'static str],
}
