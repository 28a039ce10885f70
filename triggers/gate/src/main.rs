//! PreTokenGeneration: the gate. Lets through a refresh, and an authentication whose code was right a moment ago.

use std::{sync::Arc, time::Duration};

use challenge::gate::{Refusal, Source, use_consumption};
use serde_json::{Value, json};
use trigger_runtime::{Event, Failure, Reply, now, settings, start};
use trigger_store::{Keys, Store};

const SECOND_LOOK_AFTER: Duration = Duration::from_millis(200);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let setup = async {
        let (attribute, secret) = (settings::text("CUSTOM_ATTRIBUTES")?, settings::text("CODE_KEY_SECRET")?);
        let config = trigger_store::sdk_config().await;
        Ok::<_, settings::SettingError>(Store::new(&config, attribute, Keys::new(&config, secret).await))
    };
    start("gate", setup, |store, event, _| async move { pass(&store, event).await }).await
}

async fn pass(store: &Arc<Store>, event: Value) -> Result<Reply, Failure> {
    let event = Event::new(event, "TokenGeneration_")?;
    match Source::parse(event.source()) {
        // Whoever holds a refresh token has passed this gate before; nothing is read for it.
        Source::RefreshTokens => return Ok(passed(event, "refresh", None)),
        Source::Other => return Err(Failure::Refused(Refusal::SourceNotAllowed.reason())),
        Source::Authentication => {}
    }
    let subject = event.subject();
    let mut user = store.load(&subject).await?;
    // Whether a read sees the write just before it is not documented for user attributes: Verify stored the consumption
    // milliseconds ago.
    if use_consumption(&user.state, event.client(), now()) == Err(Refusal::NoRecentConsumption) {
        tokio::time::sleep(SECOND_LOOK_AFTER).await;
        user = store.load(&subject).await?;
    }
    if user.unusable.is_some() {
        return Err(Failure::Refused("state-unusable"));
    }
    let used =
        use_consumption(&user.state, event.client(), now()).map_err(|refusal| Failure::Refused(refusal.reason()))?;
    store.save(&subject, &used, &user.keys, rand::random()).await?;
    let user = user.keys.current.user_hash(&subject);
    Ok(passed(event, "code-used", Some(user)))
}

fn passed(event: Event, reason: &'static str, user: Option<String>) -> Reply {
    Reply { event: event.answered(json!({"claimsOverrideDetails": null})), outcome: "passed", reason, user }
}
