//! What holds for a sign-in, whatever befalls one of its calls.

use std::time::Duration;

use e2e::event::{attempt, password_verified, resend};
use e2e::runtime_api::Answer;
use e2e::world::{StoreKind, created, passed, verified};
use xtask::trigger::Trigger;

use crate::faults::Befalls;
use crate::scenario::{ATTEMPT, Prepared, Scenario, Start, round_after};
use crate::stage::{Asked, Instance, Stage};

/// Cognito waits for 5 s; this leaves room for the network and Cognito itself.
const BUDGET: Duration = Duration::from_millis(3_500);
/// What of it can be spent on waiting for SES.
const SES_PATIENCE: Duration = Duration::from_millis(2_800);
/// Long enough for everything that is still under way at AWS to be done.
const SETTLED: Duration = Duration::from_secs(10);

macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+));
        }
    };
}

/// Lets faults befall one scenario, and says which promise is broken.
pub(crate) async fn promises(
    store: StoreKind,
    scenario: Scenario,
    start: Start,
    befalls: &[Befalls],
) -> Result<(), String> {
    let stage = Stage::new(store);
    let prepared = scenario.prepare(&stage).await;
    let script = || {
        for Befalls { operation, nth, kind, lasts } in befalls {
            stage.aws.spare(operation, *nth);
            if *lasts {
                stage.aws.fail_on(operation, kind.fault());
            } else {
                stage.aws.fail(operation, kind.fault(), 1);
            }
        }
    };
    let function = start.function(&stage, prepared.trigger, script).await;
    let asked = function.ask(&prepared.event).await;
    ensure!(asked.took <= BUDGET, "the answer took {:?}", asked.took);
    ensure!(asked.outcome != "panicked", "a panic");
    tokio::time::sleep(SETTLED).await;
    stage.aws.heal();
    match prepared.trigger {
        Trigger::Create => after_create(&stage, scenario, &prepared, befalls, &function, &asked).await?,
        Trigger::Verify => after_verify(&stage, scenario, &prepared, &function, &asked).await?,
        _ => after_gate(&stage, &prepared, &function, &asked).await?,
    }
    next_sign_in_works(&stage).await
}

/// At most one code per challenge, a second mail only for an unknown answer of SES, and every mailed code works.
async fn after_create(
    stage: &Stage,
    scenario: Scenario,
    prepared: &Prepared,
    befalls: &[Befalls],
    function: &Instance,
    asked: &Asked,
) -> Result<(), String> {
    let told = created(&asked.answer).map_err(|error| format!("no defined answer: {error:#}"))?;
    // What else is slow leaves less patience for SES.
    let patience = if befalls.len() == 1 { SES_PATIENCE } else { Duration::ZERO };
    let unknown =
        befalls.iter().any(|befalls| befalls.operation == "SendEmail" && !befalls.kind.is_answered_within(patience))
            || befalls.len() > 1 && befalls.iter().any(|befalls| !befalls.kind.is_answered_within(Duration::ZERO));
    let mails = stage.aws.mails().len() - prepared.mails_before;
    ensure!(mails <= 1 || unknown, "{mails} mails for one call");
    if scenario == Scenario::CreateLocked {
        ensure!(["LOCKED", "SEND_FAILED"].contains(&told.state()), "a locked user is told {}", told.state());
        ensure!(stage.codes().len() == 1, "a code was mailed to a locked user");
        stage.age(100);
        return Ok(());
    }
    ensure!(["CODE_SENT", "SEND_FAILED"].contains(&told.state()), "the client is told {}", told.state());
    if mails > 0 {
        ensure!(told.state() == "CODE_SENT", "a mail went out, and the client is told {}", told.state());
    } else {
        let sent = told.state() == "CODE_SENT";
        ensure!(!sent || unknown, "no mail went out, and the client is told {}", told.state());
    }

    // Cognito repeats the call; another instance may get it, but this one may as well.
    let pending = stage.is_pending();
    let unhindered =
        |befalls: &Befalls| befalls.operation == "GetSecretValue" && befalls.kind.is_answered_within(Duration::ZERO);
    ensure!(!pending || mails == 0 || !befalls.iter().all(unhindered), "a sent mail is left as pending");
    stage.age(10);
    let repeated = function.ask(&prepared.event).await;
    let mails_again = stage.aws.mails().len() - prepared.mails_before - mails;
    ensure!(mails_again == 0 || mails == 0 || pending, "the mail was known to be sent, and was sent again");
    let repeated = created(&repeated.answer).map_err(|error| format!("repeated: {error:#}"))?;
    ensure!(["CODE_SENT", "SEND_THROTTLED"].contains(&repeated.state()), "repeated: {}", repeated.state());

    // The client asks for the mail again, if it has to.
    let mut session = round_after(Some(&repeated));
    if stage.codes().is_empty() || repeated.state() != "CODE_SENT" {
        stage.age(31);
        let event = stage.caller.create(&session, &resend(ATTEMPT));
        let resent = created(&function.ask(&event).await.answer).map_err(|error| format!("resend: {error:#}"))?;
        ensure!(resent.state() == "CODE_SENT", "resend: {}", resent.state());
        session = round_after(Some(&resent));
    }
    let codes = stage.codes();
    ensure!(codes.iter().all(|code| *code == codes[0]), "two codes were mailed for one challenge");

    // The state as it is shown to the client binds the round, whatever it is called.
    let event = stage.caller.create(&session, &attempt(ATTEMPT));
    let bound = created(&function.ask(&event).await.answer).map_err(|error| format!("next round: {error:#}"))?;
    let event = stage.caller.verify(&bound.private, &codes[0], &attempt(ATTEMPT));
    let right = verified(&stage.ask(Trigger::Verify, &event).await.answer).map_err(|error| format!("{error:#}"))?;
    ensure!(right, "the mailed code does not work");
    Ok(())
}

