//! A scripted AWS on a loopback port: as much of Cognito, Secrets Manager and SES as the triggers call.

mod cognito;
mod faults;
pub mod secrets;
mod ses;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Context as _;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::mail::Mail;
pub use cognito::User;
pub use faults::Fault;

/// The server. Ended when dropped.
#[derive(Debug)]
pub struct FakeAws {
    shared: Arc<Mutex<Account>>,
    server: JoinHandle<()>,
    endpoint: String,
}

/// What the account holds, and what was asked of it.
#[derive(Debug, Default)]
struct Account {
    users: Vec<User>,
    secrets: secrets::Versions,
    mails: Vec<Mail>,
    calls: Vec<Call>,
    faults: faults::Script,
}

/// A call that arrived, whether it was then refused or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Such as `AdminGetUser`.
    pub operation: String,
    pub body: Value,
}

/// An answer in the words of the AWS protocols.
#[derive(Debug)]
enum Reply {
    Ok(Value),
    Refused { status: StatusCode, code: String, message: String },
}

impl Reply {
    fn refused(code: &str, message: &str) -> Self {
        Self::Refused { status: StatusCode::BAD_REQUEST, code: code.to_owned(), message: message.to_owned() }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        match self {
            Self::Ok(body) => ([("content-type", "application/x-amz-json-1.1")], body.to_string()).into_response(),
            Self::Refused { status, code, message } => {
                let body = json!({ "__type": code, "message": message }).to_string();
                (status, [("content-type", "application/x-amz-json-1.1"), ("x-amzn-errortype", &code)], body)
                    .into_response()
            }
        }
    }
}

impl FakeAws {
    /// Starts with an empty account whose secret has one version.
    ///
    /// # Errors
    /// When no port can be opened.
    pub async fn start() -> anyhow::Result<Self> {
        let shared = Arc::new(Mutex::new(Account::default()));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("failed to open a port")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { shared, server, endpoint })
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

    /// Lets the next `times` calls of `operation` meet a fault.
    pub fn fail(&self, operation: &str, fault: Fault, times: usize) {
        self.account().faults.add(operation, fault, times);
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for FakeAws {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    State(shared): State<Arc<Mutex<Account>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = match (target.rsplit_once('.'), &method, uri.path()) {
        (Some((_, operation)), ..) => operation,
        (None, &Method::POST, "/v2/email/outbound-emails") => "SendEmail",
        _ => "",
    };
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let fault = {
        let mut account = shared.lock().unwrap_or_else(PoisonError::into_inner);
        let call = Call { operation: operation.to_owned(), body: body.clone() };
        account.calls.push(call);
        account.faults.take(operation)
    };
    let serve = || {
        let mut account = shared.lock().unwrap_or_else(PoisonError::into_inner);
        match operation {
            "AdminGetUser" => cognito::admin_get_user(&account.users, &body),
            "AdminUpdateUserAttributes" => cognito::admin_update_user_attributes(&mut account.users, &body),
            "GetSecretValue" => account.secrets.get_secret_value(&body),
            "SendEmail" => ses::send_email(&mut account.mails, &body),
            _ => Reply::refused("UnknownOperationException", &format!("{method} {uri} {target}")),
        }
    };
    match fault {
        None => serve().into_response(),
        Some(fault) => fault.apply(serve),
    }
}
