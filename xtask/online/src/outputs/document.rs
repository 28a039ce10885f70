//! What a deployed stage is reached by, as a value: for people and for programs.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Serialize;
use xtask::stage::Stage;
use xtask::terminal::line;

use crate::clients::PoolClient;
use crate::decision::deploy_command;
use crate::unread::Seen;

/// The shape of `outputs --json`.
pub const SCHEMA_VERSION: u32 = 1;

/// What a deployed stage is reached by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    pub stage: String,
    pub region: String,
    /// The local AWS; none on AWS, where the SDKs know the way.
    pub endpoint: Option<String>,
    pub stack: String,
    pub user_pool_id: String,
    /// Who signs the tokens, as their `iss` has it.
    pub issuer: String,
    /// App clients by their names in the stage file.
    pub client_ids: BTreeMap<String, String>,
    /// The topic to subscribe to for alarms; none in a stack of before there was one.
    pub alarm_topic_arn: Option<String>,
}

/// What `outputs --json` prints, in this order. A key is never taken away or given another meaning under one version.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document<'a> {
    schema_version: u32,
    stage: &'a str,
    region: &'a str,
    endpoint: Option<&'a str>,
    stack: &'a str,
    user_pool_id: &'a str,
    issuer: &'a str,
    clients: BTreeMap<&'a str, Client<'a>>,
    alarm_topic_arn: Option<&'a str>,
    /// Where they were looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    other_clients: Option<&'a Seen<Vec<PoolClient>>>,
}

impl<'a> Document<'a> {
    /// The same with the app clients of the pool that are none of the stage's.
    #[must_use]
    pub fn with_other_clients(self, others: &'a Seen<Vec<PoolClient>>) -> Self {
        Self { other_clients: Some(others), ..self }
    }
}

/// For people, a line for each app client that is none of the stage's.
#[must_use]
pub fn others_to_text(others: &[PoolClient]) -> String {
    let line = |client: &PoolClient| format!("{:<16} {client}: enabled, and none of the stage's\n", "besides");
    others.iter().map(line).collect()
}

/// An app client. Its secret, if it has one, is asked for where it is needed.
#[derive(Debug, Clone, Serialize)]
struct Client<'a> {
    id: &'a str,
}

impl Outputs {
    pub(super) fn new(
        stage: &Stage,
        endpoint: Option<String>,
        values: &BTreeMap<String, String>,
    ) -> anyhow::Result<Self> {
        let value = |key: &str| {
            let found = values.get(key).cloned();
            found.with_context(|| format!("there is no output `{key}`\nhint: `{}`", deploy_command(stage)))
        };
        let clients = stage.app_clients.iter();
        let client_ids = clients.map(|client| Ok((client.name.to_string(), value(&client.output())?)));
        Ok(Self {
            stage: stage.name.to_string(),
            region: stage.aws.region.to_string(),
            endpoint,
            stack: stage.aws.stack.to_string(),
            user_pool_id: value("UserPoolId")?,
            issuer: value("Issuer")?,
            client_ids: client_ids.collect::<anyhow::Result<_>>()?,
            alarm_topic_arn: values.get("AlarmTopicArn").cloned(),
        })
    }

    /// The document that scripts and front ends read.
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        Document {
            schema_version: SCHEMA_VERSION,
            stage: &self.stage,
            region: &self.region,
            endpoint: self.endpoint.as_deref(),
            stack: &self.stack,
            user_pool_id: &self.user_pool_id,
            issuer: &self.issuer,
            clients: self.client_ids.iter().map(|(name, id)| (name.as_str(), Client { id })).collect(),
            alarm_topic_arn: self.alarm_topic_arn.as_deref(),
            other_clients: None,
        }
    }

    /// The same for people, a line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let clients = self.client_ids.iter().map(|(name, id)| (format!("client {name}"), id.as_str()));
        let lines = [("user pool", self.user_pool_id.as_str()), ("issuer", &self.issuer)];
        let lines = lines.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(clients);
        let last = [("alarm topic", &self.alarm_topic_arn), ("endpoint", &self.endpoint)];
        let last = last.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.as_deref()?)));
        lines.chain(last).map(|(name, value)| format!("{name:<16} {}\n", line(value))).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::unread::Unread;

    fn outputs(endpoint: Option<&str>) -> Outputs {
        let ids = [("web", "1web"), ("server", "2server")];
        Outputs {
            stage: "local".into(),
            region: "eu-central-1".into(),
            endpoint: endpoint.map(str::to_owned),
            stack: "sign-in".into(),
            user_pool_id: "eu-central-1_Abc".into(),
            issuer: "https://issuer".into(),
            client_ids: ids.map(|(name, id)| (name.to_owned(), id.to_owned())).into(),
            alarm_topic_arn: Some("arn:topic".into()),
        }
    }

    #[test]
    fn the_document_has_the_promised_shape() {
        let text = |endpoint| serde_json::to_string(&outputs(endpoint).document()).unwrap();
        assert_eq!(
            text(Some("http://127.0.0.1:4566")),
            r#"{"schemaVersion":1,"stage":"local","region":"eu-central-1","endpoint":"http://127.0.0.1:4566","stack":"sign-in","userPoolId":"eu-central-1_Abc","issuer":"https://issuer","clients":{"server":{"id":"2server"},"web":{"id":"1web"}},"alarmTopicArn":"arn:topic"}"#
        );
        assert!(text(None).contains(r#""endpoint":null,"#));
        let others = Seen(Ok(vec![PoolClient { id: "3old".into(), name: "old".into() }]));
        let outputs = outputs(None);
        let document = serde_json::to_value(outputs.document().with_other_clients(&others)).unwrap();
        assert_eq!(document["otherClients"], serde_json::json!([{ "id": "3old", "name": "old" }]));
        let unread = Seen(Err(Unread::NotAllowed { action: "cognito-idp:ListUserPoolClients" }));
        let document = serde_json::to_value(outputs.document().with_other_clients(&unread)).unwrap();
        assert_eq!(document["otherClients"]["unread"]["notAllowed"], true);
    }

    #[test]
    fn the_text_says_the_same_a_line_each() {
        let text = outputs(None).to_text();
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "user pool        eu-central-1_Abc",
                "issuer           https://issuer",
                "client server    2server",
                "client web       1web",
                "alarm topic      arn:topic",
            ]
        );
    }
}
