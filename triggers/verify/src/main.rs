//! The function VerifyAuthChallengeResponse.

use trigger_verify::Verify;

#[tokio::main(flavor = "local")]
async fn main() -> Result<(), lambda_runtime::Error> {
    trigger_runtime::start::<Verify>().await
}
