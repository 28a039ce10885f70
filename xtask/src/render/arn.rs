//! ARNs that templates are given whole.

use crate::stage::{self, Identity};

/// A managed identity is named by reference, so that it is there before whoever sends through it.
pub(super) fn identity_arn(email: &stage::Email) -> String {
    let name = match email.identity {
        Identity::Managed => "${SenderIdentity}",
        Identity::Existing => email.identity_name.as_ref(),
    };
    format!("arn:${{AWS::Partition}}:ses:{}:${{AWS::AccountId}}:identity/{name}", email.region)
}
