//! A sign-in that was brought as far as some trigger, to be measured from there again and again.

use std::path::Path;

use anyhow::Context as _;
use fakes::event::{Caller, attempt, password_verified};
use fakes::fake_aws::{FakeAws, User};
use fakes::world::{Moment, StoreKind, environment};
use serde_json::Value;
use xtask::trigger::Trigger;

use crate::instance::{Instance, ensure_did};
use crate::program::Functions;
use crate::tls::Tls;

/// What one kind of functions has stored and answered.
pub(crate) struct Scene {
    pub(crate) aws: FakeAws,
    pub(crate) environment: Vec<(String, String)>,
    caller: Caller,
    /// Whether we can open what the functions store.
    ours: bool,
    steps: Vec<Step>,
}

/// One trigger's turn.
pub(crate) struct Step {
    trigger: Trigger,
    pub(crate) event: Value,
    /// What was stored when it was this trigger's turn.
    before: Moment,
}

impl Scene {
    /// Signs in once, on the store `table`, and keeps each step. Node has no gate.
    pub(crate) async fn play(functions: &Functions, tls: Option<&Path>) -> anyhow::Result<(Self, Option<Tls>)> {
        let aws = FakeAws::start().await?;
        let caller = Caller::example();
        aws.put_user(User::new(&caller.user_pool, &caller.user, &caller.email));
        let mut settings = environment(StoreKind::Table, aws.endpoint(), &[]);
        let tls = match tls {
            Some(folder) => Some(Tls::before(aws.endpoint(), folder).await?),
            None => None,
        };
        // The SDK has advice for Node's users, and prints it with every start.
        settings.push(("NODE_NO_WARNINGS".to_owned(), "1".to_owned()));
        // Of two variables of one name the later one counts.
        settings.extend(tls.iter().flat_map(Tls::environment));

        let ours = matches!(functions, Functions::Ours(_));
        let mut scene = Self { aws, environment: settings, caller: caller.clone(), ours, steps: Vec::new() };
        let mark = attempt(1);
        scene.step(functions, Trigger::Define, caller.define(&password_verified(), &mark)).await?;
        let created = scene.step(functions, Trigger::Create, caller.create(&password_verified(), &mark)).await?;
        let code = scene.aws.mails().last().context("a mail was sent")?.code()?;
        let private = &created["response"]["privateChallengeParameters"];
        scene.step(functions, Trigger::Verify, caller.verify(private, &code, &mark)).await?;
        if !matches!(functions, Functions::Node(_)) {
            scene.step(functions, Trigger::Gate, caller.pre_token_generation("Authentication", &attempt(1))).await?;
        }
        Ok((scene, tls))
    }

    async fn step(&mut self, functions: &Functions, trigger: Trigger, event: Value) -> anyhow::Result<Value> {
        let step = Step { trigger, event, before: Moment::of(&self.aws) };
        let cold = Instance::cold(&functions.program(trigger)?, &self.environment, None, &step.event).await?;
        step.ensure_done(&cold.answer)?;
        self.steps.push(step);
        Ok(cold.answer)
    }

    /// The triggers that have had their turn, in order.
    pub(crate) fn triggers(&self) -> impl Iterator<Item = Trigger> {
        self.steps.iter().map(|step| step.trigger)
    }

    /// The trigger's turn, with everything stored as it was then.
    pub(crate) fn rewind(&self, trigger: Trigger) -> anyhow::Result<&Step> {
        let step = self.steps.iter().find(|step| step.trigger == trigger).context("the trigger has had its turn")?;
        if self.ours {
            step.before.return_to(&self.aws, &self.caller)?;
        } else {
            step.before.restore(&self.aws);
        }
        Ok(step)
    }
}

impl Step {
    /// # Errors
    /// When the trigger's work was not done: then its time is no figure.
    pub(crate) fn ensure_done(&self, answer: &Value) -> anyhow::Result<()> {
        match self.trigger {
            Trigger::Define => ensure_did(answer, "/response/challengeName", "CUSTOM_CHALLENGE"),
            Trigger::Create => ensure_did(answer, "/response/publicChallengeParameters/state", "CODE_SENT"),
            Trigger::Verify => ensure_did(answer, "/response/answerCorrect", "true"),
            Trigger::Gate => ensure_did(answer, "/response/claimsOverrideDetails", "null"),
        }
    }
}
