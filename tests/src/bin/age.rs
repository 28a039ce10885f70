//! Lets time pass for the stored state of a user of the deployed stack `local`: `age EMAIL SECONDS`.
//!
//! The product has no test clock. This is for the tests in a browser, which are no Rust and age the state as the end-to-end
//! tests do.

use anyhow::Context as _;
use e2e::person::Person;
use e2e::stack::Stack;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(email), Some(seconds), None) = (arguments.next(), arguments.next(), arguments.next()) else {
        anyhow::bail!("failed to understand the arguments: wanted are `EMAIL SECONDS`");
    };
    let seconds = seconds.parse().with_context(|| format!("failed to read `{seconds}` as seconds"))?;
    let stack = Stack::deployed().await?;
    let person = Person::known(&stack, &email).await?;
    person.age(seconds).await.with_context(|| format!("failed to age the state of `{email}`"))
}
