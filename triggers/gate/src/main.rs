//! The function PreTokenGeneration.

use trigger_gate::Gate;

#[tokio::main(flavor = "local")]
async fn main() -> Result<(), lambda_runtime::Error> {
    trigger_runtime::start::<Gate>().await
}
