//! A scripted AWS: as much of Cognito, DynamoDB, Secrets Manager and SES as the triggers call. Behind a loopback port for
//! the real programs ([`FakeAws::start`]), or in the place of the network for handlers within the test
//! ([`FakeAws::in_process`]), where time may stand still.

mod account;
mod cognito;
mod connector;
pub mod dynamodb;
mod faults;
mod reply;
pub mod secrets;
mod server;
mod ses;

use std::convert::Infallible;
use std::sync::MutexGuard;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::mail::Mail;
use account::{Account, Shared};
pub use cognito::User;
pub use faults::{Fault, Hold};
use reply::Reply;

/// The account and its port. Ended when dropped.
#[derive(Debug)]
pub struct FakeAws {
    shared: Shared,
    server: Option<JoinHandle<Infallible>>,
    endpoint: String,
}

/// What is stored in the account at one moment, to go back to.
#[derive(Debug, Clone)]
pub struct Snapshot {
    users: Vec<User>,
    tables: dynamodb::Tables,
}

/// A call that arrived, whether it was then refused or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Such as `AdminGetUser`.
    pub operation: String,
    pub body: Value,
}

impl FakeAws {
    /// Starts with an empty account whose secret has one version.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start() -> anyhow::Result<Self> {
        let shared = Shared::default();
        let (endpoint, server) = server::start(shared.clone()).await?;
        Ok(Self { shared, server: Some(server), endpoint })
    }

    /// An empty account without a port, for the SDK's clients in this very process. All its delays are tokio's, so with
    /// paused time they take none.
    #[must_use]
    pub fn in_process() -> Self {
        Self { shared: Shared::default(), server: None, endpoint: String::new() }
    }

    /// What the SDK's clients in this process use in the place of the network.
    #[must_use]
    pub fn http_client(&self) -> SharedHttpClient {
        connector::client(self.shared.clone())
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Puts a user into the pool, or in the place of the one with the same name.
    pub fn put_user(&self, user: User) {
        let mut account = self.account();
        account.users.retain(|known| known.name != user.name);
        account.users.push(user);
    }

    #[must_use]
    pub fn user(&self, name: &str) -> Option<User> {
        self.account().users.iter().find(|user| user.name == name).cloned()
    }

    /// The mails that were accepted for sending, oldest first.
    #[must_use]
    pub fn mails(&self) -> Vec<Mail> {
        self.account().mails.clone()
    }

    /// The calls of one operation, oldest first.
    #[must_use]
    pub fn calls(&self, operation: &str) -> Vec<Call> {
        self.account().calls.iter().filter(|call| call.operation == operation).cloned().collect()
    }

    /// The secret's current text.
    #[must_use]
    pub fn secret(&self) -> String {
        self.account().secrets.current()
    }

    /// Gives the secret a new version; the one before it becomes `AWSPREVIOUS`.
    pub fn rotate_secret(&self, text: &str) {
        self.account().secrets.rotate(text);
    }

    /// All calls in the order in which they arrived.
    #[must_use]
    pub fn all_calls(&self) -> Vec<Call> {
        self.account().calls.clone()
    }

    /// Every version of an item that was ever written, oldest first.
    #[must_use]
    pub fn item_history(&self, key: &str) -> Vec<Value> {
        self.account().tables.history(key)
    }

    #[must_use]
    pub fn item(&self, key: &str) -> Option<Value> {
        self.item_history(key).pop()
    }

    /// Writes an item without a condition, and forgets what was there before.
    pub fn put_item(&self, key: &str, item: Value) {
        self.account().tables.replace(key, item);
    }

    /// Removes an item, as its TTL does.
    pub fn remove_item(&self, key: &str) {
        self.account().tables.forget(key);
    }

    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let account = self.account();
        Snapshot { users: account.users.clone(), tables: account.tables.clone() }
    }

    /// Puts back what was stored; mails and calls are not forgotten.
    pub fn restore(&self, snapshot: &Snapshot) {
        let Snapshot { users, tables } = snapshot.clone();
        let mut account = self.account();
        account.users = users;
        account.tables = tables;
    }

    /// Lets the next `times` calls of `operation` meet a fault.
    pub fn fail(&self, operation: &str, fault: Fault, times: usize) {
        self.account().faults.next(operation, Some(fault), times);
    }

    /// Lets the next `times` calls of `operation` pass, before the faults that are scripted after this.
    pub fn spare(&self, operation: &str, times: usize) {
        self.account().faults.next(operation, None, times);
    }

    /// Lets every call of `operation` meet a fault, after those that are scripted one by one.
    pub fn fail_on(&self, operation: &str, fault: Fault) {
        self.account().faults.lasting(operation, fault);
    }

    /// Holds the next `times` calls of `operation` before they are done.
    #[must_use]
    pub fn hold(&self, operation: &str, times: usize) -> Hold {
        let (hold, fault) = Hold::new();
        self.fail(operation, fault, times);
        hold
    }

    /// Forgets every fault that is still to come.
    pub fn heal(&self) {
        self.account().faults.clear();
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.shared.lock()
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}
