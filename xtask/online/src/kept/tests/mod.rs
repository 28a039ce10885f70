#![allow(clippy::unwrap_used, clippy::panic)]

mod choice;
mod look;

use aws_sdk_cognitoidentityprovider::types::UserPoolType;

use super::*;

fn pool(id: &str, users: i32) -> Pool {
    Pool::new(UserPoolType::builder().id(id).name("people").estimated_number_of_users(users).build())
}

fn tagged(id: &str, stack: &str) -> Pool {
    let pool = UserPoolType::builder().id(id).name("people").estimated_number_of_users(2);
    Pool::new(pool.user_pool_tags(TAG, stack).build())
}

fn kept(logical_id: &str, kind: Kind, id: &str) -> Kept {
    Kept { logical_id: logical_id.to_owned(), kind, id: id.to_owned(), restorable_until: None }
}

#[test]
fn a_kind_is_known_by_its_type() {
    for kind in Kind::ALL {
        assert_eq!(Kind::of(kind.resource_type()), Some(kind));
    }
    assert_eq!(Kind::of("AWS::Lambda::Function"), None);
}
