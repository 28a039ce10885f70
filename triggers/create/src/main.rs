//! The function CreateAuthChallenge.

use trigger_create::Create;

#[tokio::main(flavor = "local")]
async fn main() -> Result<(), lambda_runtime::Error> {
    trigger_runtime::start::<Create>().await
}
