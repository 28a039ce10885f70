//! The words that front ends are told.

#[test]
fn the_terminal_client_knows_every_state() {
    use challenge::PublicState as Told;
    use xtask_online::sign_in::State;
    for told in [
        Told::CodeSent,
        Told::CodeWrong,
        Told::CodeExpired,
        Told::CodeSuperseded,
        Told::SendThrottled,
        Told::SendFailed,
        Told::NoVerifiedAddress,
        Told::AddressNotMailable,
        Told::UserDisabled,
        Told::AttemptsExhausted,
        Told::Locked,
        Told::LockedUntilUnlocked,
    ] {
        let heard = State::from(told.as_str());
        assert_eq!(format!("{heard:?}"), format!("{told:?}"));
    }
}
