//! What the account holds, and what was asked of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::faults::{Fault, Heard, Script};
use super::{Call, Reply, User, cognito, dynamodb, secrets, ses};
use crate::mail::Mail;

#[derive(Debug, Default)]
pub(super) struct Account {
    pub(super) users: Vec<User>,
    pub(super) secrets: secrets::Versions,
    pub(super) tables: dynamodb::Tables,
    pub(super) mails: Vec<Mail>,
    pub(super) calls: Vec<Call>,
    pub(super) faults: Script,
}

/// The account, as many connections see it.
#[derive(Debug, Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Account>>);

/// A call as it was sent, without its signature.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Request {
    pub(super) operation: String,
    pub(super) body: Value,
}

impl Request {
    /// Takes the `x-amz-target` header of the JSON protocols, or for REST the method and the path.
    pub(super) fn new(target: &str, method: &str, path: &str, body: &[u8]) -> Self {
        let operation = match (target.rsplit_once('.'), method, path) {
            (Some((_, operation)), ..) => operation.to_owned(),
            (None, "POST", "/v2/email/outbound-emails") => "SendEmail".to_owned(),
            _ => format!("{method} {path} {target}"),
        };
        Self { operation, body: serde_json::from_slice(body).unwrap_or_default() }
    }
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is asked, as far as the script lets it. `None`: the connection is to be closed without an answer.
    pub(super) async fn meet(self, request: Request) -> Option<Reply> {
        let fault = {
            let mut account = self.lock();
            account.calls.push(Call { operation: request.operation.clone(), body: request.body.clone() });
            account.faults.take(&request.operation)
        };
        let Some(fault) = fault else { return Some(self.lock().serve(&request)) };
        // A task of its own: what is under way at AWS is done even if the caller has given up by then.
        let met = tokio::spawn(async move { self.befall(&request, &fault).await });
        met.await.ok().flatten()
    }

    async fn befall(&self, request: &Request, fault: &Fault) -> Option<Reply> {
        if let Some(gate) = &fault.hold {
            gate.pass().await;
        }
        tokio::time::sleep(fault.before).await;
        let done = fault.done.then(|| self.lock().serve(request));
        tokio::time::sleep(fault.after).await;
        if matches!(fault.heard, Heard::Nothing) {
            std::future::pending::<()>().await;
        }
        fault.reply(&request.operation, done)
    }
}

impl Account {
    fn serve(&mut self, Request { operation, body }: &Request) -> Reply {
        match operation.as_str() {
            "AdminGetUser" => cognito::admin_get_user(&self.users, body),
            "AdminUpdateUserAttributes" => cognito::admin_update_user_attributes(&mut self.users, body),
            "GetSecretValue" => self.secrets.get_secret_value(body),
            "GetItem" => self.tables.get_item(body),
            "PutItem" => self.tables.put_item(body),
            "SendEmail" => ses::send_email(&mut self.mails, body),
            _ => Reply::refused("UnknownOperationException", operation),
        }
    }
}
