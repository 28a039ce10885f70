//! The sign-in on a terminal, or with the password and the code as lines of standard input.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws_sdk_cognitoidentityprovider::Client;
use challenge::{Address, Answer, CodeLength};
use trigger_store::Mailbox;
use xtask::cli::SignInArgs;
use xtask::{err, errln, outln};

use super::challenge::span;
use super::{AppClient, Flow, Step, Tokens};
use crate::aws::{self, Session};
use crate::outputs;
use crate::password::Password;

/// Signs in and says for how long. The tokens are not shown: a terminal keeps what it has printed.
///
/// # Errors
/// When the stage is not deployed, the app client is not in it, or the sign-in is refused.
pub async fn run(root: &Path, args: &SignInArgs) -> anyhow::Result<ExitCode> {
    let session = aws::connect(root, &xtask::stage::load(root, args.stage.name())?).await?;
    let (name, app_client, cognito) = app_client(&session, args.client.as_deref()).await?;
    let password = Password::ask(&format!("Password of {}: ", args.email))?;
    let mut step = Flow::start(&cognito, &app_client, &args.email, &password).await?;
    drop(password);
    loop {
        step = match step {
            Step::Signed(tokens) => {
                outln!("signed in as {} through app client `{name}`", args.email);
                outln!("{}", lifetimes(&tokens, &app_client));
                return Ok(ExitCode::SUCCESS);
            }
            Step::Refused(refusal) => {
                return Err(refusal).with_context(|| format!("failed to sign in as {}", args.email));
            }
            Step::Challenge(flow) => {
                errln!("{}", flow.challenge());
                if flow.challenge().is_hopeless() {
                    bail!("failed to sign in as {}: no code can be answered", args.email);
                }
                if session.stage.is_local() {
                    errln!("the local AWS keeps its mail: `cargo xtask inbox --to {}`", mailed(&args.email));
                }
                match ask_for_code(flow.challenge().code_length)? {
                    Entry::Code(code) => flow.answer(code.expose()).await?,
                    Entry::Resend => flow.resend().await?,
                }
            }
        }
    }
}

/// The app client that was named, else the stage's first.
async fn app_client(session: &Session, named: Option<&str>) -> anyhow::Result<(String, AppClient, Client)> {
    let outputs = outputs::read(session).await?;
    let cognito = Client::new(&session.sdk_config);
    let stage = &session.stage;
    let known = || stage.app_clients.iter().map(|client| client.name.as_ref()).collect::<Vec<&str>>();
    let name = named.or_else(|| known().first().copied()).unwrap_or_default().to_owned();
    let id = outputs.client_ids.get(&name).with_context(|| {
        format!("stage `{}` has no app client `{name}`\nhint: it has `{}`", stage.name, known().join("`, `"))
    })?;
    let app_client = AppClient::describe(&cognito, &outputs.user_pool_id, id).await?;
    Ok((name, app_client, cognito))
}

/// The address as the mail names it; a user's name stays as it is.
fn mailed(email: &str) -> String {
    let mailbox = Address::parse(email).ok().and_then(|address| Mailbox::of(&address));
    mailbox.map_or_else(|| email.to_owned(), |mailbox| mailbox.expose().to_owned())
}

fn lifetimes(tokens: &Tokens, app_client: &AppClient) -> String {
    let access = format!("access token good for {}", span(tokens.lifetime.as_secs()));
    match (tokens.reveal_refresh(), app_client.refresh_lifetime) {
        (None, _) => format!("{access}; no refresh token"),
        (Some(_), None) => format!("{access}; refresh token issued"),
        (Some(_), Some(lifetime)) => format!("{access}; refresh token good for {}", span(lifetime.as_secs())),
    }
}

/// What a line asks for.
#[derive(Debug)]
enum Entry {
    Code(Answer),
    Resend,
}

impl Entry {
    /// `None` for what can be no code, so that no attempt is spent on it. A code is read as the triggers read it; where
    /// they do not say how long it is, any length that there is will do.
    fn from_line(line: &str, length: Option<CodeLength>) -> Option<Self> {
        let word = line.trim();
        if ["r", "resend"].iter().any(|resend| word.eq_ignore_ascii_case(resend)) {
            return Some(Self::Resend);
        }
        let answer = Answer::new(line);
        let any = || (CodeLength::MIN..=CodeLength::MAX).filter_map(|length| CodeLength::new(length).ok());
        let fits = length.map_or_else(|| any().any(|length| answer.is_of(length)), |length| answer.is_of(length));
        fits.then_some(Self::Code(answer))
    }
}

/// Asks until a line is a code or asks for the mail.
fn ask_for_code(length: Option<CodeLength>) -> anyhow::Result<Entry> {
    let digits = length.map_or_else(|| "the digits".to_owned(), |length| format!("{} digits", length.get()));
    loop {
        if io::stdin().is_terminal() {
            err!("Code ({digits}, or `resend` to have the mail sent again): ");
            io::stderr().flush().context("failed to write to the terminal")?;
        }
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line).context("failed to read the code")?;
        if read == 0 {
            bail!("failed to read the code: standard input is at its end");
        }
        if let Some(entry) = Entry::from_line(&line, length) {
            return Ok(entry);
        }
        errln!("that is no code: enter {digits} of the mail, or `resend`; no attempt was used");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inbox_is_asked_for_the_address_that_was_mailed() {
        for (email, expected) in [
            ("jane@example.com", "jane@example.com"),
            ("jane@müller.example", "jane@xn--mller-kva.example"),
            ("jane", "jane"),
        ] {
            assert_eq!(mailed(email), expected);
        }
    }

    #[test]
    fn lines_are_codes_or_ask_for_the_mail_or_neither() {
        let six = CodeLength::new(6).ok();
        for (line, length, expected) in [
            ("123456\n", six, "123456"),
            (" 123 456 \r\n", six, "123456"),
            ("１２３-４５６\n", six, "123456"),
            ("١٢٣٤٥٦\n", six, "123456"),
            ("12345678\n", None, "12345678"),
            ("r\n", six, "resend"),
            ("R\n", six, "resend"),
            (" Resend \r\n", six, "resend"),
            ("\n", six, "neither"),
            ("12345\n", six, "neither"),
            ("1234567\n", six, "neither"),
            ("12345a\n", six, "neither"),
            ("send\n", six, "neither"),
            ("12345\n", None, "neither"),
        ] {
            let entry = Entry::from_line(line, length);
            let read = match &entry {
                Some(Entry::Code(code)) => code.expose(),
                Some(Entry::Resend) => "resend",
                None => "neither",
            };
            assert_eq!(read, expected, "{line:?}");
        }
    }
}
