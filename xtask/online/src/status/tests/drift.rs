use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::text;
use super::answers::{detection, drifting, stage, status, xml};

#[tokio::test]
async fn drift_is_shown_property_by_property_once_it_was_looked_for() {
    let drift = |id: &str, status: &str, differences: &str| {
        format!(
            "<StackResourceDrifts><member><StackId>s</StackId><LogicalResourceId>{id}</LogicalResourceId>\
                 <ResourceType>AWS::T::{id}</ResourceType><StackResourceDriftStatus>{status}</StackResourceDriftStatus>\
                 <Timestamp>2026-03-02T08:00:00Z</Timestamp><PropertyDifferences>{differences}</PropertyDifferences>\
                 </member></StackResourceDrifts>"
        )
    };
    let difference = "<member><PropertyPath>/Timeout</PropertyPath><ExpectedValue>5</ExpectedValue>\
                      <ActualValue>300</ActualValue><DifferenceType>NOT_EQUAL</DifferenceType></member>\
                      <member><PropertyPath>/Tags/0</PropertyPath><ExpectedValue></ExpectedValue>\
                      <ActualValue>{\n  \"a\": 1\n}</ActualValue><DifferenceType>ADD</DifferenceType></member>";
    let pages =
        [drift("Topic", "DELETED", "") + "<NextToken>more</NextToken>", drift("Function", "MODIFIED", difference)];
    let (looks, page) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let answer = move |called: &str| match called {
        // Still under way at the first two looks.
        "DescribeStackDriftDetectionStatus" if looks.fetch_add(1, Ordering::Relaxed) < 2 => {
            xml(called, &detection("DETECTION_IN_PROGRESS", ""))
        }
        "DescribeStackResourceDrifts" => xml(called, &pages[page.fetch_add(1, Ordering::Relaxed)]),
        called => drifting(called, ""),
    };
    let text = text::of(&status(stage("local"), true, answer).await);
    let expected = "           drift: DRIFTED\n\
                    \x20            MODIFIED Function (AWS::T::Function)\n\
                    \x20              /Timeout: expected 5, is 300\n\
                    \x20              /Tags/0: expected nothing, is { \"a\": 1 }\n\
                    \x20            DELETED Topic (AWS::T::Topic)\n";
    assert!(text.contains(expected), "{text}");
    assert!(text.contains("attention: resources of the stack are not as the template says\nhint: put back"), "{text}");
}

#[tokio::test]
async fn a_detection_that_fails_says_why() {
    let answer = |called: &str| match called {
        "DescribeStackDriftDetectionStatus" => {
            let reason = "<DetectionStatusReason>too many</DetectionStatusReason>";
            xml(called, &detection("DETECTION_FAILED", reason))
        }
        called => drifting(called, ""),
    };
    let text = text::of(&status(stage("local"), true, answer).await);
    assert!(text.contains("`cloudformation:DescribeStackDriftDetectionStatus` failed: too many\n"), "{text}");
}
