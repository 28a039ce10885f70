#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::json;

use super::*;
use crate::answers;
use crate::replay::{Answer, Replay, refused, xml};

fn client(id: &str, name: &str) -> PoolClient {
    PoolClient { id: id.to_owned(), name: name.to_owned() }
}

#[test]
fn only_the_one_client_that_is_meant_is_chosen() {
    let stage = answers::stage("prod");
    let pool = [
        client("1web", "web"),
        client("2old", "old"),
        client("3twin", "twin"),
        client("4twin", "twin"),
        client("5web", "web"),
        client("6", "2old"),
        client("7", ""),
    ];
    let (old, id_of_a_twin, second_web) = (&pool[..5], "4twin", "5web");
    let unknown = |given: &str| Refusal::Unknown {
        given: given.to_owned(),
        status: "cargo xtask status --stage prod".to_owned(),
    };
    let named = |given: &str| Refusal::Named {
        given: given.to_owned(),
        stage: "prod".to_owned(),
        file: "deploy/stages/prod.toml".to_owned(),
    };
    let ambiguous = |given: &str, clients: &[&PoolClient]| Refusal::Ambiguous {
        given: given.to_owned(),
        clients: clients.iter().map(|client| (*client).clone()).collect(),
    };
    type Row<'a> = (&'a str, &'a [PoolClient], &'a str, Result<&'a str, Refusal>);
    let rows: [Row<'_>; 11] = [
        ("by its name", old, "old", Ok("2old")),
        ("by its id", old, "2old", Ok("2old")),
        ("of two, by its id", old, id_of_a_twin, Ok("4twin")),
        ("another one of a name of the stage's, by its id", old, second_web, Ok("5web")),
        ("of two, by their name", old, "twin", Err(ambiguous("twin", &[&pool[2], &pool[3]]))),
        ("a name that is another one's id", &pool, "2old", Err(ambiguous("2old", &[&pool[1], &pool[5]]))),
        ("a name of the stage's", old, "web", Err(named("web"))),
        ("a name of the stage's that is in no pool", &[], "server", Err(named("server"))),
        ("no name", old, "gone", Err(unknown("gone"))),
        ("a piece of a name", old, "ol", Err(unknown("ol"))),
        ("another case", old, "Old", Err(unknown("Old"))),
    ];
    for (name, clients, given, expected) in rows {
        let chosen = choose(clients, given, &stage).map(|client| client.id.as_str());
        assert_eq!(chosen, expected, "{name}");
    }
    let text = ambiguous("twin", &[&pool[2], &pool[3]]).to_string();
    assert_eq!(
        text,
        "`twin` is more than one app client\n  app client `twin` (3twin)\n  app client `twin` (4twin)\n\
         hint: give the id in the place of the name"
    );
}

type Script = Vec<(&'static str, Answer)>;

fn listed() -> (&'static str, Answer) {
    let clients = json!([{ "ClientId": "1web", "ClientName": "web" }, { "ClientId": "2old", "ClientName": "old" }]);
    ("ListUserPoolClients", Answer::Http(200, json!({ "UserPoolClients": clients }).to_string()))
}

fn resources(resources: &[(&str, &str, &str)]) -> (&'static str, Answer) {
    let member = |(logical, physical, status): &(&str, &str, &str)| {
        format!(
            "<member><StackName>other</StackName><LogicalResourceId>{logical}</LogicalResourceId>\
             <PhysicalResourceId>{physical}</PhysicalResourceId><ResourceType>T</ResourceType>\
             <Timestamp>2026-03-02T08:00:00Z</Timestamp><ResourceStatus>{status}</ResourceStatus></member>"
        )
    };
    let members: String = resources.iter().map(member).collect();
    ("DescribeStackResources", xml("DescribeStackResources", &format!("<StackResources>{members}</StackResources>")))
}

fn of_no_stack() -> (&'static str, Answer) {
    ("DescribeStackResources", refused("ValidationError", "Stack for 2old does not exist"))
}

const STAGE: [(&str, &str, &str); 2] =
    [("AppClientWeb", "1web", "CREATE_COMPLETE"), ("AppClientOld", "2old", "DELETE_SKIPPED")];

async fn run(script: Script, given: &str) -> (Result<(), String>, Vec<String>) {
    let replay = Replay::new(script);
    let session = replay.session("prod");
    let outcome = delete(&session, "P1", given, true).await;
    (outcome.map_err(|error| format!("{error:#}")), replay.asked())
}

#[tokio::test]
async fn a_client_that_no_stack_holds_is_deleted() {
    let answers = [Answer::Http(200, "{}".to_owned()), {
        let gone = json!({ "__type": "ResourceNotFoundException", "message": "no such client" });
        Answer::Http(400, gone.to_string())
    }];
    for answer in answers {
        let script = vec![listed(), resources(&STAGE), of_no_stack(), ("DeleteUserPoolClient", answer)];
        let (outcome, asked) = run(script, "old").await;
        assert_eq!(outcome, Ok(()));
        let deleted: serde_json::Value = serde_json::from_str(asked.last().unwrap()).unwrap();
        assert_eq!(deleted, json!({ "UserPoolId": "P1", "ClientId": "2old" }));
        assert!(asked[2].contains("PhysicalResourceId=2old"), "{asked:?}");
    }
}

#[tokio::test]
async fn nothing_is_deleted_that_is_held_or_not_meant() {
    let held = [("AppClientOld", "2old", "UPDATE_COMPLETE")];
    let denied = || Answer::Http(400, json!({ "__type": "AccessDeniedException", "message": "no" }).to_string());
    let rows: [(&str, Script, &str, &str); 6] = [
        ("by its own stack", vec![listed(), resources(&held)], "old", "as `AppClientOld`\nhint: it has to leave"),
        (
            "by another stack",
            vec![listed(), resources(&STAGE), resources(&held)],
            "old",
            "the stack `other` holds the app client `old` (2old)",
        ),
        ("a client of the stage's", vec![listed()], "web", "the stage `prod` names an app client `web`"),
        ("an unknown one", vec![listed()], "gone", "no app client of the name or id `gone`"),
        ("not to be listed", vec![("ListUserPoolClients", denied())], "old", "cognito-idp:ListUserPoolClients"),
        (
            "a refusal of Cognito's",
            vec![listed(), resources(&STAGE), of_no_stack(), ("DeleteUserPoolClient", denied())],
            "old",
            "failed to delete the app client `old` (2old)",
        ),
    ];
    for (name, script, given, expected) in rows {
        let (outcome, _) = run(script, given).await;
        let text = outcome.unwrap_err();
        assert!(text.contains(expected), "{name}: {text}");
    }
}
