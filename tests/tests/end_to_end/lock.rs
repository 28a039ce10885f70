//! Users who are locked, and stay so whatever becomes of the stage.

use e2e::mail::code_in;
use e2e::person::{Person, challenge, other_than, refusal};
use e2e::stack::Stack;
use e2e::{place, tool};
use xtask::stage::{Stage, StageName};
use xtask_online::sign_in::State;

/// Gives wrong codes until the user is locked: five, over two sign-ins. Each differs from the one before, since the same
/// answer once more is no other guess.
pub(crate) async fn locked(person: &Person<'_>) {
    let mut flow = person.challenge().await.unwrap();
    let mut wrong = other_than(&person.code().await.unwrap());
    for _ in 0..2 {
        flow = challenge(flow.answer(&wrong).await.unwrap()).unwrap();
        wrong = other_than(&wrong);
    }
    refusal(flow.answer(&wrong).await.unwrap()).unwrap();
    let flow = person.challenge().await.unwrap();
    assert_eq!(flow.challenge().state, State::CodeSent, "not locked yet");
    let wrong = other_than(&person.code().await.unwrap());
    let flow = challenge(flow.answer(&wrong).await.unwrap()).unwrap();
    assert_eq!(flow.challenge().state, State::CodeWrong, "not locked yet");
    let flow = challenge(flow.answer(&other_than(&wrong)).await.unwrap()).unwrap();
    assert_eq!(flow.challenge().state, State::Locked);
    assert!(is_locked(person).await, "a new sign-in is no way around");
}

async fn is_locked(person: &Person<'_>) -> bool {
    let before = codes(person).await;
    let flow = person.challenge().await.unwrap();
    let locked = flow.challenge().state == State::Locked;
    if locked {
        assert!((1..=3600).contains(&flow.challenge().seconds_to_wait.unwrap()), "{}", flow.challenge());
        assert_eq!(codes(person).await, before, "no code for a locked user");
    }
    locked
}

/// Mails with a code; word of a lock has none.
async fn codes(person: &Person<'_>) -> usize {
    let mails = person.stack.mails(&person.email).await.unwrap();
    mails.iter().filter(|mail| code_in(&mail.text).is_ok()).count()
}

/// A lock that no slow machine outlives.
const LONG: (&str, &str) = ("lock_first_wait = 60", "lock_first_wait = 3600");

/// The template of `local` with these changes to its file.
fn template(changes: &[(&str, &str)]) -> String {
    let name = StageName::new("local").unwrap();
    let text = xtask::stage::read(place::root(), &name).unwrap();
    let changed = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "`{from}` should stand in the file");
        text.replace(from, to)
    });
    xtask::render::render(place::root(), &Stage::parse(name, &changed).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_store_loses_no_lock() {
    let stack = Stack::alone().await.unwrap();
    stack.update_template(|_| template(&[LONG])).await.unwrap();
    let (first, second) = (Person::new(&stack).await.unwrap(), Person::new(&stack).await.unwrap());
    locked(&first).await;

    let attribute =
        [LONG, ("store = \"table\"", "store = \"attribute\""), ("accept = []", "accept = [\"soft-limits\"]")];
    stack.update_template(|_| template(&attribute)).await.unwrap();
    assert!(stack.physical_id("StateTable").await.is_err(), "the stage has no table any more");
    assert!(is_locked(&first).await, "from the table to the attribute");
    locked(&second).await;

    // By the real command. The table is a new one: what it is to know of these users it learns from the attribute.
    tool::deploy("local").await.unwrap();
    stack.physical_id("StateTable").await.unwrap();
    assert!(is_locked(&first).await, "and back");
    assert!(is_locked(&second).await, "from the attribute to the table");
}
