//! The function VerifyAuthChallengeResponse.

use trigger_store::StoreSettings;
use trigger_verify::Verify;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    let setup = async {
        let settings = StoreSettings::from_environment()?;
        let config = trigger_store::sdk_config().await;
        Ok::<_, trigger_runtime::settings::SettingError>(Verify::new(settings, &config).await)
    };
    trigger_runtime::start("verify", setup, |verify, event, budget| async move { verify.answer(event, budget).await })
        .await
}
