//! The four functions before a scripted AWS, called as Cognito calls them.

mod answers;
mod moment;
pub mod repeats;
mod stage;
pub mod state;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use challenge::State;
use serde_json::Value;
use xtask::trigger::Trigger;

use crate::event::Caller;
use crate::fake_aws::{FakeAws, User};
use crate::runtime_api::{Answer, Function};
use crate::{logs, place};
pub use answers::{Created, Next, created, next, passed, verified};
pub use moment::Moment;
pub use stage::{ATTRIBUTE, StoreKind, environment, policy};

/// The functions, their AWS, and somebody who signs in.
#[derive(Debug)]
pub struct World {
    pub aws: FakeAws,
    pub caller: Caller,
    pub store: StoreKind,
    functions: BTreeMap<Trigger, Function>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
}

impl World {
    /// Starts the functions with the settings of a usual stage.
    ///
    /// # Errors
    /// When a function cannot be started.
    pub async fn start(store: StoreKind) -> anyhow::Result<Self> {
        Self::with(store, &[]).await
    }

    /// Starts the functions with some settings changed.
    ///
    /// # Errors
    /// As [`World::start`].
    pub async fn with(store: StoreKind, settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::logging_to(store, settings, logs::folder()?).await
    }

    /// One of several worlds of one test, by a name of its own.
    ///
    /// # Errors
    /// As [`World::start`].
    pub async fn named(store: StoreKind, name: &str) -> anyhow::Result<Self> {
        Self::logging_to(store, &[], logs::folder_for(&format!("{store:?}-{}", name.replace(' ', "-")))?).await
    }

    async fn logging_to(store: StoreKind, settings: &[(&str, &str)], folder: PathBuf) -> anyhow::Result<Self> {
        let aws = FakeAws::start().await?;
        let environment = environment(store, aws.endpoint(), settings);
        let caller = Caller::example();
        aws.put_user(User::new(&caller.user_pool, &caller.user, &caller.email));
        let mut world = Self { aws, caller, store, functions: BTreeMap::new(), environment, folder };
        for trigger in Trigger::ALL {
            world.restart(trigger).await?;
        }
        Ok(world)
    }

    /// Puts a new instance of the function in the place of the running one. The log begins anew.
    ///
    /// # Errors
    /// As [`World::start`].
    pub async fn restart(&mut self, trigger: Trigger) -> anyhow::Result<()> {
        self.functions.remove(&trigger);
        let function = self.instance(trigger, "").await?;
        self.functions.insert(trigger, function);
        Ok(())
    }

    /// Moves the stage to the other store: every function is replaced by one that keeps its states there.
    ///
    /// # Errors
    /// As [`World::start`].
    pub async fn switch_store(&mut self) -> anyhow::Result<()> {
        self.store = self.store.other();
        // Of two variables of one name the later one counts.
        self.environment.extend(self.store.variables());
        for trigger in Trigger::ALL {
            self.restart(trigger).await?;
        }
        Ok(())
    }

    /// One more instance of the function: an instance handles one event at a time, so calls that overlap need as many.
    /// Logs to a file that is named after it.
    ///
    /// # Errors
    /// As [`World::start`].
    pub async fn instance(&self, trigger: Trigger, name: &str) -> anyhow::Result<Function> {
        let log = self.folder.join(format!("{}{name}.log", trigger.package()));
        Function::start(place::bootstrap(trigger)?, &self.environment, log).await
    }

    /// Another user of the same pool.
    #[must_use]
    pub fn add_user(&self, name: &str, email: &str) -> Caller {
        self.aws.put_user(User::new(&self.caller.user_pool, name, email));
        Caller { user: name.to_owned(), email: email.to_owned(), ..self.caller.clone() }
    }

    /// Calls a function with any event.
    ///
    /// # Errors
    /// When the function does not answer.
    pub async fn call(&self, trigger: Trigger, event: &Value) -> anyhow::Result<Answer> {
        let function = self.functions.get(&trigger).context("the function runs")?;
        let answer = function.invoke(event).await.with_context(|| format!("failed to call `{}`", trigger.package()))?;
        if let (Answer::Response(answered), Some(request)) = (&answer, event.get("request")) {
            ensure!(&answered["request"] == request, "`{}` changed the request", trigger.package());
        }
        Ok(answer)
    }

