//! Measures what users feel, and says what it found. Run by `cargo xtask bench`, which builds everything first.

#[cfg(test)]
mod budgets;
mod instance;
mod machine;
mod parts;
mod program;
mod report;
mod sample;
mod scene;
mod share;
mod tls;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Parser;
use xtask::bench::{NODE, PROGRAMS};
use xtask::cli::{BenchArgs, BenchPart};

use machine::Machine;
use parts::{clone, cold, commands, curve, micro, warm};
use report::{Report, Row};

/// The arguments of `cargo xtask bench`, handed on.
#[derive(Debug, Parser)]
struct Arguments {
    #[arg(long)]
    root: PathBuf,
    #[command(flatten)]
    bench: BenchArgs,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { root, bench } = Arguments::parse();
    let programs = std::env::var_os(PROGRAMS).map(PathBuf::from);
    let programs = programs.with_context(|| format!("`{PROGRAMS}` is not set\nhint: `cargo xtask bench`"))?;
    let node = std::env::var_os(NODE).map(PathBuf::from);
    let mut report = Report { machine: Machine::look(), rows: Vec::new(), left_out: Vec::new() };
    if bench.parts().contains(&BenchPart::Start) {
        report.left_out.extend(lacking(node.as_deref()).map(str::to_owned));
    }
    for part in bench.parts() {
        eprintln!("measuring: {}", part.as_str());
        match measure(part, &root, &programs, node.as_deref(), &bench).await {
            Ok(rows) => report.rows.extend(rows),
            // The other figures are still worth having.
            Err(error) => report.left_out.push(format!("{}: {error:#}", part.as_str())),
        }
    }
    let out = bench.out.unwrap_or_else(|| root.join("target/bench"));
    fs::create_dir_all(&out).with_context(|| format!("failed to make `{}`", out.display()))?;
    let text = report.text();
    let write = |name: &str, content: String| {
        let path = out.join(name);
        fs::write(&path, content).with_context(|| format!("failed to write `{}`", path.display()))
    };
    write("report.txt", text.clone())?;
    write("report.json", serde_json::to_string_pretty(&report)? + "\n")?;
    print!("{text}");
    eprintln!("report in `{}`", out.display());
    Ok(())
}

/// What the comparison with Node is made without.
fn lacking(node: Option<&Path>) -> Option<&'static str> {
    match node {
        None => Some("the comparison with Node, which is not installed"),
        Some(folder) if program::has_own_runtime(folder) => None,
        Some(_) => Some(
            "AWS's runtime client for Node, which npm could not build here (it wants a C++ compiler, cmake and autotools); \
             a loop that starts sooner stands in its place",
        ),
    }
}

async fn measure(
    part: BenchPart,
    root: &Path,
    programs: &Path,
    node: Option<&Path>,
    args: &BenchArgs,
) -> anyhow::Result<Vec<Row>> {
    let runs = usize::from(args.runs);
    match part {
        BenchPart::Start => {
            let mut rows = cold::run(programs, node, runs, cold::Transport::Plain).await?;
            rows.extend(cold::run(programs, node, runs, cold::Transport::Tls).await?);
            Ok(rows)
        }
        BenchPart::Memory => curve::run(programs, runs).await,
        // An answer takes a millisecond or two.
        BenchPart::Warm => warm::run(programs, runs * 20).await,
        BenchPart::Commands => commands::run(root, runs),
        BenchPart::Micro => micro::run(root),
        BenchPart::Clone => clone::run(root),
    }
}
