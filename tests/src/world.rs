//! The four functions before a scripted AWS, called as Cognito calls them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};
use challenge::{Key, KeyRing, SealedState, Subject};
use serde_json::Value;
use xtask::trigger::Trigger;

use crate::event::Caller;
use crate::fake_aws::{FakeAws, User, secrets};
use crate::runtime_api::{Answer, Function};
use crate::{logs, place};

pub const ATTRIBUTE: &str = "custom:authChallenge";

/// The functions, their AWS, and somebody who signs in.
#[derive(Debug)]
pub struct World {
    pub aws: FakeAws,
    pub caller: Caller,
    functions: BTreeMap<Trigger, Function>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
}

/// What Define decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    Challenge(String),
    Tokens,
    Refused,
}

/// What Create returned.
#[derive(Debug, Clone, PartialEq)]
pub struct Created {
    pub public: BTreeMap<String, String>,
    /// Opaque: the functions' own, to be handed to Verify.
    pub private: Value,
    pub metadata: Option<String>,
}

impl Created {
    #[must_use]
    pub fn state(&self) -> &str {
        self.public.get("state").map_or("", String::as_str)
    }
}

impl World {
    /// Starts the functions with the settings of a usual stage.
    ///
    /// # Errors
    /// When a function cannot be started.
    pub async fn start() -> anyhow::Result<Self> {
        Self::with(&[]).await
    }

    /// Starts the functions with some settings changed.
    ///
    /// # Errors
    /// As [`World::start`].
    pub async fn with(settings: &[(&str, &str)]) -> anyhow::Result<Self> {
        let folder = logs::folder()?;
        let aws = FakeAws::start().await?;
        let environment = environment(aws.endpoint(), settings);
        let caller = Caller {
            user_pool: "eu-central-1_Example01".to_owned(),
            client: "1example23456789example23".to_owned(),
            user: "a1b2c3d4-0000-4000-8000-000000000001".to_owned(),
            email: "jane.doe@example.com".to_owned(),
        };
        aws.put_user(User::new(&caller.user_pool, &caller.user, &caller.email));
        let mut world = Self { aws, caller, functions: BTreeMap::new(), environment, folder };
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
        let log = self.folder.join(format!("{}.log", trigger.package()));
        let function = Function::start(place::bootstrap(trigger)?, &self.environment, log).await?;
        self.functions.insert(trigger, function);
        Ok(())
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
        function.invoke(event).await.with_context(|| format!("failed to call `{}`", trigger.package()))
    }

    /// Calls a function that must answer, and takes the `response` of the event.
    async fn response(&self, trigger: Trigger, event: &Value) -> anyhow::Result<Value> {
        match self.call(trigger, event).await? {
            Answer::Response(mut answered) => {
                ensure!(answered["request"] == event["request"], "`{}` changed the request", trigger.package());
                Ok(answered["response"].take())
            }
            Answer::Error { error_type, message } => bail!("`{}` failed: {error_type}: {message}", trigger.package()),
        }
    }

    /// # Errors
    /// When Define fails, or decides nothing or more than one thing.
    pub async fn define(&self, session: &[Value], metadata: &Value) -> anyhow::Result<Next> {
        let response = self.response(Trigger::Define, &self.caller.define(session, metadata)).await?;
        let tokens = response["issueTokens"] == true;
        let refused = response["failAuthentication"] == true;
        match (response["challengeName"].as_str(), tokens, refused) {
            (Some(name), false, false) => Ok(Next::Challenge(name.to_owned())),
            (None, true, false) => Ok(Next::Tokens),
            (None, false, true) => Ok(Next::Refused),
            _ => bail!("an ambiguous answer: {response}"),
        }
    }

    /// # Errors
    /// When Create fails, or returns what Cognito cannot use.
    pub async fn create(&self, session: &[Value], metadata: &Value) -> anyhow::Result<Created> {
        self.create_for(&self.caller, session, metadata).await
    }

    /// # Errors
    /// As [`World::create`].
    pub async fn create_for(&self, caller: &Caller, session: &[Value], metadata: &Value) -> anyhow::Result<Created> {
        let response = self.response(Trigger::Create, &caller.create(session, metadata)).await?;
        // Cognito carries strings alone.
        let strings = |value: &Value| serde_json::from_value::<BTreeMap<String, String>>(value.clone());
        let private = strings(&response["privateChallengeParameters"]).context("private parameters are strings")?;
        ensure!(!private.is_empty(), "without a private parameter unknown users get another error than known ones");
        Ok(Created {
            public: strings(&response["publicChallengeParameters"]).context("public parameters are strings")?,
            private: response["privateChallengeParameters"].clone(),
            metadata: response["challengeMetadata"].as_str().map(str::to_owned),
        })
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
        let response = self.response(Trigger::Verify, &caller.verify(&created.private, answer, metadata)).await?;
        response["answerCorrect"].as_bool().with_context(|| format!("no decision in {response}"))
    }

    /// Whether the gate lets tokens pass. It refuses by failing.
    ///
    /// # Errors
    /// When the function does not answer.
    pub async fn gate(&self, source: &str) -> anyhow::Result<bool> {
        let event = self.caller.pre_token_generation(source);
        Ok(matches!(self.call(Trigger::Gate, &event).await?, Answer::Response(_)))
    }

    /// The code in the last mail.
    ///
    /// # Errors
    /// When there is no mail, or no code in it.
    pub fn last_code(&self) -> anyhow::Result<String> {
        self.aws.mails().last().context("no mail was sent")?.code()
    }

    /// Lets `seconds` pass for a user's stored state.
    ///
    /// # Errors
    /// When there is no state, or the key does not open it.
    pub fn age(&self, caller: &Caller, seconds: u64) -> anyhow::Result<()> {
        let user = self.aws.user(&caller.user).context("the user exists")?;
        let sealed = user.attributes.get(ATTRIBUTE).context("the user has a state")?;
        let aged = aged(caller, sealed, &self.aws.secret(), seconds)?;
        self.aws.put_user(user.with(ATTRIBUTE, &aged));
        Ok(())
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

/// A sealed state as it would look had it been written `seconds` ago.
///
/// # Errors
/// When the secret is not the one that the state was sealed with.
pub fn aged(caller: &Caller, sealed: &str, secret: &str, seconds: u64) -> anyhow::Result<String> {
    let key = Key::from_secret(secret.as_bytes())?;
    let subject = Subject { user_pool: &caller.user_pool, user: &caller.user };
    let keys = KeyRing { current: key.clone(), previous: None };
    let state = SealedState::new(sealed.to_owned()).open(&subject, &keys)?.aged(seconds);
    let sealed = SealedState::seal(&state, &subject, &key, rand::random()).context("the state can be sealed again")?;
    Ok(sealed.as_str().to_owned())
}

fn environment(endpoint: &str, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let usual = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("CUSTOM_ATTRIBUTES", ATTRIBUTE),
        ("EMAIL_FROM_ADDRESS", "no-reply@example.com"),
        ("EMAIL_REGION", "eu-central-1"),
        ("PRODUCT_NAME", "Example"),
        ("DEFAULT_LOCALE", "en"),
        ("CONFIRM_CODE_TIMEOUT", "10"),
        ("CODE_LENGTH", "6"),
        ("MAX_ATTEMPTS", "3"),
        ("RESEND_AFTER", "30"),
        ("SENDS_PER_HOUR", "5"),
        ("CODE_KEY_SECRET", secrets::ARN),
    ];
    usual.iter().chain(changed).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
