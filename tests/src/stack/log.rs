//! What the functions of a stack log.

use std::time::SystemTime;

use xtask::trigger::Trigger;
use xtask_online::aws;

use super::Stack;
use crate::wait;

impl Stack {
    /// What a function has logged since this test began to use the stack, a line per event.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn log(&self, trigger: Trigger) -> anyhow::Result<Vec<String>> {
        let since = self.begun.duration_since(SystemTime::UNIX_EPOCH)?.as_millis();
        let group = format!("/aws/lambda/{}-{}", self.outputs.stack, trigger.logical_id());
        let mut pages = self
            .logs
            .filter_log_events()
            .log_group_name(group)
            .start_time(i64::try_from(since)?)
            .into_paginator()
            .send();
        let mut lines = Vec::new();
        while let Some(page) = pages.try_next().await.map_err(aws::sdk)? {
            lines.extend(page.events.unwrap_or_default().into_iter().filter_map(|event| event.message));
        }
        Ok(lines)
    }

    /// Waits for a log line that holds all of these texts.
    ///
    /// # Errors
    /// When none comes within the bound.
    pub async fn logged(&self, trigger: Trigger, texts: &[&str]) -> anyhow::Result<String> {
        wait::until(&format!("{texts:?} in the log of {}", trigger.logical_id()), async || {
            let lines = self.log(trigger).await?;
            let found = lines.iter().find(|line| texts.iter().all(|text| line.contains(text))).cloned();
            Ok(found.ok_or_else(|| lines.join("\n")))
        })
        .await
    }

    /// Keeps the log of a function for another number of days, as somebody does by hand.
    ///
    /// # Errors
    /// When the log group cannot be changed.
    pub async fn keep_log(&self, trigger: Trigger, days: i32) -> anyhow::Result<()> {
        let group = format!("/aws/lambda/{}-{}", self.outputs.stack, trigger.logical_id());
        let change = self.logs.put_retention_policy().log_group_name(group).retention_in_days(days);
        change.send().await.map(drop).map_err(aws::sdk)
    }
}
