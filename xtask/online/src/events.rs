//! The events of a stack, and what they say about the operation that they belong to.

use anyhow::Context as _;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::StackEvent;

use crate::aws;

/// What a resource that never had its own failure says.
const CANCELLED: [&str; 3] =
    ["Resource creation cancelled", "Resource update cancelled", "Resource deletion cancelled"];

/// One step of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: String,
    /// `hh:mm:ss`, UTC.
    pub time: String,
    pub logical_id: String,
    pub kind: String,
    pub status: String,
    pub reason: Option<String>,
    /// Whether it is about the stack itself.
    pub of_stack: bool,
}

impl Event {
    fn new(event: &StackEvent) -> Self {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let time = event.timestamp().map(ToString::to_string).unwrap_or_default();
        Self {
            id: text(event.event_id()),
            time: time.get(11..19).unwrap_or(&time).to_owned(),
            logical_id: text(event.logical_resource_id()),
            kind: text(event.resource_type()),
            status: text(event.resource_status().map(|status| status.as_str())),
            reason: event.resource_status_reason().filter(|reason| !reason.is_empty()).map(one_line),
            of_stack: event.physical_resource_id() == event.stack_id(),
        }
    }
}

impl std::fmt::Display for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:<40} {}", self.time, self.logical_id, self.status)?;
        self.reason.iter().try_for_each(|reason| write!(f, "  {reason}"))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How an operation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Done,
    /// With the state that the stack is left in.
    Failed(String),
}

/// The end of the operation that these events are of, oldest first; none while it is under way.
#[must_use]
pub fn end(events: &[Event]) -> Option<End> {
    let last = events.iter().rfind(|event| event.of_stack)?;
    match last.status.as_str() {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" => Some(End::Done),
        status if status.ends_with("_IN_PROGRESS") => None,
        status => Some(End::Failed(status.to_owned())),
    }
}

/// The event that everything after it follows from: the first failure that is not the echo of another.
#[must_use]
pub fn first_cause(events: &[Event]) -> Option<&Event> {
    let echo =
        |event: &Event| event.reason.as_deref().is_some_and(|reason| CANCELLED.iter().any(|c| reason.contains(c)));
    let mut failures = events.iter().filter(|event| event.status.ends_with("_FAILED"));
    let of_resource = failures.clone().find(|event| !event.of_stack && !echo(event));
    // A failure before the first resource stands at the stack, with the rollback that it leads to.
    let of_stack =
        || events.iter().find(|event| event.of_stack && event.status.contains("ROLLBACK") && event.reason.is_some());
    of_resource.or_else(of_stack).or_else(|| failures.next())
}

/// Reads the events of a stack as they come.
#[derive(Debug)]
pub struct Follower<'a> {
    client: &'a Client,
    stack_id: &'a str,
    last: Option<String>,
}

impl<'a> Follower<'a> {
    /// From now on: nothing that has happened already will be reported.
    ///
    /// # Errors
    /// When CloudFormation does not answer.
    pub async fn start(client: &'a Client, stack_id: &'a str) -> anyhow::Result<Self> {
        let mut follower = Self { client, stack_id, last: None };
        let (newest, _) = follower.page(None).await?;
        follower.last = newest.into_iter().next().map(|event| event.id);
        Ok(follower)
    }

    /// What has happened since the last look, oldest first.
    ///
    /// # Errors
    /// When CloudFormation does not answer.
    pub async fn look(&mut self) -> anyhow::Result<Vec<Event>> {
        let mut fresh = Vec::new();
        let mut token = None;
        loop {
            let (events, next) = self.page(token).await?;
            let known = events.iter().position(|event| Some(&event.id) == self.last.as_ref());
            fresh.extend(events.into_iter().take(known.unwrap_or(usize::MAX)));
            token = next;
            if known.is_some() || token.is_none() {
                break;
            }
        }
        if let Some(newest) = fresh.first() {
            self.last = Some(newest.id.clone());
        }
        fresh.reverse();
        Ok(fresh)
    }

    /// One page, newest first.
    async fn page(&self, token: Option<String>) -> anyhow::Result<(Vec<Event>, Option<String>)> {
        let request = self.client.describe_stack_events().stack_name(self.stack_id).set_next_token(token);
        let page = request.send().await.map_err(aws::sdk).context("failed to read the events of the stack")?;
        Ok((page.stack_events().iter().map(Event::new).collect(), page.next_token))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(logical_id: &str, status: &str, reason: Option<&str>) -> Event {
        Event {
            id: String::new(),
            time: String::new(),
            logical_id: logical_id.to_owned(),
            kind: String::new(),
            status: status.to_owned(),
            reason: reason.map(str::to_owned),
            of_stack: logical_id == "stack",
        }
    }

    #[test]
    fn the_stack_itself_says_when_it_is_over() {
        let failed = |status: &str| Some(End::Failed(status.to_owned()));
        type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], Option<End>);
        let rows: &[Row<'_>] = &[
            ("nothing yet", &[], None),
            ("a resource is done", &[("stack", "CREATE_IN_PROGRESS"), ("Pool", "CREATE_COMPLETE")], None),
            ("created", &[("stack", "CREATE_IN_PROGRESS"), ("stack", "CREATE_COMPLETE")], Some(End::Done)),
            ("cleaning up", &[("stack", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")], None),
            ("updated", &[("stack", "UPDATE_COMPLETE"), ("Pool", "DELETE_COMPLETE")], Some(End::Done)),
            ("rolling back", &[("stack", "CREATE_FAILED"), ("stack", "ROLLBACK_IN_PROGRESS")], None),
            ("rolled back", &[("stack", "ROLLBACK_COMPLETE")], failed("ROLLBACK_COMPLETE")),
            ("update rolled back", &[("stack", "UPDATE_ROLLBACK_COMPLETE")], failed("UPDATE_ROLLBACK_COMPLETE")),
            ("stuck", &[("stack", "UPDATE_ROLLBACK_FAILED")], failed("UPDATE_ROLLBACK_FAILED")),
        ];
        for (name, events, expected) in rows {
            let events: Vec<_> = events.iter().map(|(id, status)| event(id, status, None)).collect();
            assert_eq!(end(&events), *expected, "{name}");
        }
    }

    #[test]
    fn the_first_cause_is_no_echo() {
        let start = event("stack", "CREATE_IN_PROGRESS", Some("User Initiated"));
        let echo = event("Client", "CREATE_FAILED", Some("Resource creation cancelled"));
        let cause = event("Pool", "CREATE_FAILED", Some("no such sender"));
        let later = event("Topic", "CREATE_FAILED", Some("another"));
        let rollback =
            event("stack", "ROLLBACK_IN_PROGRESS", Some("The following resource(s) failed to create: [Pool]"));
        let refused = event("stack", "UPDATE_ROLLBACK_IN_PROGRESS", Some("not authorized to perform: iam:PassRole"));
        let rows: &[(&str, &[&Event], Option<&Event>)] = &[
            ("a failure, then others", &[&start, &cause, &later, &rollback], Some(&cause)),
            ("an echo first", &[&start, &echo, &cause, &rollback], Some(&cause)),
            ("before any resource", &[&start, &refused], Some(&refused)),
            ("nothing but echoes", &[&start, &echo], Some(&echo)),
            ("no failure", &[&start], None),
        ];
        for (name, events, expected) in rows {
            let events: Vec<_> = events.iter().map(|event| (*event).clone()).collect();
            assert_eq!(first_cause(&events), *expected, "{name}");
        }
    }
}
