//! Texts as HTML.

/// Marks what the source does not state.
pub(crate) const UNKNOWN: &str = "<span class=\"unknown\">unknown</span>";

/// Replaces the characters that have a meaning in HTML, in text and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Returns a number with its noun.
pub(crate) fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}

/// Returns a place in the source.
pub(crate) fn place(file: &str, line: u32) -> String {
    code(&format!("{file}:{line}"))
}

/// Returns a name of the source, or nothing for an empty one.
pub(crate) fn code(text: &str) -> String {
    match text.is_empty() {
        true => String::new(),
        false => format!("<code>{}</code>", escape(text)),
    }
}

/// Returns names of the source.
pub(crate) fn codes(texts: &[&str]) -> String {
    let codes: Vec<_> = texts.iter().map(|text| code(text)).collect();
    codes.join(", ")
}

/// Returns the text, or a word for an empty one.
pub(crate) fn or_none(text: String) -> String {
    match text.is_empty() {
        true => "<span class=\"none\">nothing</span>".to_owned(),
        false => text,
    }
}

/// Returns the paragraphs of a doc comment, with its names in backticks as code.
pub(crate) fn doc(text: &str) -> String {
    let mut html = String::new();
    for paragraph in text.split("\n\n") {
        html.push_str("<p class=\"doc\">");
        for (idx, piece) in paragraph.split('`').enumerate() {
            match idx % 2 {
                0 => html.push_str(&escape(piece)),
                _ => html.push_str(&code(piece)),
            }
        }
        html.push_str("</p>\n");
    }
    html
}

/// Returns the last name of a path: `shop::orders::place` is `place`.
pub(crate) fn last_name(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// Returns the name of a type without module paths: `alloc::vec::Vec<shop::Order>` is `Vec<Order>`.
pub(crate) fn short(name: &str) -> String {
    let mut short = String::new();
    let mut word = String::new();
    for character in name.chars() {
        match character {
            ':' => word.clear(),
            _ if character.is_alphanumeric() || character == '_' => word.push(character),
            _ => {
                short.push_str(&word);
                word.clear();
                short.push(character);
            }
        }
    }
    short + &word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_for_html() {
        assert_eq!(
            escape(r#"<a b="c">'&'"#),
            "&lt;a b=&quot;c&quot;&gt;&#39;&amp;&#39;"
        );
    }

    #[test]
    fn doc_comments_have_paragraphs_and_code() {
        let expected =
            "<p class=\"doc\">A <code>&lt;b&gt;</code>.</p>\n<p class=\"doc\">B &amp; c</p>\n";
        assert_eq!(doc("A `<b>`.\n\nB & c"), expected);
    }

    #[test]
    fn names_of_types_have_no_modules() {
        for (name, expected) in [
            ("u64", "u64"),
            ("alloc::vec::Vec<shop::orders::Order>", "Vec<Order>"),
            ("(a::B, &c::d::E<'_>)", "(B, &E<'_>)"),
        ] {
            assert_eq!(short(name), expected);
        }
    }
}
