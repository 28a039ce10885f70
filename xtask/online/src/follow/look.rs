//! One look at the events of a stack, and why it may show nothing.

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};

use crate::aws;
use crate::events::Event;
use crate::trouble::Trouble;

/// How the services say that it may work a moment later, where the status of the answer does not.
const PASSING: [&str; 3] = ["Throttling", "ThrottlingException", "RequestLimitExceeded"];

/// Why nothing is seen of an operation.
#[derive(Debug, thiserror::Error)]
pub enum Blind {
    #[error("the credentials have expired (choose or renew them, for example with `aws sso login`)")]
    Expired,
    /// It may work a moment later.
    #[error("CloudFormation does not answer ({0})")]
    Passing(String),
    #[error("the events of the stack cannot be read ({0})")]
    Lasting(String),
}

impl Blind {
    fn of<E>(error: SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let code = error.code().unwrap_or_default().to_owned();
        let answered = error.as_service_error().is_some();
        let faulty = error.raw_response().is_some_and(|response| response.status().is_server_error());
        let trouble = Trouble::of(&error);
        let text = format!("{:#}", aws::words(error));
        // They were good when the operation began.
        if let Some(Trouble::Expired | Trouble::Unknown | Trouble::NoCredentials | Trouble::Unloadable) = trouble {
            Self::Expired
        } else if !answered || faulty || PASSING.contains(&code.as_str()) {
            Self::Passing(text)
        } else {
            Self::Lasting(text)
        }
    }
}

/// Reads the events of a stack as they come.
#[derive(Debug)]
pub struct Follower<'a> {
    client: &'a Client,
    stack_id: &'a str,
    last: Option<String>,
}

impl<'a> Follower<'a> {
    /// From now on: nothing that has happened already will be told.
    ///
    /// # Errors
    /// When CloudFormation does not answer.
    pub async fn start(client: &'a Client, stack_id: &'a str) -> Result<Self, Blind> {
        let mut follower = Self { client, stack_id, last: None };
        let (newest, _) = follower.page(None).await?;
        follower.last = newest.into_iter().next().map(|event| event.id);
        Ok(follower)
    }

    #[must_use]
    pub const fn stack_id(&self) -> &'a str {
        self.stack_id
    }

    /// What has happened since the last look, oldest first.
    ///
    /// # Errors
    /// When CloudFormation does not answer.
    pub async fn look(&mut self) -> Result<Vec<Event>, Blind> {
        let mut fresh = Vec::new();
        let mut token = None;
        loop {
            let (events, next) = self.page(token).await?;
            let known = events.iter().position(|event| Some(&event.id) == self.last.as_ref());
            fresh.extend(events.into_iter().take(known.unwrap_or(usize::MAX)));
            token = next;
            if known.is_some() || token.is_none() {
                break;
            }
        }
        if let Some(newest) = fresh.first() {
            self.last = Some(newest.id.clone());
        }
        fresh.reverse();
        Ok(fresh)
    }

    /// One page, newest first.
    async fn page(&self, token: Option<String>) -> Result<(Vec<Event>, Option<String>), Blind> {
        let request = self.client.describe_stack_events().stack_name(self.stack_id).set_next_token(token);
        let page = request.send().await.map_err(Blind::of)?;
        Ok((page.stack_events().iter().map(Event::new).collect(), page.next_token))
    }
}
