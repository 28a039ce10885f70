//! A stage on AWS, as AWS tells of it.

use serde_json::json;
use xtask::bundle::Commit;
use xtask::stage::Stage;
use xtask::trigger::Trigger;

use super::super::read;
use super::super::view::{CodeHere, Status};
use crate::answers;
pub(super) use crate::answers::{stage, xml};

pub(super) async fn status(
    stage: Stage,
    drift: bool,
    answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static,
) -> Status {
    let session = answers::session(stage, move |call| answer(&call.name));
    let functions = [(Trigger::Define, "c2FtZQ==".to_owned()), (Trigger::Create, "bmV3ZXI=".to_owned())].into();
    let commit = Some(Commit { id: "c0ffee0123456789".to_owned(), dirty: true });
    read::status(&session, Some(CodeHere { folder: "target/bundle/local".to_owned(), commit, functions }), drift).await
}

const STACK: &str = "<Stacks><member><StackId>arn:stack/1</StackId><StackName>sign-in</StackName>\
    <StackStatus>UPDATE_COMPLETE</StackStatus><CreationTime>2026-03-01T08:00:00.123Z</CreationTime>\
    <LastUpdatedTime>2026-03-02T08:00:00Z</LastUpdatedTime>\
    <EnableTerminationProtection>true</EnableTerminationProtection>\
    <DriftInformation><StackDriftStatus>DRIFT</StackDriftStatus></DriftInformation>\
    <Parameters><member><ParameterKey>CreateAuthChallengeVersion</ParameterKey>\
    <ParameterValue>v7</ParameterValue></member></Parameters>\
    <Outputs><member><OutputKey>UserPoolId</OutputKey><OutputValue>eu-central-1_Abc</OutputValue></member>\
    <member><OutputKey>AppClientWebId</OutputKey><OutputValue>1web</OutputValue></member></Outputs>\
    </member></Stacks>";

/// A stage in good order.
pub(super) fn fine(called: &str) -> (u16, String) {
    let function = |sha: &str| {
        let answer = json!({ "CodeSha256": sha, "CodeSize": 7, "LastModified": "2026-03-02T08:00:00.000+0000",
                             "State": "Active", "LastUpdateStatus": "Successful" });
        (200, answer.to_string())
    };
    match called {
        "DescribeStacks" => xml(called, &STACK.replace(">DRIFT<", ">NOT_CHECKED<")),
        "DescribeStackEvents" => {
            let event = |resource: &str, time: &str| {
                format!(
                    "<member><StackId>arn:stack/1</StackId><EventId>e</EventId><StackName>sign-in</StackName>\
                         <PhysicalResourceId>{resource}</PhysicalResourceId><Timestamp>{time}</Timestamp></member>"
                )
            };
            let events = event("pool", "2026-03-02T08:02:00Z") + &event("arn:stack/1", "2026-03-02T08:01:00Z");
            xml(called, &format!("<StackEvents>{events}</StackEvents>"))
        }
        "DescribeUserPool" => {
            let pool = json!({ "Id": "eu-central-1_Abc", "EstimatedNumberOfUsers": 42, "DeletionProtection": "ACTIVE",
                               "UserPoolTier": "LITE" });
            (200, json!({ "UserPool": pool }).to_string())
        }
        "ListUserPoolClients" => {
            (200, json!({ "UserPoolClients": [{ "ClientId": "1web", "ClientName": "web" }] }).to_string())
        }
        "v2/email/account" => {
            let quota = json!({ "Max24HourSend": 50000.0, "MaxSendRate": 14.0, "SentLast24Hours": 12.0 });
            let answer = json!({ "SendingEnabled": true, "ProductionAccessEnabled": true, "SendQuota": quota });
            (200, answer.to_string())
        }
        path if path.starts_with("v2/email/identities/") => {
            (200, json!({ "VerifiedForSendingStatus": true }).to_string())
        }
        "2016-08-19/account-settings" | "2016-08-19/account-settings/" => {
            let limit = json!({ "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 900 });
            (200, json!({ "AccountLimit": limit }).to_string())
        }
        path if path.ends_with("DefineAuthChallenge/configuration") => function("c2FtZQ=="),
        path if path.ends_with("/configuration") => function("b2xkZXI="),
        other => panic!("`{other}` is asked for"),
    }
}

pub(super) fn denied(called: &str) -> (u16, String) {
    if called.starts_with("Describe") && called != "DescribeUserPool" || called.starts_with("Detect") {
        return (
            403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>".into(),
        );
    }
    (403, json!({ "__type": "AccessDeniedException", "message": "no" }).to_string())
}

/// As [`fine`], after a detection of drift, whose pages are these differences.
pub(super) fn drifting(called: &str, differences: &str) -> (u16, String) {
    match called {
        "DescribeStacks" => xml(called, &STACK.replace(">DRIFT<", ">DRIFTED<")),
        "DetectStackDrift" => xml(called, "<StackDriftDetectionId>d</StackDriftDetectionId>"),
        "DescribeStackDriftDetectionStatus" => xml(called, &detection("DETECTION_COMPLETE", "")),
        "DescribeStackResourceDrifts" => xml(called, differences),
        called => fine(called),
    }
}

pub(super) fn detection(status: &str, rest: &str) -> String {
    format!(
        "<StackId>s</StackId><StackDriftDetectionId>d</StackDriftDetectionId><DetectionStatus>{status}</DetectionStatus>\
             <Timestamp>2026-03-02T08:00:00Z</Timestamp>{rest}"
    )
}
