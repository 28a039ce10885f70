//! Looks for what earlier stacks of a stage left.

use std::collections::BTreeSet;

use xtask::stage::Stage;

use super::read::Reader;
use super::{Kept, Kind, Pool, Remains, USER_POOL};
use crate::aws::Session;
use crate::unread::Unread;

/// It could not be looked for, so nobody knows whether a new pool would stand beside one that is full of users.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("failed to look for what an earlier stack `{stack}` left: {cause}\nhint: {}", .cause.hint(.stage))]
pub struct Blind {
    stage: String,
    stack: String,
    cause: Unread,
}

impl Unread {
    fn hint(&self, stage: &str) -> String {
        match self {
            Self::NotAllowed { .. } => format!(
                "these credentials need that right, or a pool full of users could be passed over; a pipeline's are in \
                 `deploy/rendered/{stage}.pipeline.yaml`"
            ),
            Self::Failed { .. } => "try again".to_owned(),
        }
    }
}

/// Reads what was kept, for one stage.
#[derive(Debug)]
pub struct Look<'a> {
    stage: &'a Stage,
    reader: Reader,
}

impl<'a> Look<'a> {
    #[must_use]
    pub fn new(session: &'a Session) -> Self {
        Self { stage: &session.stage, reader: Reader::new(session) }
    }

    /// Everything that deleted stacks of this name left, what was left last first, and then the pools that have the stage's
    /// name for a pool and belong to no stack.
    ///
    /// # Errors
    /// When one of the calls fails: what was not found may be there.
    pub async fn everything(&self) -> Result<Vec<Remains>, Blind> {
        self.find().await.map_err(|cause| self.blind(cause))
    }

    /// What the deletion of one stack left and is still there.
    ///
    /// # Errors
    /// When one of the calls fails.
    pub async fn left_by(&self, stack_id: &str) -> Result<Remains, Blind> {
        let skipped = self.reader.skipped(stack_id).await;
        let remains = match skipped {
            Ok(skipped) => self.still_there(stack_id, skipped).await,
            Err(unread) => Err(unread),
        };
        remains.map_err(|cause| self.blind(cause))
    }

    /// A pool that is in a stack, or was.
    ///
    /// # Errors
    /// When Cognito does not tell.
    pub async fn pool(&self, id: &str) -> Result<Option<Pool>, Unread> {
        self.reader.pool(id).await
    }

    fn blind(&self, cause: Unread) -> Blind {
        Blind { stage: self.stage.name.to_string(), stack: self.stage.aws.stack.to_string(), cause }
    }

    async fn find(&self) -> Result<Vec<Remains>, Unread> {
        let mut found = Vec::new();
        // A pool that was taken back and kept again was left by two stacks.
        let mut seen = BTreeSet::new();
        for stack_id in self.reader.deleted_stacks(self.stage.aws.stack.as_ref()).await? {
            let mut skipped = self.reader.skipped(&stack_id).await?;
            // The shell of a first plan that was refused, or a creation that was rolled back.
            if skipped.is_empty() {
                continue;
            }
            skipped.retain(|kept| seen.insert(kept.id.clone()));
            found.push(self.still_there(&stack_id, skipped).await?);
        }
        for id in self.reader.pools_named(self.stage.user_pool.name.as_ref()).await? {
            if seen.insert(id.clone())
                && let Some(pool) = self.reader.pool(&id).await?
                && !self.is_in_use(&pool).await
            {
                found.push(self.by_name(pool).await?);
            }
        }
        Ok(found)
    }

    async fn still_there(&self, stack_id: &str, skipped: Vec<Kept>) -> Result<Remains, Unread> {
        let mut remains = Remains { stack_id: Some(stack_id.to_owned()), ..Remains::default() };
        let id = skipped.iter().find(|kept| kept.kind == Kind::UserPool).map(|kept| kept.id.clone());
        if let Some(id) = id {
            remains.pool = self.reader.pool(&id).await?;
        }
        // It was taken back under another name since: then all of it is that stack's.
        if let Some(pool) = &remains.pool
            && let Some(stack) = pool.made_by().filter(|stack| *stack != self.stage.aws.stack.as_ref())
            && self.reader.holds(stack, pool.id()).await?
        {
            return Ok(Remains { stack_id: remains.stack_id, ..Remains::default() });
        }
        let clients = match &remains.pool {
            Some(pool) => self.reader.clients(pool.id()).await?,
            None => Vec::new(),
        };
        for kept in skipped {
            match kept.kind {
                Kind::UserPool => remains.kept.extend(remains.pool.is_some().then_some(kept)),
                Kind::AppClient => {
                    let is_there = clients.iter().any(|client| client.id == kept.id);
                    remains.kept.extend(is_there.then_some(kept));
                }
                Kind::Table => {
                    let is_there = self.reader.has_table(&kept.id).await?;
                    remains.kept.extend(is_there.then_some(kept));
                }
                Kind::Key => remains.kept.extend(self.reader.key(kept).await?),
            }
        }
        remains.kept.sort_by(|a, b| (a.kind, &a.logical_id).cmp(&(b.kind, &b.logical_id)));
        Ok(remains)
    }

    /// A pool that no deleted stack tells of any more, with the clients that have the names of the stage's.
    async fn by_name(&self, pool: Pool) -> Result<Remains, Unread> {
        let clients = self.reader.clients(pool.id()).await?;
        let kept = |logical_id: String, kind: Kind, id: &str| Kept {
            logical_id,
            kind,
            id: id.to_owned(),
            restorable_until: None,
        };
        let mut all = vec![kept(USER_POOL.to_owned(), Kind::UserPool, pool.id())];
        for client in &self.stage.app_clients {
            let mut named = clients.iter().filter(|found| found.name == client.name.as_ref());
            // Of two of one name nobody can tell which one the apps know.
            if let (Some(found), None) = (named.next(), named.next()) {
                all.push(kept(client.logical_id(), Kind::AppClient, &found.id));
            }
        }
        Ok(Remains { stack_id: None, pool: Some(pool), kept: all })
    }

    /// Whether another stack has the pool. If that cannot be seen, it has to be named like any other.
    async fn is_in_use(&self, pool: &Pool) -> bool {
        match pool.made_by() {
            Some(stack) => self.reader.holds(stack, pool.id()).await.unwrap_or(false),
            None => false,
        }
    }
}
