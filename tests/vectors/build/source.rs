//! Reading the JSON and writing Rust.

use std::fmt::Write;

use serde_json::Value;

/// Returns a list of the value, or none where it is missing.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// Returns a text of the value.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Returns the method of a route or a request; GET where it says none.
pub(crate) fn method(value: &Value) -> &str {
    value["method"].as_str().unwrap_or("GET")
}

/// Returns `Core` or `Disputed`, or nothing for what the vectors leave out.
pub(crate) fn tier(value: &Value) -> Option<&'static str> {
    match text(value, "tier") {
        "core" => Some("Core"),
        "disputed" => Some("Disputed"),
        _ => None,
    }
}

/// Rust source, line by line.
#[derive(Default)]
pub(crate) struct Source {
    pub(crate) text: String,
    lines: usize,
}

impl Source {
    /// Adds a line, and returns its number.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) -> usize {
        assert!(!line.as_ref().contains('\n'), "one line at a time");
        writeln!(self.text, "{}", line.as_ref()).expect("a text can be written");
        self.lines += 1;
        self.lines
    }

    /// Adds a handler that says which route it is.
    pub(crate) fn handler(&mut self, name: &str, method: &str, pattern: &str) {
        let verb = method.to_lowercase();
        self.line(format!("#[{verb}({pattern:?})]"));
        self.line(format!(
            "pub(crate) async fn {name}(cx: &Context<'_>) -> Response {{ highball_vectors::describe(cx) }}"
        ));
    }
}
