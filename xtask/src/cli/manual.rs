//! What `--help` says beyond the arguments: the verbs in groups, and for each what it touches, prints and ends with.

use std::fmt::Write as _;

use clap::Command;
use clap::builder::StyledStr;

use super::page::Page;
use super::pages;

/// The command line with all of its help.
pub(super) fn with_help(command: Command) -> Command {
    let groups = groups(&command);
    let command = command.mut_subcommands(|verb| with_page(verb, &[]));
    let template = format!("{{about}}\n\n{{usage-heading}} {{usage}}\n\n{groups}{{options}}{{after-help}}");
    command.help_template(template).after_help(section("First steps", &columns(pages::FIRST_STEPS)))
}

fn with_page(command: Command, above: &[&str]) -> Command {
    let name = command.get_name().to_owned();
    let path: Vec<&str> = above.iter().copied().chain([name.as_str()]).collect();
    match pages::PAGES.iter().find(|page| page.verb == path) {
        Some(page) => command.after_long_help(StyledStr::from(text(page))),
        None => command.mut_subcommands(|verb| with_page(verb, &path)),
    }
}

fn text(page: &Page) -> String {
    let exits: String = page.exits.iter().map(|(code, meaning)| format!("  {code}  {meaning}\n")).collect();
    let examples: String = page.examples.iter().map(|example| format!("  {example}\n")).collect();
    [
        section("Touches", &format!("  {}\n", page.touches.text())),
        section("Prints", &format!("  {}\n", page.prints)),
        section("Exit codes", &exits),
        section("Examples", &examples),
    ]
    .join("\n")
}

/// The verbs as a newcomer meets them, in place of clap's one list.
fn groups(command: &Command) -> String {
    let mut text = String::new();
    for (heading, names) in pages::GROUPS {
        let verbs = names.iter().filter_map(|name| command.find_subcommand(name));
        let rows: Vec<_> = verbs.map(|verb| (verb.get_name(), about(verb))).collect();
        let rows: Vec<_> = rows.iter().map(|(name, about)| (*name, about.as_str())).collect();
        let _ = writeln!(text, "{}", section(heading, &columns(&rows)));
    }
    text + &heading("Options") + "\n"
}

fn about(verb: &Command) -> String {
    verb.get_about().map(ToString::to_string).unwrap_or_default()
}

fn section(name: &str, body: &str) -> String {
    format!("{}\n{body}", heading(name))
}

/// As clap shows its own headings; escape codes are left out where the output is no terminal.
fn heading(name: &str) -> String {
    let style = clap::builder::Styles::styled();
    let header = style.get_header();
    format!("{header}{name}:{header:#}")
}

fn columns(rows: &[(&str, &str)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    rows.iter().map(|(name, text)| format!("  {name:<width$}  {text}\n")).collect()
}
