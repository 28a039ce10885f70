//! The words by which others know this package: what Cognito and a client say to it, what a front end shows for, and what
//! an operator searches and counts the log by. They are a promise; a row may be added, none may be changed.

use challenge::{Action, PublicState, define, gate, session::StepName, verify::Reason};

#[test]
fn steps_are_known_by_the_names_that_cognito_gives_them() {
    for (name, expected) in [
        ("SRP_A", StepName::SrpA),
        ("PASSWORD_VERIFIER", StepName::PasswordVerifier),
        ("CUSTOM_CHALLENGE", StepName::CustomChallenge),
        ("DEVICE_SRP_AUTH", StepName::Other),
        ("SMS_MFA", StepName::Other),
        ("srp_a", StepName::Other),
        ("CUSTOM_CHALLENGE ", StepName::Other),
        ("", StepName::Other),
    ] {
        assert_eq!(StepName::parse(name), expected, "{name:?}");
    }
}

#[test]
fn only_the_word_itself_asks_for_the_mail_again() {
    for (action, expected) in [
        (Some("resend"), Action::Resend),
        (Some("Resend"), Action::Answer),
        (Some("resend "), Action::Answer),
        (Some("answer"), Action::Answer),
        (Some(""), Action::Answer),
        (None, Action::Answer),
    ] {
        assert_eq!(Action::parse(action), expected, "{action:?}");
    }
}

#[test]
fn front_ends_are_told_states_by_these_names() {
    for (state, expected) in [
        (PublicState::CodeSent, "CODE_SENT"),
        (PublicState::CodeWrong, "CODE_WRONG"),
        (PublicState::CodeExpired, "CODE_EXPIRED"),
        (PublicState::CodeSuperseded, "CODE_SUPERSEDED"),
        (PublicState::SendThrottled, "SEND_THROTTLED"),
        (PublicState::SendFailed, "SEND_FAILED"),
        (PublicState::NoVerifiedAddress, "NO_VERIFIED_ADDRESS"),
        (PublicState::AddressNotMailable, "ADDRESS_NOT_MAILABLE"),
        (PublicState::UserDisabled, "USER_DISABLED"),
        (PublicState::AttemptsExhausted, "ATTEMPTS_EXHAUSTED"),
        (PublicState::Locked, "LOCKED"),
        (PublicState::LockedUntilUnlocked, "LOCKED_UNTIL_UNLOCKED"),
        (PublicState::CodeOlder, "CODE_OLDER"),
        (PublicState::AttemptInvalid, "ATTEMPT_INVALID"),
    ] {
        assert_eq!(state.as_str(), expected);
    }
}

#[test]
fn the_log_names_the_reasons_of_define() {
    for (refusal, expected) in [
        (define::Refusal::PasswordNotFirst, "password-not-first"),
        (define::Refusal::UnexpectedSteps, "unexpected-steps"),
        (define::Refusal::TooManyWrongAnswers, "too-many-wrong-answers"),
        (define::Refusal::TooManyResends, "too-many-resends"),
        (define::Refusal::UnknownUser, "unknown-user"),
        (define::Refusal::SessionTooOld, "session-too-old"),
    ] {
        assert_eq!(refusal.reason(), expected);
    }
}

#[test]
fn the_log_names_the_reasons_of_verify() {
    for (reason, expected) in [
        (Reason::UserDisabled, "user-disabled"),
        (Reason::ResendAsked, "resend-asked"),
        (Reason::NotBound, "not-bound"),
        (Reason::Superseded, "superseded"),
        (Reason::NotACode, "not-a-code"),
        (Reason::AlreadyUsed, "already-used"),
        (Reason::Locked, "locked"),
        (Reason::AttemptsExhausted, "attempts-exhausted"),
        (Reason::Expired, "expired"),
        (Reason::AddressChanged, "address-changed"),
        (Reason::KeyUnknown, "key-unknown"),
        (Reason::WrongCode, "wrong-code"),
        (Reason::AttemptInvalid, "attempt-invalid"),
        (Reason::AttemptMissing, "attempt-missing"),
        (Reason::OlderCode, "older-code"),
    ] {
        assert_eq!(reason.reason(), expected);
    }
}

#[test]
fn the_log_names_the_reasons_of_the_gate() {
    for (refusal, expected) in [
        (gate::Refusal::SourceNotAllowed, "source-not-allowed"),
        (gate::Refusal::NoRecentConsumption, "no-recent-consumption"),
        (gate::Refusal::OtherClient, "other-client"),
        (gate::Refusal::AlreadyUsed, "already-used"),
        (gate::Refusal::OtherAttempt, "other-attempt"),
        (gate::Refusal::AttemptMissing, "attempt-missing"),
    ] {
        assert_eq!(refusal.reason(), expected);
    }
}
