//! The handlers of one stage.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_cognitoidentityprovider::config::{Credentials, Region, SharedCredentialsProvider};
use aws_types::SdkConfig;
use challenge::Policy;
use e2e::event::Caller;
use e2e::fake_aws::{FakeAws, User, dynamodb, secrets};
use e2e::runtime_api::Answer;
use e2e::world::{ATTRIBUTE, StoreKind, policy, state};
use message::Locale;
use serde_json::Value;
use tokio::time::Instant;
use trigger_create::{Create, MailSettings, Settings};
use trigger_gate::Gate;
use trigger_runtime::{Budget, Failure, Function as _, Reply, within};
use trigger_store::StoreSettings;
use trigger_verify::Verify;
use xtask::trigger::Trigger;

/// As long as Cognito waits for a trigger, and so as long as a function may take.
const DEADLINE: Duration = Duration::from_secs(5);

pub(crate) struct Stage {
    pub(crate) aws: FakeAws,
    pub(crate) store: StoreKind,
    pub(crate) caller: Caller,
    sdk: SdkConfig,
    policy: Policy,
    healthy: Mutex<BTreeMap<Trigger, Instance>>,
}

/// A started function, which goes on after an event as Lambda's do.
#[derive(Clone)]
pub(crate) enum Instance {
    Create(Arc<Create>),
    Verify(Arc<Verify>),
    Gate(Arc<Gate>),
}

/// What came of an event, and after how long.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) answer: Answer,
    pub(crate) took: Duration,
    /// The word that the log has for it.
    pub(crate) outcome: &'static str,
    pub(crate) reason: &'static str,
}

impl Stage {
    pub(crate) fn new(store: StoreKind) -> Self {
        let aws = FakeAws::in_process();
        let caller = Caller::example();
        aws.put_user(User::new(&caller.user_pool, &caller.user, &caller.email));
        let credentials = Credentials::new("test", "test", None, None, "test");
        let sdk = trigger_store::sdk_builder()
            .region(Region::new("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url("http://aws.invalid")
            .http_client(aws.http_client())
            .build();
        Self { aws, store, caller, sdk, policy: policy().unwrap(), healthy: Mutex::default() }
    }

    /// Starts a function. Its start is no part of the time that an event may take.
    pub(crate) async fn start(&self, trigger: Trigger) -> Instance {
        let settings = self.settings();
        match trigger {
            Trigger::Create => {
                let mail = MailSettings {
                    from: "no-reply@example.com".to_owned(),
                    from_name: "Example".to_owned(),
                    reply_to: None,
                    region: "eu-central-1".to_owned(),
                    configuration_set: None,
                    product: "Example".to_owned(),
                    locale: Locale::parse("en").unwrap(),
                };
                let create = Arc::new(Create::with(&self.sdk, Settings { store: settings, mail }));
                Arc::clone(&create).warm().await;
                Instance::Create(create)
            }
            Trigger::Verify => {
                let verify = Arc::new(Verify::with(&self.sdk, settings));
                Arc::clone(&verify).warm().await;
                Instance::Verify(verify)
            }
            Trigger::Gate => {
                let gate = Arc::new(Gate::with(&self.sdk, &settings));
                Arc::clone(&gate).warm().await;
                Instance::Gate(gate)
            }
            Trigger::Define => panic!("it calls nothing, so nothing can befall it"),
        }
    }

    fn settings(&self) -> StoreSettings {
        StoreSettings {
            attribute: ATTRIBUTE.to_owned(),
            table: (self.store == StoreKind::Table).then(|| dynamodb::TABLE.to_owned()),
            secret: secrets::ARN.to_owned(),
            policy: self.policy,
        }
    }

    /// Asks an instance of the function that nothing was ever wrong with.
    pub(crate) async fn ask(&self, trigger: Trigger, event: &Value) -> Asked {
        let started = self.healthy.lock().unwrap().get(&trigger).cloned();
        let instance = match started {
            Some(instance) => instance,
            None => self.start(trigger).await,
        };
        self.healthy.lock().unwrap().insert(trigger, instance.clone());
        instance.ask(event).await
    }

    /// Whether it is not known yet what became of the mail with the code.
    pub(crate) fn is_pending(&self) -> bool {
        let Some(sealed) = state::sealed(&self.aws, self.store, &self.caller) else { return false };
        let state = state::open(&self.caller, &sealed, &self.aws.secret()).unwrap();
        state.challenge().is_some_and(|challenge| format!("{challenge:?}").contains("Pending"))
    }

    /// Lets `seconds` pass for the stored state, if there is one.
    pub(crate) fn age(&self, seconds: u64) {
        state::change_all(&self.aws, &self.caller, |state| state.aged(seconds)).unwrap();
    }

    /// The codes that were mailed, oldest first.
    pub(crate) fn codes(&self) -> Vec<String> {
        self.aws.mails().iter().filter_map(|mail| mail.code().ok()).collect()
    }
}

impl Instance {
    pub(crate) async fn ask(&self, event: &Value) -> Asked {
        let begun = Instant::now();
        let budget = Budget::new(DEADLINE);
        let event = event.clone();
        // What the runtime's loop does with an event, without the loop.
        let result = match self {
            Self::Create(create) => within(budget, Arc::clone(create).answer(event, budget)).await,
            Self::Verify(verify) => within(budget, Arc::clone(verify).answer(event, budget)).await,
            Self::Gate(gate) => within(budget, Arc::clone(gate).answer(event, budget)).await,
        };
        let took = begun.elapsed();
        match result {
            Ok(Reply { event, outcome, reason, .. }) => {
                Asked { answer: Answer::Response(event), took, outcome, reason }
            }
            Err(failure) => {
                let outcome = failure.outcome();
                Asked { answer: error(failure), took, outcome, reason: "" }
            }
        }
    }
}

fn error(failure: Failure) -> Answer {
    let message = failure.to_string();
    Answer::Error { error_type: failure.outcome().to_owned(), message }
}
