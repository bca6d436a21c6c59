//! Rust source as text: lines, names, and calls as rustfmt breaks them.

/// The widths by which rustfmt breaks lines.
const MAX_WIDTH: usize = 100;
const MAX_ARGUMENTS: usize = 60;

const KEYWORDS: [&str; 47] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while",
];

/// Lines of source.
#[derive(Debug, Default, Clone)]
pub(crate) struct Lines(String);

impl Lines {
    /// Adds a line with this depth of blocks.
    pub(crate) fn push(&mut self, depth: usize, line: String) {
        self.0.push_str(&"    ".repeat(depth));
        self.0.push_str(&line);
        self.0.push('\n');
    }

    /// Adds an empty line.
    pub(crate) fn blank(&mut self) {
        self.0.push('\n');
    }

    /// Adds text as it is.
    pub(crate) fn text(&mut self, text: &str) {
        self.0.push_str(text);
    }

    pub(crate) fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// Adds a doc comment. Its code is not a documentation test of the client.
    pub(crate) fn doc(&mut self, depth: usize, text: String) {
        let mut is_code = false;
        for line in text.lines() {
            let line = line.trim_end();
            let fence = line.trim_start();
            let line = match fence.starts_with("```") || fence.starts_with("~~~") {
                true => {
                    is_code = !is_code;
                    let mark = if is_code { "```text" } else { "```" };
                    mark.to_owned()
                }
                false => line.to_owned(),
            };
            match line.is_empty() {
                true => self.push(depth, "///".to_owned()),
                false => self.push(depth, format!("/// {line}")),
            }
        }
        if is_code {
            self.push(depth, "/// ```".to_owned());
        }
    }

    /// Adds a call, with this end: `call.path("/orders");`.
    pub(crate) fn call(&mut self, depth: usize, function: &str, arguments: &[String], end: &str) {
        let joined = arguments.join(", ");
        let line = format!("{function}({joined}){end}");
        if joined.chars().count() <= MAX_ARGUMENTS && fits(depth, &line) {
            return self.push(depth, line);
        }
        self.push(depth, format!("{function}("));
        for argument in arguments {
            self.push(depth + 1, format!("{argument},"));
        }
        self.push(depth, format!("){end}"));
    }

    /// Adds the head of a function: `pub async fn show(&self) -> u32 {`.
    pub(crate) fn function(
        &mut self,
        depth: usize,
        name: &str,
        arguments: &[String],
        returns: &str,
    ) {
        let line = format!("{name}({}) -> {returns} {{", arguments.join(", "));
        if fits(depth, &line) {
            return self.push(depth, line);
        }
        self.push(depth, format!("{name}("));
        for argument in arguments {
            self.push(depth + 1, format!("{argument},"));
        }
        self.push(depth, format!(") -> {returns} {{"));
    }

    /// Returns the lines without this character.
    pub(crate) fn without(self, mark: char) -> Self {
        Self(self.0.replace(mark, ""))
    }

    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

fn fits(depth: usize, line: &str) -> bool {
    4 * depth + line.chars().count() <= MAX_WIDTH
}

/// Returns a text as the name of a type: `dark-blue` is `DarkBlue`.
pub(crate) fn camel(text: &str) -> String {
    let text = text.replace('\'', "");
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).map(|word| {
        // Words in capitals only, such as `OK`, are like others.
        let is_shouted = word.chars().all(|c| !c.is_ascii_lowercase());
        let mut chars = word.chars();
        let first = chars.next().map(|c| c.to_ascii_uppercase());
        let rest = match is_shouted {
            true => chars.as_str().to_ascii_lowercase(),
            false => chars.as_str().to_owned(),
        };
        format!("{}{rest}", first.unwrap_or_default())
    });
    let name: String = words.collect();
    match name.chars().next() {
        None => "Empty".to_owned(),
        Some(first) if first.is_ascii_digit() => format!("N{name}"),
        Some(_) if name == "Self" => "Self_".to_owned(),
        Some(_) => name,
    }
}

/// Returns a text as the name of a field or a function, and whether it differs from the text.
pub(crate) fn field_name(text: &str) -> (String, bool) {
    let mut name = String::new();
    for c in text.chars() {
        match c {
            'A'..='Z' => {
                if name.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) {
                    name.push('_');
                }
                name.push(c.to_ascii_lowercase());
            }
            'a'..='z' | '0'..='9' | '_' => name.push(c),
            // A sign at the beginning, such as that of `@id`, is left out.
            _ if name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if name.chars().all(|c| c == '_') {
        name.push_str("value");
    }
    let name = match name.as_str() {
        "self" | "super" | "crate" => format!("{name}_"),
        keyword if KEYWORDS.contains(&keyword) => format!("r#{name}"),
        _ => name,
    };
    let is_renamed = name.trim_start_matches("r#") != text;
    (name, is_renamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_in_rust() {
        assert_eq!(camel("dark-blue"), "DarkBlue");
        assert_eq!(
            camel("HTTP Version Not Supported"),
            "HttpVersionNotSupported"
        );
        assert_eq!(camel("I'm a teapot"), "ImATeapot");
        assert_eq!(
            (camel("7up"), camel("-"), camel("self")),
            ("N7up".to_owned(), "Empty".to_owned(), "Self_".to_owned())
        );
        assert_eq!(field_name("type"), ("r#type".to_owned(), false));
        assert_eq!(field_name("self"), ("self_".to_owned(), true));
        assert_eq!(field_name("createdAt"), ("created_at".to_owned(), true));
        assert_eq!(field_name("@id"), ("id".to_owned(), true));
        assert_eq!(field_name("if-match"), ("if_match".to_owned(), true));
        assert_eq!(
            (field_name("9").0, field_name("-").0),
            ("_9".to_owned(), "_value".to_owned())
        );
    }

    #[test]
    fn code_in_documentation_is_no_test() {
        let mut lines = Lines::default();
        lines.doc(1, "Text.\n\n```\nlet x = 1;\n```".to_owned());
        let expected = "    /// Text.\n    ///\n    /// ```text\n    /// let x = 1;\n    /// ```\n";
        assert_eq!(lines.into_string(), expected);
    }
}
