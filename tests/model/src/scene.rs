//! What never changes: the user, the key, the address, the client, and the marks.

use challenge::{
    Action, Address, Answer, Attempt, Fresh, Key, KeyRing, Policy, Round, State, Subject, UnixSeconds,
    client::Client,
    create::{self, Decision, Request},
    verify::{self, Question, Verdict},
};

use crate::{scenario::Mark, world::Code};

/// The user that both sign-ins are of.
pub(crate) const SUBJECT: Subject<'static> = Subject { user_pool: "eu-central-1_Pool", user: "user" };
/// The moment at which everything begins, in Unix seconds.
pub(crate) const START: u64 = 1_700_000_000;

/// Everything that the functions are given beside the event and the user's state.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) policy: Policy,
    pub(crate) keys: KeyRing,
    pub(crate) address: Address,
    clients: [Client; 2],
    marks: [Attempt; 2],
}

impl Scene {
    /// `None` where a constant is not what the domain takes.
    pub(crate) fn new(policy: Policy) -> Option<Self> {
        let mark = |text: &str| Attempt::parse(&SUBJECT, Some(&text.repeat(Attempt::MIN_CHARACTERS))).ok().flatten();
        Some(Self {
            policy,
            keys: KeyRing { current: Key::from_secret(&[7; 64]).ok()?, previous: None },
            address: Address::parse("user@example.com").ok()?,
            clients: ["web", "other"].map(|id| Client::new(&SUBJECT, id)),
            marks: [mark("o")?, mark("a")?],
        })
    }

    pub(crate) fn attempt(&self, mark: Mark) -> Option<Attempt> {
        self.marks.get(usize::from(mark?)).copied()
    }

    pub(crate) fn client(&self, number: u8) -> Client {
        self.clients[usize::from(number) % self.clients.len()]
    }

    /// With one more failure, of a sign-in `before` the start.
    pub(crate) fn failed(&self, state: State, before: u64, number: u8) -> State {
        let now = UnixSeconds(START - 1_000_000 + before);
        let id = [100 + number; 16];
        let request = Request {
            subject: SUBJECT,
            address: Some(&self.address),
            round: Round::FIRST,
            action: Action::Answer,
            attempt: Ok(None),
            client: self.client(0),
            now,
            fresh: Fresh { id, nonce: id },
            keys: &self.keys,
        };
        let Decision::Send(sending) = create::decide(&state, &request, &self.policy) else { return state };
        let answer = Self::answer(*b"000000");
        let question = Question {
            subject: SUBJECT,
            binding: Some(sending.challenge().id()),
            answer: &answer,
            action: Action::Answer,
            attempt: Ok(None),
            client: self.client(0),
            address: Some(&self.address),
            now,
        };
        match verify::decide(sending.pending(), &question, &self.policy, &self.keys) {
            Verdict::Compare(guess) => guess.reserved().cloned().unwrap_or(state),
            _ => state,
        }
    }

    pub(crate) fn answer(code: Code) -> Answer {
        Answer::new(&String::from_utf8_lossy(&code))
    }
}

/// The moment that is `clock` seconds after the start.
pub(crate) const fn at(clock: u64) -> UnixSeconds {
    UnixSeconds(START + clock)
}
