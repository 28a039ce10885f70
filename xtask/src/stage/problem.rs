//! What is wrong with a file, and where.

use std::fmt;

/// One thing that is wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Relative to the repository.
    pub file: String,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    /// In characters, from 1; 0 where the whole file is meant.
    pub column: usize,
    pub message: String,
}

impl Problem {
    /// A problem of a whole file.
    #[must_use]
    pub fn of_file(file: &str, message: String) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0, message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: {}", self.file, self.message),
            line => write!(out, "{}:{line}:{}: {}", self.file, self.column, self.message),
        }
    }
}

/// Everything that is wrong with a stage file, in the order of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    #[must_use]
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }
}

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the stage file is refused")?;
        self.0.iter().try_for_each(|problem| write!(out, "\n  {problem}"))
    }
}

/// Collects problems by byte offset while a file is read.
#[derive(Debug)]
pub(super) struct Collector<'text> {
    file: String,
    text: &'text str,
    found: Vec<(usize, String)>,
}

impl<'text> Collector<'text> {
    pub(super) fn new(file: &str, text: &'text str) -> Self {
        Self { file: file.to_owned(), text, found: Vec::new() }
    }

    pub(super) fn add(&mut self, offset: usize, message: impl Into<String>) {
        self.found.push((offset, message.into()));
    }

    /// The value that was read, unless there was anything to tell.
    ///
    /// # Errors
    /// Everything that was collected.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, Problems> {
        match value {
            Some(value) if self.found.is_empty() => Ok(value),
            _ => {
                self.found.sort();
                Err(Problems(self.found.iter().map(|(offset, message)| self.place(*offset, message)).collect()))
            }
        }
    }

    fn place(&self, offset: usize, message: &str) -> Problem {
        let (line, column) = position(self.text, offset);
        Problem { file: self.file.clone(), line, column, message: message.to_owned() }
    }
}

fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a = 1\nb = \"ü\" # x";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, 6), (2, 1));
        assert_eq!(position(text, text.len() - 1), (2, 11));
        assert_eq!(position(text, 4000), (2, 12));
    }
}
