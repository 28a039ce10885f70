//! The inbox as a page: each mail as its reader would see it. On the loopback interface alone.

use std::net::{Ipv4Addr, SocketAddr};

use anyhow::Context as _;
use axum::Json;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use tokio::net::TcpListener;
use xtask::inbox::{self, Mail};
use xtask::local::Running;

/// Nothing but what this program serves.
const OWN: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
                   base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A mail brings its style with it, and may do nothing else: no script, no request, no link that leads away.
const MAIL: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
                    form-action 'none'; frame-ancestors 'self'";

/// Takes the port, any free one for 0.
///
/// # Errors
/// When another program has it.
pub(super) async fn bind(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.with_context(|| {
        format!("failed to serve the inbox on port {port}\nhint: `cargo xtask dev --port 0` takes any free one")
    })
}

/// What the pages are made from.
#[derive(Debug, Clone)]
struct Shared {
    /// The local AWS.
    running: Running,
    /// Where this is served.
    address: SocketAddr,
}

/// Serves the inbox of this local AWS, until it is dropped.
///
/// # Errors
/// When the port is lost.
pub(super) async fn serve(listener: TcpListener, running: Running) -> anyhow::Result<()> {
    let address = listener.local_addr().context("failed to serve the inbox")?;
    axum::serve(listener, router(Shared { running, address })).await.context("failed to serve the inbox")
}

fn router(shared: Shared) -> Router {
    let file = |kind: &'static str, text: &'static str| get(move || async move { typed(kind, OWN, text) });
    Router::new()
        .route("/", file("text/html; charset=utf-8", include_str!("page/index.html")))
        .route("/page.css", file("text/css; charset=utf-8", include_str!("page/page.css")))
        .route("/page.js", file("text/javascript; charset=utf-8", include_str!("page/page.js")))
        .route("/mails", get(mails))
        .route("/mails/{id}", get(mail))
        .layer(middleware::from_fn_with_state(shared.clone(), guard))
        .with_state(shared)
}

/// Refuses what was sent to another name: a page elsewhere could lead its own name to this address, and read the codes.
async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    if !host.is_some_and(|host| is_own(host, shared.address.port())) {
        return (StatusCode::FORBIDDEN, "this is served to the loopback interface by its own name alone\n")
            .into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a `Host` header names this page.
fn is_own(host: &str, port: u16) -> bool {
    let Some((name, asked)) = host.rsplit_once(':') else { return false };
    asked == port.to_string() && ["127.0.0.1", "localhost"].contains(&name)
}

fn typed(kind: &'static str, policy: &'static str, text: impl Into<axum::body::Body>) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, policy)], text.into()).into_response()
}

/// A mail as the page shows it.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    mail: Mail,
    code: Option<String>,
}

async fn mails(State(shared): State<Shared>) -> Result<Json<Vec<Shown>>, Unread> {
    let mails = fetch(shared).await?;
    Ok(Json(mails.into_iter().map(|mail| Shown { code: mail.code().map(str::to_owned), mail }).collect()))
}

async fn mail(State(shared): State<Shared>, Path(id): Path<String>) -> Result<Response, Unread> {
    let found = fetch(shared).await?.into_iter().find(|mail| mail.id == id);
    Ok(match found {
        Some(mail) => typed("text/html; charset=utf-8", MAIL, mail.html),
        None => (StatusCode::NOT_FOUND, "there is no such mail\n").into_response(),
    })
}

async fn fetch(shared: Shared) -> Result<Vec<Mail>, Unread> {
    let fetched = tokio::task::spawn_blocking(move || inbox::fetch(&shared.running)).await;
    fetched.map_err(anyhow::Error::new).flatten().map_err(Unread)
}

/// The local AWS did not answer.
struct Unread(anyhow::Error);

impl IntoResponse for Unread {
    fn into_response(self) -> Response {
        (StatusCode::BAD_GATEWAY, format!("{:#}\n", self.0)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_names_are_served() {
        let rows = [
            ("127.0.0.1:8025", true),
            ("localhost:8025", true),
            ("localhost:80", false),
            ("localhost", false),
            ("example.com:8025", false),
            ("127.0.0.1.example.com:8025", false),
            ("", false),
        ];
        for (host, own) in rows {
            assert_eq!(is_own(host, 8025), own, "{host}");
        }
    }
}
