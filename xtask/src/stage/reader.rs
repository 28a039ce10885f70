//! Reads TOML so that one mistake does not hide the next.

use toml_span::value::{Table, Value, ValueInner};

use super::problem::Collector;

/// A value and the byte offset of the place it was read from.
#[derive(Debug, Clone)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) offset: usize,
}

/// Something that one value of a stage file can become.
pub(super) trait Setting: Sized {
    /// `None` once it has told `problems` why not. `key` is the full name, for messages.
    fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self>;
}

/// A table whose keys are taken one by one; what is left in the end is unknown.
#[derive(Debug)]
pub(super) struct Section<'file> {
    /// The name with its dot, such as `email.`; empty at the top.
    prefix: String,
    table: Table<'file>,
    offset: usize,
    known: Vec<&'static str>,
}

impl<'file> Section<'file> {
    pub(super) fn new(name: &str, value: Value<'file>, problems: &mut Collector<'_>) -> Option<Self> {
        let prefix = if name.is_empty() { String::new() } else { format!("{name}.") };
        let offset = value.span.start;
        match into_inner(value) {
            ValueInner::Table(table) => Some(Self { prefix, table, offset, known: Vec::new() }),
            other => {
                problems.add(offset, format!("`{name}`: expected a table, found {}", described(&other)));
                None
            }
        }
    }

    /// The section below `name`; a missing one is a problem.
    pub(super) fn section(&mut self, name: &'static str, problems: &mut Collector<'_>) -> Option<Self> {
        let key = self.full(name);
        match self.take(name) {
            Some(value) => Self::new(&key, value, problems),
            None => {
                problems.add(self.offset, format!("section `[{key}]` is missing"));
                None
            }
        }
    }

    pub(super) fn required<T: Setting>(&mut self, name: &'static str, problems: &mut Collector<'_>) -> Option<At<T>> {
        let key = self.full(name);
        let Some(value) = self.take(name) else {
            problems.add(self.offset, format!("`{key}` is missing"));
            return None;
        };
        read(&key, &value, problems)
    }

    /// The outer `None` is a mistake, the inner one a key that is not there.
    pub(super) fn optional<T: Setting>(
        &mut self,
        name: &'static str,
        problems: &mut Collector<'_>,
    ) -> Option<Option<At<T>>> {
        let key = self.full(name);
        match self.take(name) {
            Some(value) => read(&key, &value, problems).map(Some),
            None => Some(None),
        }
    }

    pub(super) fn take(&mut self, name: &'static str) -> Option<Value<'file>> {
        self.known.push(name);
        self.table.remove(name)
    }

    /// What is left, for a table whose keys are the user's.
    pub(super) fn rest(self) -> Table<'file> {
        self.table
    }

    pub(super) fn close(self, problems: &mut Collector<'_>) {
        for key in self.table.keys() {
            let unknown = key.name.as_ref();
            let close = similar::get_close_matches(unknown, &self.known, 1, 0.6);
            let hint = close.first().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default();
            problems.add(key.span.start, format!("unknown key `{}{}`{hint}", self.prefix, shown(unknown)));
        }
    }

    pub(super) fn full(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }
}

fn read<T: Setting>(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<At<T>> {
    Some(At { value: T::read(key, value, problems)?, offset: value.span.start })
}

fn into_inner(mut value: Value<'_>) -> ValueInner<'_> {
    value.take()
}

/// The type of a value, as a message names it.
pub(super) fn described(value: &ValueInner<'_>) -> &'static str {
    match value {
        ValueInner::String(_) => "a string",
        ValueInner::Integer(_) => "an integer",
        ValueInner::Float(_) => "a float",
        ValueInner::Boolean(_) => "a boolean",
        ValueInner::Array(_) => "an array",
        ValueInner::Table(_) => "a table",
    }
}

/// Text of the file as a message may show it: control characters would play with the terminal.
pub(super) fn shown(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

impl Setting for bool {
    fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
        if let ValueInner::Boolean(flag) = value.as_ref() {
            return Some(*flag);
        }
        let found = described(value.as_ref());
        problems.add(value.span.start, format!("`{key}`: expected true or false, found {found}"));
        None
    }
}

/// Reads every element, so that one mistake does not hide the next.
impl<T: Setting> Setting for Vec<At<T>> {
    fn read(key: &str, value: &Value<'_>, problems: &mut Collector<'_>) -> Option<Self> {
        let ValueInner::Array(elements) = value.as_ref() else {
            let found = described(value.as_ref());
            problems.add(value.span.start, format!("`{key}`: expected an array, found {found}"));
            return None;
        };
        let all: Vec<_> = elements.iter().map(|element| read(key, element, problems)).collect();
        all.into_iter().collect()
    }
}
