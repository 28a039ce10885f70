//! The sign-in on a terminal, or with the password and the code as lines of standard input.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws_sdk_cognitoidentityprovider::Client;
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
                    errln!("the local AWS keeps its mail: `cargo xtask inbox --to {}`", args.email);
                }
                match ask_for_code()? {
                    Entry::Code(code) => flow.answer(&code).await?,
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

fn lifetimes(tokens: &Tokens, app_client: &AppClient) -> String {
    let access = format!("access token good for {}", span(tokens.lifetime.as_secs()));
    match (tokens.reveal_refresh(), app_client.refresh_lifetime) {
        (None, _) => format!("{access}; no refresh token"),
        (Some(_), None) => format!("{access}; refresh token issued"),
        (Some(_), Some(lifetime)) => format!("{access}; refresh token good for {}", span(lifetime.as_secs())),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Entry {
    Code(String),
    Resend,
}

impl Entry {
    /// Blanks are forgiven, since mail programs and people group digits.
    fn from_line(line: &str) -> Self {
        let code: String = line.chars().filter(|character| !character.is_whitespace()).collect();
        if code.is_empty() || code.eq_ignore_ascii_case("r") { Self::Resend } else { Self::Code(code) }
    }
}

fn ask_for_code() -> anyhow::Result<Entry> {
    if io::stdin().is_terminal() {
        err!("Code (`r` to send the mail again): ");
        io::stderr().flush().context("failed to write to the terminal")?;
    }
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line).context("failed to read the code")?;
    if read == 0 {
        bail!("failed to read the code: standard input is at its end");
    }
    Ok(Entry::from_line(&line))
}

#[cfg(test)]
mod tests {
    use super::Entry;

    #[test]
    fn lines_are_codes_or_ask_for_another_mail() {
        let rows = [
            ("123456\n", Entry::Code("123456".to_owned())),
            (" 123 456 \r\n", Entry::Code("123456".to_owned())),
            ("r\n", Entry::Resend),
            ("R\n", Entry::Resend),
            ("\n", Entry::Resend),
            ("12a\n", Entry::Code("12a".to_owned())),
        ];
        for (line, expected) in rows {
            assert_eq!(Entry::from_line(line), expected, "{line:?}");
        }
    }
}
