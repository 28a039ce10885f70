//! What must outlive a mistake: the users, the clients' ids, the state and its key.

use crate::stage::Risk;
use crate::template::Template;

use super::Fault;
use super::read::{CLIENT, POOL, SECRET, TABLE, is_true, of_kind};

/// Resources that hold what cannot be made again.
const STATEFUL: [&str; 4] = [POOL, CLIENT, TABLE, SECRET];
/// A first creation that fails may take along what it has made: nobody is in it yet.
const KEEPING: [&str; 2] = ["Retain", "RetainExceptOnCreate"];

pub(super) fn kept(template: &Template) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (id, resource) in template.resources.iter().filter(|(_, resource)| STATEFUL.contains(&resource.kind.as_str())) {
        if !resource.deletion_policy.as_deref().is_some_and(|policy| KEEPING.contains(&policy)) {
            faults.push(Fault::new(id, "`DeletionPolicy` does not keep it when it leaves the stack"));
        }
        if resource.update_replace_policy.as_deref() != Some("Retain") {
            faults.push(Fault::new(id, "`UpdateReplacePolicy` does not keep it when it is replaced"));
        }
    }
    faults
}

pub(super) fn deletion_protection(template: &Template) -> Vec<Fault> {
    let open = of_kind(template, POOL).filter(|(_, pool)| pool["DeletionProtection"] != "ACTIVE");
    open.map(|(id, _)| Fault::risk(id, Risk::NoDeletionProtection, "`DeletionProtection` is not `ACTIVE`")).collect()
}

pub(super) fn backups(template: &Template) -> Vec<Fault> {
    let open = of_kind(template, TABLE)
        .filter(|(_, table)| !is_true(&table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]));
    open.map(|(id, _)| Fault::new(id, "`PointInTimeRecoveryEnabled` is not true: a lost table is a lost lock"))
        .collect()
}
