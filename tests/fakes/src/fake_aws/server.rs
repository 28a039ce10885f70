//! The account behind a loopback port.

use std::convert::Infallible;
use std::io;

use anyhow::Context as _;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::account::{Request, Shared};

/// Listens on a free port of the loopback.
///
/// # Errors
/// When no port can be opened.
pub(super) async fn start(shared: Shared) -> anyhow::Result<(String, JoinHandle<Infallible>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await.context("failed to open a port")?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    let server = tokio::spawn(async move {
        // Connections end with the server.
        let mut connections = JoinSet::new();
        loop {
            // A connection that is gone by now is no reason to stop listening.
            let Ok((stream, _)) = listener.accept().await else { continue };
            let shared = shared.clone();
            let service = service_fn(move |request| answer(shared.clone(), request));
            connections.spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            while connections.try_join_next().is_some() {}
        }
    });
    Ok((endpoint, server))
}

/// An error closes the connection without an answer, which is what a lost answer looks like.
async fn answer(shared: Shared, request: hyper::Request<Incoming>) -> io::Result<hyper::Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let request = Request::new(target, head.method.as_str(), head.uri.path(), &body);
    let reply = shared.meet(request).await.ok_or_else(|| io::Error::other("the answer is lost"))?;
    let mut response = hyper::Response::builder().status(reply.status).header("content-type", "application/json");
    if let Some(code) = &reply.code {
        response = response.header("x-amzn-errortype", code);
    }
    response.body(Full::new(Bytes::from(reply.body.to_string()))).map_err(io::Error::other)
}
