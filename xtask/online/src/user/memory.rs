//! What the triggers remember of a user, without opening it: the state is sealed, and only its place is of interest.

use std::fmt;

use aws_sdk_cognitoidentityprovider::types::AttributeType;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use challenge::Subject;
use trigger_store::TABLE_KEY;

use super::Found;
use crate::aws::{self, Session};
use crate::stack;

/// The table's logical ID in the template.
const TABLE: &str = "StateTable";

/// The places where a stage can keep the state of a user.
#[derive(Debug)]
pub struct Memory {
    cognito: aws_sdk_cognitoidentityprovider::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    user_pool_id: String,
    /// The attribute's full name, such as `custom:authChallenge`.
    attribute: String,
    /// None where the stage keeps the state in the attribute alone.
    table: Option<String>,
}

/// Where something is remembered of a user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    pub attribute: bool,
    pub table: bool,
}

impl Kept {
    #[must_use]
    pub const fn is_none(self) -> bool {
        !self.attribute && !self.table
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match (self.table, self.attribute) {
            (true, true) => "the table and the attribute",
            (true, false) => "the table",
            (false, true) => "the attribute",
            (false, false) => "no place",
        })
    }
}

impl Memory {
    /// The places of a deployed stage. The table is the one that the stack has, whatever the stage file says by now.
    ///
    /// # Errors
    /// When CloudFormation does not answer.
    pub async fn of(session: &Session, user_pool_id: &str) -> anyhow::Result<Self> {
        let cloudformation = aws_sdk_cloudformation::Client::new(&session.sdk_config);
        let mut resources = stack::resources(&cloudformation, session.stage.aws.stack.as_ref()).await?;
        Ok(Self {
            cognito: aws_sdk_cognitoidentityprovider::Client::new(&session.sdk_config),
            dynamodb: aws_sdk_dynamodb::Client::new(&session.sdk_config),
            user_pool_id: user_pool_id.to_owned(),
            attribute: session.stage.challenge.custom_attribute(),
            table: resources.remove(TABLE),
        })
    }

    /// # Errors
    /// As [`Found::read`].
    pub async fn find(&self, email: &str) -> anyhow::Result<Found> {
        Found::read(&self.cognito, &self.user_pool_id, email, &self.attribute).await
    }

    /// Where something is remembered.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub async fn kept(&self, user: &Found) -> anyhow::Result<Kept> {
        let table = match &self.table {
            Some(table) => {
                let request =
                    self.dynamodb.get_item().table_name(table).key(TABLE_KEY, self.key(user)).consistent_read(true);
                // The key alone: nobody needs the sealed state.
                let request = request.projection_expression("#u").expression_attribute_names("#u", TABLE_KEY);
                request.send().await.map_err(aws::sdk)?.item.is_some()
            }
            None => false,
        };
        Ok(Kept { attribute: user.attribute_holds_state, table })
    }

    /// Removes what is remembered, and says where that was. Once more, and there is nothing to remove.
    ///
    /// # Errors
    /// When a place cannot be written.
    pub async fn forget(&self, user: &Found) -> anyhow::Result<Kept> {
        // The attribute first: without an item the triggers would take the state from there, and bring the lock back.
        if user.attribute_holds_state {
            // A blank value removes an attribute, says the API's reference.
            let blank = AttributeType::builder().name(&self.attribute).value("").build()?;
            let request = self.cognito.admin_update_user_attributes().user_pool_id(&self.user_pool_id);
            request.username(&user.name).user_attributes(blank).send().await.map_err(aws::sdk)?;
        }
        let table = match &self.table {
            Some(table) => {
                let request = self.dynamodb.delete_item().table_name(table).key(TABLE_KEY, self.key(user));
                let answer = request.return_values(ReturnValue::AllOld).send().await.map_err(aws::sdk)?;
                answer.attributes.is_some_and(|item| !item.is_empty())
            }
            None => false,
        };
        Ok(Kept { attribute: user.attribute_holds_state, table })
    }

    fn key(&self, user: &Found) -> AttributeValue {
        AttributeValue::S(Subject { user_pool: &self.user_pool_id, user: &user.name }.storage_key())
    }
}
