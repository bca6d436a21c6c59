//! Functions that read the JSON and write Rust code.

use std::fmt::Write;

use serde_json::Value;

/// Returns a list in the value, or an empty list if it is missing.
pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// Returns a text in the value.
pub(crate) fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

/// Returns the method of a route or a request, which is GET by default.
pub(crate) fn method(value: &Value) -> &str {
    value["method"].as_str().unwrap_or("GET")
}

/// Returns `Core` or `Disputed`, or `None` for other kinds.
pub(crate) fn tier(value: &Value) -> Option<&'static str> {
    match text(value, "tier") {
        "core" => Some("Core"),
        "disputed" => Some("Disputed"),
        _ => None,
    }
}

/// Rust code, line by line.
#[derive(Default)]
pub(crate) struct Source {
    pub(crate) text: String,
    lines: usize,
}

impl Source {
    /// Adds a line and returns its number.
    pub(crate) fn line(&mut self, line: impl AsRef<str>) -> usize {
        assert!(!line.as_ref().contains('\n'), "one line at a time");
        writeln!(self.text, "{}", line.as_ref()).expect("a text can be written");
        self.lines += 1;
        self.lines
    }

    /// Adds a handler that returns the matched route.
    pub(crate) fn handler(&mut self, name: &str, method: &str, pattern: &str) {
        let verb = method.to_lowercase();
        self.line(format!("#[{verb}({pattern:?})]"));
        self.line(format!(
            "pub(crate) async fn {name}(cx: &Context<'_>) -> Response {{ highball_vectors::describe(cx) }}"
        ));
    }
}
