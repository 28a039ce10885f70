//! Runs the targets. The corpus of each lies in `__fuzz__`.
#![allow(clippy::unwrap_used)]

use bolero::check;
use fuzz::Ground;

macro_rules! targets {
    ($($name:ident),+) => {
        $(#[test]
        fn $name() {
            let ground = Ground::new().unwrap();
            check!().with_iterations(20_000).with_test_time(core::time::Duration::from_secs(3)).for_each(|bytes: &[u8]| {
                fuzz::$name(&ground, bytes);
            });
        })+
    };
}

targets!(sealed_state, state, answer, metadata, event);
