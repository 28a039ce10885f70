//! The account in the place of the network, for the SDK's clients of this process.

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;

use super::account::{Request, Shared};

#[derive(Debug, Clone)]
struct InProcess(Shared);

pub(super) fn client(shared: Shared) -> SharedHttpClient {
    SharedHttpClient::new(InProcess(shared))
}

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default().to_owned();
        let uri = request.uri();
        let path = uri.split_once("://").map_or(uri, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
        let path = format!("/{}", path.trim_start_matches('/').split('?').next().unwrap_or_default());
        let body = request.body().bytes().unwrap_or_default();
        let request = Request::new(&target, request.method(), &path, body);
        HttpConnectorFuture::new(answer(self.0.clone(), request))
    }
}

async fn answer(shared: Shared, request: Request) -> Result<HttpResponse, ConnectorError> {
    // As hyper puts it when the connection ends before the answer.
    let reply = shared.meet(request).await.ok_or_else(|| ConnectorError::io("connection closed".into()))?;
    let status = reply
        .status
        .try_into()
        .map_err(|error: aws_smithy_runtime_api::http::HttpError| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(reply.body.to_string()));
    response.headers_mut().insert("content-type", "application/json");
    if let Some(code) = reply.code {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    Ok(response)
}
