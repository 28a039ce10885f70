//! Where MiniStack is laxer or odder than AWS, the local AWS is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod place;

use std::collections::BTreeMap;

use place::{Place, said};
use serde_json::{Value, json};

const WRONG: &str = "NotAuthorizedException: Incorrect username or password.";
const UNKNOWN: &str = "UserNotFoundException: User does not exist.";
const UNWRITABLE: &str = "NotAuthorizedException: A client attempted to write unauthorized attribute";
const EXISTS: &str = "UsernameExistsException: User account already exists.";

#[test]
fn the_local_aws_keeps_the_rules_of_aws() {
    let place = Place::new();
    place.run("start");
    let script = place::root().join("xtask/tests/local_aws/rules.py");
    let answers = said(place.python(&[script.to_str().unwrap()]).output().unwrap());
    let mut answers: BTreeMap<String, Value> = serde_json::from_str(&answers).unwrap();

    // Sizes are those of a user with a UUID for a name.
    let password =
        json!([WRONG, {"SALT": 32, "SECRET_BLOCK": 44, "USERNAME": 36, "USER_ID_FOR_SRP": 36}, [true, true], "4"]);
    let rows = [
        (
            "metadata that each trigger saw",
            json!([
                ["DefineAuthChallenge", null, false],
                ["CreateAuthChallenge", null, false],
                ["VerifyAuthChallengeResponse", "respond", false],
                ["DefineAuthChallenge", "respond", false],
                ["TokenGeneration", "respond", null],
            ]),
        ),
        (
            "what triggers are told of an unknown user",
            json!([["DefineAuthChallenge", null, true], ["CreateAuthChallenge", null, true]]),
        ),
        ("credentials guessed from names", json!("InvalidClientTokenId")),
        ("a user disabled after the challenge", json!("NotAuthorizedException: User is disabled.")),
        ("secret hash of address beside address", json!("tokens")),
        ("secret hash of address beside own name", json!("tokens")),
        ("secret hash of own name beside address", json!("tokens")),
        ("secret hash of own name beside own name", json!("tokens")),
        ("secret hash of another name", json!("NotAuthorizedException: Unable to verify secret hash")),
        ("an unknown user, LEGACY", json!(UNKNOWN)),
        ("an unknown user, ENABLED", json!("CUSTOM_CHALLENGE")),
        ("an unknown user, ENABLED, by SRP", json!("PASSWORD_VERIFIER")),
        ("an unknown user's right answer", json!(WRONG)),
        ("a wrong password of an unknown user", password.clone()),
        ("a wrong password of a known user", password),
        ("writing what the client may", json!("written")),
        ("writing what the client may not", json!(UNWRITABLE)),
        ("writing through a client without a list", json!("written")),
        ("writing what the pool requires", json!("written")),
        ("signing up with what the client may", json!("signed up")),
        ("signing up with what the client may not", json!(UNWRITABLE)),
        ("an address in another case", json!("tokens")),
        ("a name in another case", json!("tokens")),
        ("a name in another case, where case counts", json!(UNKNOWN)),
        ("a second user in another case", json!(EXISTS)),
        ("a second address in another case", json!(EXISTS)),
        ("a second user in another case, where case counts", json!("made")),
        (
            "a pool after an update of little",
            json!({
                "AutoVerifiedAttributes": [], "DeletionProtection": "INACTIVE", "LambdaConfig": {},
                "UserAttributeUpdateSettings": null, "UserPoolTier": "ESSENTIALS",
            }),
        ),
        (
            "a pool after an update that keeps",
            json!({
                "AutoVerifiedAttributes": ["email"], "DeletionProtection": "ACTIVE", "LambdaConfig": {},
                "UserAttributeUpdateSettings": null, "UserPoolTier": "LITE",
            }),
        ),
        (
            "a client after an update of little",
            json!({
                "AuthSessionValidity": 5, "ClientName": "rules", "ExplicitAuthFlows": [],
                "PreventUserExistenceErrors": "LEGACY", "WriteAttributes": [],
            }),
        ),
        ("what the functions counted", json!(["Calls", [{"Name": "Stack", "Value": "rules"}], true])),
    ];
    for (question, expected) in rows {
        assert_eq!(answers.remove(question), Some(expected), "{question}");
    }
    assert_eq!(answers, BTreeMap::new(), "asked and not expected");
}