    /// # Errors
    /// When Define fails, or decides nothing or more than one thing.
    pub async fn define(&self, session: &[Value], metadata: &Value) -> anyhow::Result<Next> {
        next(&self.call(Trigger::Define, &self.caller.define(session, metadata)).await?)
    }

    /// # Errors
    /// When Create fails, or returns what Cognito cannot use.
    pub async fn create(&self, session: &[Value], metadata: &Value) -> anyhow::Result<Created> {
        self.create_for(&self.caller, session, metadata).await
    }

    /// # Errors
    /// As [`World::create`].
    pub async fn create_for(&self, caller: &Caller, session: &[Value], metadata: &Value) -> anyhow::Result<Created> {
        created(&self.call(Trigger::Create, &caller.create(session, metadata)).await?)
    }

    /// Whether Verify accepts the answer.
    ///
    /// # Errors
    /// When Verify fails, or decides nothing.
    pub async fn verify(&self, created: &Created, answer: &str, metadata: &Value) -> anyhow::Result<bool> {
        self.verify_for(&self.caller, created, answer, metadata).await
    }

    /// # Errors
    /// As [`World::verify`].
    pub async fn verify_for(
        &self,
        caller: &Caller,
        created: &Created,
        answer: &str,
        metadata: &Value,
    ) -> anyhow::Result<bool> {
        verified(&self.call(Trigger::Verify, &caller.verify(&created.private, answer, metadata)).await?)
    }

    /// Whether the gate lets tokens pass.
    ///
    /// # Errors
    /// When the function does not answer.
    pub async fn gate(&self, source: &str, metadata: &Value) -> anyhow::Result<bool> {
        Ok(passed(&self.call(Trigger::Gate, &self.caller.pre_token_generation(source, metadata)).await?))
    }

    /// The code in the last mail.
    ///
    /// # Errors
    /// When there is no mail, or no code in it.
    pub fn last_code(&self) -> anyhow::Result<String> {
        self.aws.mails().last().context("no mail was sent")?.code()
    }

    /// Lets `seconds` pass for a user's stored state, wherever there is one.
    ///
    /// # Errors
    /// When there is no state, or the key does not open it.
    pub fn age(&self, caller: &Caller, seconds: u64) -> anyhow::Result<()> {
        self.change(caller, |state| state.aged(seconds))
    }

    /// Sets the functions' clocks back by `seconds`, as far as they look at a user's stored state.
    ///
    /// # Errors
    /// As [`World::age`].
    pub fn set_back(&self, caller: &Caller, seconds: u64) -> anyhow::Result<()> {
        self.change(caller, |state| state.ahead(seconds))
    }

    fn change(&self, caller: &Caller, change: impl Fn(State) -> State) -> anyhow::Result<()> {
        ensure!(state::change_all(&self.aws, caller, change)?, "the user has no state");
        Ok(())
    }

    /// What is stored now, to return to.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment::of(&self.aws)
    }

    /// Stores what was stored at that moment, as if no time had passed since for the one who signs in. Mails and calls are
    /// not forgotten.
    ///
    /// # Errors
    /// When the key does not open the state.
    pub fn return_to(&self, moment: &Moment) -> anyhow::Result<()> {
        moment.return_to(&self.aws, &self.caller)
    }

    /// The state that is stored for the one who signs in.
    ///
    /// # Errors
    /// When there is none.
    pub fn sealed(&self) -> anyhow::Result<String> {
        state::sealed(&self.aws, self.store, &self.caller).context("the user has a state")
    }

    /// Everything that the functions have logged.
    ///
    /// # Errors
    /// When a log cannot be read.
    pub fn logs(&self) -> anyhow::Result<String> {
        self.functions.values().map(Function::log).collect()
    }

    /// What one function has logged.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn log(&self, trigger: Trigger) -> anyhow::Result<String> {
        self.functions.get(&trigger).context("the function runs")?.log()
    }
}
