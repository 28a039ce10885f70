//! The app clients of a user pool, of the stage and besides.

use std::collections::BTreeMap;
use std::fmt;

use aws_sdk_cognitoidentityprovider::Client;
use serde::Serialize;
use xtask::terminal::line;

use crate::unread::Unread;

/// The most that Cognito lists on one page.
const PAGE: i32 = 60;

/// An app client as Cognito lists it. There is none that is not enabled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PoolClient {
    pub id: String,
    /// Several clients may have one name, and a name may hold line breaks.
    pub name: String,
}

impl fmt::Display for PoolClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "app client `{}` ({})", line(&self.name), line(&self.id))
    }
}

/// All clients of a pool.
///
/// # Errors
/// When Cognito does not tell.
pub async fn list(cognito: &Client, pool: &str) -> Result<Vec<PoolClient>, Unread> {
    let mut pages = cognito.list_user_pool_clients().user_pool_id(pool).max_results(PAGE).into_paginator().send();
    let mut clients = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(Unread::of("cognito-idp:ListUserPoolClients"))?;
        clients.extend(page.user_pool_clients.unwrap_or_default().into_iter().filter_map(|client| {
            Some(PoolClient { id: client.client_id?, name: client.client_name.unwrap_or_default() })
        }));
    }
    Ok(clients)
}

/// Those that are none of the stage's: a stack has an output with the id of each client that it holds.
#[must_use]
pub fn others(clients: Vec<PoolClient>, outputs: &BTreeMap<String, String>) -> Vec<PoolClient> {
    let is_other = |client: &PoolClient| outputs.values().all(|value| *value != client.id);
    clients.into_iter().filter(is_other).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::replay::{Answer, Replay};

    fn client(id: &str, name: &str) -> PoolClient {
        PoolClient { id: id.to_owned(), name: name.to_owned() }
    }

    #[tokio::test]
    async fn every_page_is_read_and_the_stages_clients_are_left_out() {
        let page = |clients: &[(&str, &str)], next: Option<&str>| {
            let clients: Vec<_> =
                clients.iter().map(|(id, name)| json!({ "ClientId": id, "ClientName": name })).collect();
            let answer = json!({ "UserPoolClients": clients, "NextToken": next });
            ("ListUserPoolClients", Answer::Http(200, answer.to_string()))
        };
        let script = [page(&[("1web", "web"), ("2old", "old")], Some("more")), page(&[("3web", "web")], None)];
        let replay = Replay::new(script);
        let cognito = Client::new(&replay.session("prod").sdk_config);
        let all = list(&cognito, "P1").await.unwrap();
        assert_eq!(all, [client("1web", "web"), client("2old", "old"), client("3web", "web")]);
        assert!(replay.asked()[1].contains("more"));
        let outputs = [("UserPoolId", "P1"), ("AppClientWebId", "1web")];
        let outputs = outputs.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        assert_eq!(others(all, &outputs), [client("2old", "old"), client("3web", "web")]);
    }

    #[test]
    fn a_name_stays_on_its_line() {
        let hostile = client("1", "web\n::error::\u{1b}[2Jx");
        assert_eq!(hostile.to_string(), "app client `web ::error::\u{fffd}[2Jx` (1)");
    }
}
