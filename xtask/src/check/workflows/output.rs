//! What the linters print, as findings.

use serde::Deserialize;

use crate::stage::Problem;

/// actionlint with `-format '{{json .}}'`: one array, or `null` where there is nothing.
pub(super) fn actionlint(json: &[u8]) -> serde_json::Result<Vec<Problem>> {
    #[derive(Deserialize)]
    struct Found {
        message: String,
        filepath: String,
        line: usize,
        column: usize,
        kind: String,
    }
    let found: Option<Vec<Found>> = serde_json::from_slice(json)?;
    let problem = |found: Found| Problem {
        file: found.filepath,
        line: found.line,
        column: found.column,
        message: format!("{} (actionlint, {})", found.message, found.kind),
    };
    Ok(found.unwrap_or_default().into_iter().map(problem).collect())
}

/// shellcheck with `--format json1`.
pub(super) fn shellcheck(json: &[u8]) -> serde_json::Result<Vec<Problem>> {
    #[derive(Deserialize)]
    struct Output {
        comments: Vec<Found>,
    }
    #[derive(Deserialize)]
    struct Found {
        file: String,
        line: usize,
        column: usize,
        code: u32,
        message: String,
    }
    let output: Output = serde_json::from_slice(json)?;
    let problem = |found: Found| Problem {
        file: found.file,
        line: found.line,
        column: found.column,
        message: format!("{} (SC{})", found.message, found.code),
    };
    Ok(output.comments.into_iter().map(problem).collect())
}

/// zizmor with `--format json-v1`. Lines and columns count from 0; what a comment in the file excuses is marked, not left out.
pub(super) fn zizmor(json: &[u8]) -> serde_json::Result<Vec<Problem>> {
    let found: Vec<Audit> = serde_json::from_slice(json)?;
    Ok(found.into_iter().filter(|audit| !audit.ignored).map(audit).collect())
}

#[derive(Deserialize)]
struct Audit {
    ident: String,
    desc: String,
    locations: Vec<Location>,
    ignored: bool,
}

#[derive(Deserialize)]
struct Location {
    symbolic: Symbolic,
    concrete: Concrete,
}

#[derive(Deserialize)]
struct Symbolic {
    key: Key,
    annotation: String,
    kind: String,
}

/// Only files are given to zizmor; what it may read from elsewhere has no path of ours.
#[derive(Deserialize)]
enum Key {
    Local {
        verbatim_path: String,
    },
    #[serde(untagged)]
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Concrete {
    location: Span,
}

#[derive(Deserialize)]
struct Span {
    start_point: Point,
}

#[derive(Deserialize)]
struct Point {
    row: usize,
    column: usize,
}

fn audit(audit: Audit) -> Problem {
    let message = |annotation: Option<&str>| match annotation {
        Some(annotation) => format!("{}: {annotation} (zizmor, {})", audit.desc, audit.ident),
        None => format!("{} (zizmor, {})", audit.desc, audit.ident),
    };
    let primary = audit.locations.iter().find(|location| location.symbolic.kind == "Primary");
    match primary.or(audit.locations.first()) {
        Some(Location { symbolic: Symbolic { key: Key::Local { verbatim_path }, annotation, .. }, concrete }) => {
            let Point { row, column } = concrete.location.start_point;
            let message = message(Some(annotation));
            Problem { file: verbatim_path.clone(), line: row + 1, column: column + 1, message }
        }
        _ => Problem::of_file(super::GITHUB, message(None)),
    }
}
