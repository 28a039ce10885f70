//! The function PreTokenGeneration.

use trigger_gate::Gate;
use trigger_store::StoreSettings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let setup = async {
        let settings = StoreSettings::from_environment()?;
        let config = trigger_store::sdk_config().await;
        Ok::<_, trigger_runtime::settings::SettingError>(Gate::new(settings, &config).await)
    };
    trigger_runtime::start("gate", setup, |gate, event, budget| async move { gate.answer(event, budget).await }).await
}
