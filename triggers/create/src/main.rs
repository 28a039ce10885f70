//! The function CreateAuthChallenge.

use trigger_create::{Create, Settings};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let setup = async {
        let settings = Settings::from_environment()?;
        let config = trigger_store::sdk_config().await;
        Ok::<_, trigger_runtime::settings::SettingError>(Create::new(settings, &config).await)
    };
    trigger_runtime::start("create", setup, |create, event, budget| async move { create.answer(event, budget).await })
        .await
}
