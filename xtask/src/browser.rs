//! What the examples and their tests, in a browser and without, need of this machine.

use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::programs::{first_line, on_path};

/// Names the browser to the tests. Empty: the one that Playwright has fetched for itself.
pub const CHROMIUM: &str = "E2E_CHROMIUM";

/// What systems call a browser that Playwright can drive.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// What was found.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    /// What Node says, such as `v20.20.2`.
    pub(crate) node: Option<String>,
    pub(crate) npm: bool,
    pub(crate) chromium: Option<Chromium>,
}

/// A browser that can be driven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Chromium {
    OfTheSystem(PathBuf),
    /// Where Playwright keeps those that it has fetched.
    OfPlaywright(PathBuf),
}

/// Something that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lack {
    pub(crate) what: String,
    /// How to get it.
    pub(crate) mend: &'static str,
}

impl Tools {
    pub(crate) fn find(root: &Path) -> Self {
        Self {
            node: first_line("node", root),
            npm: on_path(Path::new("npm")).is_some(),
            chromium: of_the_system().or_else(of_playwright),
        }
    }

    /// What is missing, first what the rest is got with.
    pub(crate) fn lacks(&self) -> Vec<Lack> {
        let mend = "https://nodejs.org has it, and so have most systems";
        let node = match &self.node {
            Some(version) if builds(version) && self.npm => None,
            Some(version) if builds(version) => Some(Lack { what: format!("npm beside Node {version}"), mend }),
            Some(version) => {
                Some(Lack { what: format!("Node 20.19, 22.12 or 24 and newer (this is {version})"), mend })
            }
            None => Some(Lack { what: "Node 20.19, 22.12 or 24 and newer".to_owned(), mend }),
        };
        let chromium = self.chromium.is_none().then(|| Lack {
            what: "Chromium or Chrome".to_owned(),
            mend: "on Debian and Ubuntu, `apt-get install chromium`; \
                or in examples/angular, `npm ci && npx playwright install --with-deps chromium`",
        });
        node.into_iter().chain(chromium).collect()
    }

    /// The value of [`CHROMIUM`], or word of why the tests of the examples are left out. Where CI runs, whoever reads the
    /// result takes it that everything was tested, so there it is an error, before anything is built.
    pub(crate) fn for_tests(&self, ci: bool) -> anyhow::Result<Result<PathBuf, String>> {
        let lacks = self.lacks();
        if let (Some(chromium), []) = (&self.chromium, lacks.as_slice()) {
            return Ok(Ok(chromium.value().to_owned()));
        }
        let what: Vec<_> = lacks.iter().map(|lack| lack.what.as_str()).collect();
        let mends: Vec<_> = lacks.iter().map(|lack| format!("{}: {}", lack.what, lack.mend)).collect();
        let (what, mends) = (what.join(" and "), mends.join("; "));
        ensure!(
            !ci,
            "failed to begin: the tests of the examples, in a browser and without, need {what}\nhint: {mends}"
        );
        Ok(Err(format!("the tests of the examples, in a browser and without, which need {what}\nhint: {mends}")))
    }
}

impl Chromium {
    /// The value of [`CHROMIUM`].
    pub(crate) fn value(&self) -> &Path {
        match self {
            Self::OfTheSystem(program) => program,
            Self::OfPlaywright(_) => Path::new(""),
        }
    }
}

/// Whether Angular's build runs on it: `engines` in `examples/angular/package.json`.
fn builds(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(major)), Some(Ok(minor))) => matches!((major, minor), (20, 19..) | (22, 12..) | (24.., _)),
        _ => false,
    }
}

fn of_the_system() -> Option<Chromium> {
    NAMES.iter().find_map(|name| on_path(Path::new(name))).map(Chromium::OfTheSystem)
}

fn of_playwright() -> Option<Chromium> {
    let named = std::env::var_os("PLAYWRIGHT_BROWSERS_PATH").filter(|path| !path.is_empty()).map(PathBuf::from);
    let folder = named.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/ms-playwright")))?;
    let fetched = folder.read_dir().ok()?.flatten();
    let mut names = fetched.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.any(|name| name.starts_with("chromium-")).then_some(Chromium::OfPlaywright(folder))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let chromium = || Some(Chromium::OfTheSystem(PathBuf::from("/usr/bin/chromium")));
        let tools = |node: Option<&str>, npm, chromium| Tools { node: node.map(str::to_owned), npm, chromium };
        let rows = [
            ("complete", tools(Some("v20.20.2"), true, chromium()), vec![]),
            ("a newer one", tools(Some("v25.0.0"), true, chromium()), vec![]),
            ("an old one", tools(Some("v18.19.0"), true, chromium()), vec!["this is v18.19.0"]),
            ("one in between", tools(Some("v22.11.0"), true, chromium()), vec!["this is v22.11.0"]),
            ("an odd one", tools(Some("v23.1.0"), true, chromium()), vec!["this is v23.1.0"]),
            ("words", tools(Some("no version"), true, chromium()), vec!["this is no version"]),
            ("no npm", tools(Some("v20.19.0"), false, chromium()), vec!["npm beside Node v20.19.0"]),
            ("nothing", tools(None, false, None), vec!["Node 20.19", "Chromium"]),
        ];
        for (name, tools, expected) in rows {
            let found = tools.lacks();
            assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
            for (lack, text) in found.iter().zip(expected) {
                assert!(lack.what.contains(text) && !lack.mend.is_empty(), "{name}: {lack:?}");
            }
        }
    }

    #[test]
    fn without_a_browser_its_tests_are_left_out_by_name_but_not_where_ci_runs() {
        let chromium = Chromium::OfTheSystem(PathBuf::from("/c"));
        let complete = Tools { node: Some("v24.0.0".to_owned()), npm: true, chromium: Some(chromium) };
        for ci in [false, true] {
            assert_eq!(complete.for_tests(ci).unwrap(), Ok(PathBuf::from("/c")));
        }
        for lacking in [Tools { chromium: None, ..complete.clone() }, Tools { node: None, ..complete.clone() }] {
            let said = lacking.for_tests(false).unwrap().unwrap_err();
            assert!(said.starts_with("the tests of the examples") && said.contains("hint: "), "{said}");
            let refused = lacking.for_tests(true).unwrap_err().to_string();
            assert!(refused.starts_with("failed to begin: ") && refused.contains("hint: "), "{refused}");
        }
    }

    #[test]
    fn playwright_finds_its_own_browser() {
        assert_eq!(Chromium::OfPlaywright(PathBuf::from("/cache")).value(), Path::new(""));
    }
}
