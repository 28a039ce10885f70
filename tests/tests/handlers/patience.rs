//! What is left of the time for a mail.

use std::time::Duration;

use e2e::event::{attempt, password_verified};
use e2e::fake_aws::Fault;
use e2e::world::{StoreKind, created};
use xtask::trigger::Trigger;

use crate::stage::Stage;

#[tokio::test(start_paused = true)]
async fn a_mail_for_which_no_time_is_left_is_not_begun_and_goes_out_when_the_call_is_repeated() {
    for store in StoreKind::ALL {
        let stage = Stage::new(store);
        let create = stage.start(Trigger::Create).await;
        for operation in ["AdminGetUser", store.write()] {
            stage.aws.fail_on(operation, Fault::slow(Duration::from_millis(1_400)));
        }
        let event = stage.caller.create(&password_verified(), &attempt(1));
        let made = created(&create.ask(&event).await.answer).unwrap();
        assert_eq!((made.state(), stage.aws.calls("SendEmail").len()), ("SEND_FAILED", 0), "{store:?}");
        stage.aws.heal();
        stage.age(10);
        let made = created(&create.ask(&event).await.answer).unwrap();
        assert_eq!((made.state(), stage.aws.mails().len()), ("CODE_SENT", 1), "{store:?}");
    }
}
