//! Answers whose calls overlap: what one of them stores must not let another one in.

use super::*;

fn question<'a>(answer: &'a Answer, address: &'a Address) -> Question<'a> {
    Question {
        subject: SUBJECT,
        binding: Some(challenge(ISSUED).id()),
        answer,
        action: Action::Answer,
        attempt: Ok(mark("a")),
        client: Client::new(&SUBJECT, "web"),
        address: Some(address),
        now: ISSUED.plus(60),
    }
}

#[test]
fn the_answer_that_was_accepted_is_taken_again_and_no_other() {
    let (state, right) = mailed();
    let wrong = Row::with(Row::wrong).answer;
    let (address, policy, keys) = (address(), policy(), keys());
    let of_right = question(&right, &address);
    let of_wrong = question(&wrong, &address);

    let Verdict::Compare(guess) = decide(&state, &of_right, &policy, &keys) else { unreachable!() };
    let reserved = guess.reserved().cloned().unwrap();
    // Before the right answer is stored, a wrong one reserves its guess: now it is the last that was given.
    let Verdict::Compare(other) = decide(&reserved, &of_wrong, &policy, &keys) else { unreachable!() };
    let overtaken = other.reserved().cloned().unwrap();
    assert!(guess.is_right() && !other.is_right());
    let accepted = guess.accepted(&overtaken).unwrap();

    assert_eq!(accepted.challenge().unwrap().guesses_left, 1, "both guesses stay used up");
    assert_eq!(accepted.challenge().unwrap().last_answer, Some(right.digest(&SUBJECT, &challenge(ISSUED))));
    let wrong_again = decide(&accepted, &of_wrong, &policy, &keys);
    assert!(matches!(wrong_again, Verdict::Reject(Reason::AlreadyUsed)), "{wrong_again:?}");
    let right_again = decide(&accepted, &of_right, &policy, &keys);
    assert!(matches!(right_again, Verdict::AcceptAgain), "{right_again:?}");
}