/// A yes stands for a stored consumption, and a no can be asked again; a wrong answer costs one guess and stays wrong.
async fn after_verify(
    stage: &Stage,
    scenario: Scenario,
    prepared: &Prepared,
    function: &Instance,
    asked: &Asked,
) -> Result<(), String> {
    let yes = verified(&asked.answer).map_err(|error| format!("no defined answer: {error:#}"))?;
    let gate = stage.caller.pre_token_generation("Authentication", &attempt(ATTEMPT));
    if scenario == Scenario::VerifyRight {
        if !yes {
            // The person types it again.
            let before = stage.aws.snapshot();
            stage.age(8);
            ensure!(answer_again(stage, prepared, function).await?, "the right answer is refused after 8 s");
            stage.aws.restore(&before);
            // Much later it may count as used, if the consumption was stored and nobody heard of it: then the person asks
            // for another code.
            stage.age(20);
            if !answer_again(stage, prepared, function).await? {
                stage.age(31);
                let event = stage.caller.create(&prepared.next_round, &resend(ATTEMPT));
                let resent = created(&function_of(stage, &event).await.answer).map_err(|error| format!("{error:#}"))?;
                ensure!(resent.state() == "CODE_SENT", "after a right answer that failed: {}", resent.state());
                let code = stage.codes().pop().ok_or("no mail")?;
                let event = stage.caller.verify(&resent.private, &code, &attempt(ATTEMPT));
                ensure!(verified(&function.ask(&event).await.answer).unwrap_or(false), "the resent code is refused");
            }
        }
        let first = passed(&stage.ask(Trigger::Gate, &gate).await.answer);
        let second = passed(&stage.ask(Trigger::Gate, &gate).await.answer);
        ensure!(first, "a yes without a consumption that the gate finds");
        ensure!(!second, "one right answer, two sets of tokens");
        return Ok(());
    }
    ensure!(!yes, "a wrong answer was accepted");
    ensure!(!passed(&stage.ask(Trigger::Gate, &gate).await.answer), "tokens for a wrong answer");
    if scenario == Scenario::VerifyWrong {
        let event = stage.caller.create(&prepared.next_round, &attempt(ATTEMPT));
        let round = created(&function_of(stage, &event).await.answer).map_err(|error| format!("{error:#}"))?;
        let left = round.public["attemptsLeft"].as_str();
        ensure!(["2", "3"].contains(&left), "one wrong answer, and {left} attempts are left");
        // Asked again as Cognito does, it costs one guess in all.
        function.ask(&prepared.event).await;
        let round = created(&function_of(stage, &event).await.answer).map_err(|error| format!("{error:#}"))?;
        ensure!(round.public["attemptsLeft"] == "2", "repeated: {} attempts left", round.public["attemptsLeft"]);
    } else {
        function.ask(&prepared.event).await;
        let event = stage.caller.create(&password_verified(), &attempt(7));
        let round = created(&function_of(stage, &event).await.answer).map_err(|error| format!("{error:#}"))?;
        ensure!(round.state() == "LOCKED", "after three wrong answers: {}", round.state());
        stage.age(100);
    }
    Ok(())
}

/// Whether the right answer is taken in the next round of the session.
async fn answer_again(stage: &Stage, prepared: &Prepared, function: &Instance) -> Result<bool, String> {
    let event = stage.caller.create(&prepared.next_round, &attempt(ATTEMPT));
    let round = created(&function_of(stage, &event).await.answer).map_err(|error| format!("{error:#}"))?;
    ensure!(round.state() == "CODE_WRONG", "after a right answer that failed: {}", round.state());
    let code = stage.codes().pop().ok_or("no mail")?;
    let answer = function.ask(&stage.caller.verify(&round.private, &code, &attempt(ATTEMPT))).await.answer;
    verified(&answer).map_err(|error| format!("{error:#}"))
}

async fn function_of(stage: &Stage, event: &serde_json::Value) -> Asked {
    stage.ask(Trigger::Create, event).await
}

/// One right answer lets through once.
async fn after_gate(stage: &Stage, prepared: &Prepared, function: &Instance, asked: &Asked) -> Result<(), String> {
    let first = passed(&asked.answer);
    let again = passed(&function.ask(&prepared.event).await.answer);
    let at_last = passed(&stage.ask(Trigger::Gate, &prepared.event).await.answer);
    ensure!(u8::from(first) + u8::from(again) + u8::from(at_last) <= 1, "one right answer, two sets of tokens");
    Ok(())
}

/// With the fault gone, somebody who begins anew gets in.
async fn next_sign_in_works(stage: &Stage) -> Result<(), String> {
    stage.age(60);
    let mark = attempt(9);
    let event = stage.caller.create(&password_verified(), &mark);
    let made = stage.ask(Trigger::Create, &event).await.answer;
    let made = created(&made).map_err(|error| format!("next sign-in: {error:#}"))?;
    ensure!(made.state() == "CODE_SENT", "next sign-in: {}", made.state());
    let code = stage.codes().pop().ok_or("next sign-in: no mail")?;
    let answer = stage.ask(Trigger::Verify, &stage.caller.verify(&made.private, &code, &mark)).await.answer;
    ensure!(verified(&answer).unwrap_or(false), "next sign-in: the code is refused");
    let answer = stage.ask(Trigger::Gate, &stage.caller.pre_token_generation("Authentication", &mark)).await.answer;
    ensure!(matches!(answer, Answer::Response(_)), "next sign-in: the gate refuses");
    Ok(())
}
