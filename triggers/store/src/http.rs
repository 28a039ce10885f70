//! The HTTP client under the SDK: one for all services, HTTP/1.1, rustls with ring, the operating system's certificates.
//!
//! The SDK's own speaks HTTP/2 and through proxies as well, which no call here needs; as code it is a sixth of a function.
//! And it would read some hundred certificates twice for each service.

use std::{
    error::Error,
    future::Future,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connection::{CaptureSmithyConnection, ConnectionMetadata},
        http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
    },
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{CaptureConnection, HttpConnector as TcpConnector, capture_connection},
    },
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use rustls::crypto::ring;
use tokio::{net::TcpStream, time::error::Elapsed};
use tower_service::Service;

/// How long a connection may take: within a Region it takes milliseconds.
pub const CONNECT_TIMEOUT: Duration = Duration::from_millis(800);

/// How long what was sent may go without TCP's own acknowledgement, which within a Region comes in milliseconds.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(1);

/// Reads the certificates that the operating system trusts, which takes some milliseconds of computing.
///
/// # Errors
/// When the operating system has none.
pub fn http_client() -> io::Result<SharedHttpClient> {
    let mut tcp = TcpConnector::new();
    // Whether a call goes over TLS is its endpoint's to say.
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    // Shared out among a name's addresses, so that one that is dead leaves time for the next.
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT / 2));
    // A connection that was lost without a word while Lambda froze the instance is told from a service that is slow: nobody
    // acknowledges what is sent.
    #[cfg(target_os = "linux")]
    tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
    let https = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(ring::default_provider())?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new());
    let connector = SharedHttpConnector::new(Connector(builder.build(Patient(https))));
    Ok(http_client_fn(move |_, _| connector.clone()))
}

/// Gives a connection up that takes longer than [`CONNECT_TIMEOUT`], with DNS and TLS.
#[derive(Debug, Clone)]
struct Patient(HttpsConnector<TcpConnector>);

impl Service<http::Uri> for Patient {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        let connecting = self.0.call(uri);
        Box::pin(async { tokio::time::timeout(CONNECT_TIMEOUT, connecting).await? })
    }
}

/// Between the SDK's requests and hyper's.
#[derive(Debug)]
struct Connector(Client<Patient, SdkBody>);

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&connection));
        }
        let answer = self.0.request(request);
        HttpConnectorFuture::new(async move {
            let response = answer.await.map_err(|error| failure(Box::new(error)))?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// By this the SDK closes a connection whose server is not well, before it tries again.
fn metadata(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    let connection = connection.clone();
    // None before there is a connection.
    connection.connection_metadata().as_ref()?;
    let poison = move || {
        if let Some(connected) = connection.connection_metadata().as_ref() {
            connected.poison();
        }
    };
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(poison).build())
}

/// Which failures are worth another try: those of the network, and a connection that ended in the middle of an answer.
fn failure(error: BoxError) -> ConnectorError {
    if source::<Elapsed>(error.as_ref()).is_some() {
        return ConnectorError::timeout(error);
    }
    let connecting =
        source::<hyper_util::client::legacy::Error>(error.as_ref()).is_some_and(|error| error.is_connect());
    let of_hyper = source::<hyper::Error>(error.as_ref());
    if of_hyper.is_some_and(hyper::Error::is_user) {
        return ConnectorError::user(error);
    }
    if of_hyper.is_some_and(hyper::Error::is_incomplete_message) {
        return ConnectorError::other(error, Some(ErrorKind::TransientError));
    }
    let closed = of_hyper.is_some_and(|error| error.is_closed() || error.is_canceled());
    if connecting || closed || source::<io::Error>(error.as_ref()).is_some() {
        return ConnectorError::io(error);
    }
    ConnectorError::other(error, None)
}

/// What began it: the last of the causes. Of the network and of certificates, so never of a user.
pub(crate) fn first_cause(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

/// The first error of this type in the chain of causes.
fn source<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(<dyn Error>::downcast_ref)
}
