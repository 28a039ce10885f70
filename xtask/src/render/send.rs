//! What a template may let somebody send mail with.

use serde::Serialize;

use crate::stage;

use super::arn::identity_arn;

#[derive(Debug, Serialize)]
pub(super) struct Send {
    /// With CloudFormation's `${…}`.
    pub(super) resource_arns: Vec<String>,
    pub(super) from_address: String,
}

impl Send {
    pub(super) fn new(email: &stage::Email) -> Self {
        let configuration_set = email.configuration_set.as_ref().map(|set| {
            format!("arn:${{AWS::Partition}}:ses:{}:${{AWS::AccountId}}:configuration-set/{set}", email.region)
        });
        Self {
            resource_arns: std::iter::once(identity_arn(email)).chain(configuration_set).collect(),
            from_address: email.from_address.to_string(),
        }
    }
}
