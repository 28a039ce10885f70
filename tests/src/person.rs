//! Somebody with a user, a password and a mailbox.

use anyhow::{Context as _, bail};
use challenge::{Key, Subject};
use xtask_online::password::Password;
use xtask_online::sign_in::{Flow, Refusal, Step, Tokens};
use xtask_online::user;

use crate::event::Caller;
use crate::kept;
use crate::mail::code_in;
use crate::stack::Stack;
use crate::world::{ATTRIBUTE, state::aged};

/// A user of a deployed stack.
#[derive(Debug)]
pub struct Person<'a> {
    pub stack: &'a Stack,
    pub email: String,
    pub password: Password,
    /// The user's name in the pool.
    pub name: String,
}

impl<'a> Person<'a> {
    /// A new user with a password.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn new(stack: &'a Stack) -> anyhow::Result<Self> {
        let person = Self::invited(stack).await?;
        user::confirm(&stack.cognito, &stack.outputs.user_pool_id, &person.email, &person.password).await?;
        Ok(person)
    }

    /// A new user who was given no password yet.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn invited(stack: &'a Stack) -> anyhow::Result<Self> {
        let email = format!("person-{:016x}@example.com", rand::random::<u64>());
        let password = Password::new(format!("Aa1!{:032x}", rand::random::<u128>()))?;
        user::create(&stack.cognito, &stack.outputs.user_pool_id, &email).await?;
        let name = name(stack, &email).await?;
        Ok(Self { stack, email, password, name })
    }

    /// A user whom somebody else has made. The password is not known here, so this person cannot sign in.
    ///
    /// # Errors
    /// When there is no such user.
    pub async fn known(stack: &'a Stack, email: &str) -> anyhow::Result<Self> {
        let name = name(stack, email).await?;
        Ok(Self { stack, email: email.to_owned(), password: Password::new("unknown")?, name })
    }

    /// Signs in as far as the challenge, or as far as it goes.
    ///
    /// # Errors
    /// When Cognito cannot be reached.
    pub async fn start(&self, client: &str) -> anyhow::Result<Step> {
        let app_client = self.stack.app_client(client).await?;
        Flow::start(&self.stack.cognito, &app_client, &self.email, &self.password).await
    }

    /// The challenge of a sign-in through `web`.
    ///
    /// # Errors
    /// When it comes to none.
    pub async fn challenge(&self) -> anyhow::Result<Flow> {
        self.start("web").await.and_then(challenge)
    }

    /// The code in the last mail to this person.
    ///
    /// # Errors
    /// When there is none.
    pub async fn code(&self) -> anyhow::Result<String> {
        let mails = self.stack.mails(&self.email).await?;
        code_in(&mails.last().with_context(|| format!("no mail to {}", self.email))?.text)
    }

    /// The sealed state, where the stage keeps it.
    ///
    /// # Errors
    /// When there is none.
    pub async fn sealed(&self) -> anyhow::Result<String> {
        let sealed = match self.stack.state_table().await? {
            Some(table) => kept::get(&self.stack.dynamodb, &table, &self.storage_key()).await?,
            None => self.stack.attributes(&self.name).await?.remove(ATTRIBUTE),
        };
        sealed.context("the user has a state")
    }

    /// Puts another text in its place, as somebody with full access can.
    ///
    /// # Errors
    /// When AWS refuses.
    pub async fn put_sealed(&self, sealed: &str) -> anyhow::Result<()> {
        match self.stack.state_table().await? {
            Some(table) => kept::put(&self.stack.dynamodb, &table, &self.storage_key(), sealed).await,
            None => self.write(ATTRIBUTE, sealed).await,
        }
    }

    /// Lets `seconds` pass for the stored state, and for the copy of a lock that the table's store keeps in the attribute.
    ///
    /// # Errors
    /// When there is none, or the secret does not open it.
    pub async fn age(&self, seconds: u64) -> anyhow::Result<()> {
        let (sealed, secret) = (self.sealed().await?, self.stack.secret().await?);
        let copy = self.stack.attributes(&self.name).await?.remove(ATTRIBUTE).filter(|copy| *copy != sealed);
        self.put_sealed(&aged(&self.caller(), &sealed, &secret, seconds)?).await?;
        match copy {
            Some(copy) => self.write(ATTRIBUTE, &aged(&self.caller(), &copy, &secret, seconds)?).await,
            None => Ok(()),
        }
    }

    /// Sets an attribute as an administrator can.
    ///
    /// # Errors
    /// When Cognito refuses.
    pub async fn write(&self, attribute: &str, value: &str) -> anyhow::Result<()> {
        let pair = aws_sdk_cognitoidentityprovider::types::AttributeType::builder().name(attribute).value(value);
        let request = self.stack.cognito.admin_update_user_attributes();
        let request = request.user_pool_id(&self.stack.outputs.user_pool_id).username(&self.name);
        request.user_attributes(pair.build()?).send().await.map_err(xtask_online::aws::sdk)?;
        Ok(())
    }

    /// What stands for this user in the functions' logs.
    ///
    /// # Errors
    /// When the secret cannot be read.
    pub async fn hash(&self) -> anyhow::Result<String> {
        let caller = self.caller();
        let subject = Subject { user_pool: &caller.user_pool, user: &caller.user };
        Ok(Key::from_secret(self.stack.secret().await?.as_bytes())?.user_hash(&subject))
    }

    fn storage_key(&self) -> String {
        Subject { user_pool: &self.stack.outputs.user_pool_id, user: &self.name }.storage_key()
    }

    fn caller(&self) -> Caller {
        Caller {
            user_pool: self.stack.outputs.user_pool_id.clone(),
            client: String::new(),
            user: self.name.clone(),
            email: self.email.clone(),
        }
    }
}

/// The user's name in the pool.
async fn name(stack: &Stack, email: &str) -> anyhow::Result<String> {
    stack.attributes(email).await?.remove("sub").context("every user has a `sub`")
}

/// # Errors
/// With what the step was, if it was no challenge.
pub fn challenge(step: Step) -> anyhow::Result<Flow> {
    match step {
        Step::Challenge(flow) => Ok(*flow),
        Step::Signed(_) => bail!("a challenge was expected, and tokens were issued"),
        Step::Refused(refusal) => Err(refusal).context("a challenge was expected"),
    }
}

/// # Errors
/// With what the step was, if it was no success.
pub fn tokens(step: Step) -> anyhow::Result<Tokens> {
    match step {
        Step::Signed(tokens) => Ok(tokens),
        Step::Challenge(flow) => bail!("tokens were expected, and a challenge came: {}", flow.challenge()),
        Step::Refused(refusal) => Err(refusal).context("tokens were expected"),
    }
}

/// # Errors
/// With what the step was, if it was no refusal.
pub fn refusal(step: Step) -> anyhow::Result<Refusal> {
    match step {
        Step::Refused(refusal) => Ok(refusal),
        Step::Challenge(flow) => bail!("a refusal was expected, and a challenge came: {}", flow.challenge()),
        Step::Signed(_) => bail!("a refusal was expected, and tokens were issued"),
    }
}

/// Digits that are not the code.
#[must_use]
pub fn other_than(code: &str) -> String {
    code.chars().map(|digit| if digit == '9' { '0' } else { char::from(digit as u8 + 1) }).collect()
}
