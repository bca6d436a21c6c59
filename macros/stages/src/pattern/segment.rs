//! One segment of a pattern: the text between two slashes.

use syn::{Ident, ext::IdentExt, parse::Parser};

/// A parsed segment.
pub enum Segment {
    /// Text, percent-encoded.
    Static(String),
    /// `{name}`, with the text around it.
    Param {
        prefix: String,
        name: String,
        suffix: String,
    },
    /// `{*name}`, which matches the rest of the path.
    CatchAll { name: String },
}

impl Segment {
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Static(_) => None,
            Self::Param { name, .. } | Self::CatchAll { name } => Some(name),
        }
    }
}

/// Parses a segment, or returns an error message with a correction.
pub(super) fn parse_segment(segment: &str) -> Result<Segment, String> {
    check_foreign_syntax(segment)?;
    let mut scanner = Scanner {
        rest: segment,
        text: String::new(),
    };
    scanner.take_text()?;
    if scanner.rest.is_empty() {
        return Ok(Segment::Static(scanner.text));
    }
    let prefix = std::mem::take(&mut scanner.text);
    let (name, catch_all) = scanner.take_param()?;
    scanner.take_text()?;
    if scanner.rest.starts_with('{') {
        return Err(format!(
            "`{segment}` has two parameters: one segment holds one, so put a `/` between them or take them as one and split it"
        ));
    }
    let suffix = scanner.text;
    if catch_all && !(prefix.is_empty() && suffix.is_empty()) {
        return Err(format!(
            "`{segment}` has text next to `{{*{name}}}`: a catch-all is a whole segment, so write `/{{*{name}}}`"
        ));
    }
    if catch_all {
        return Ok(Segment::CatchAll { name });
    }
    if !is_utf8(&prefix) || !is_utf8(&suffix) {
        return Err(format!(
            "the text around `{{{name}}}` ends inside a character: escape all of its UTF-8 bytes"
        ));
    }
    Ok(Segment::Param {
        prefix,
        name,
        suffix,
    })
}

/// Reports the path syntax of other frameworks, with its translation.
fn check_foreign_syntax(segment: &str) -> Result<(), String> {
    let name_of = |text: &str| {
        if is_param_name(text) {
            text.to_owned()
        } else {
            "name".to_owned()
        }
    };
    if let Some(name) = segment.strip_prefix(':').filter(|name| is_param_name(name)) {
        return Err(format!(
            "`{segment}` is another framework's spelling: write `{{{name}}}`, or `%3A{name}` for the text itself"
        ));
    }
    if let Some(text) = segment.strip_prefix('*') {
        let name = if text.is_empty() {
            "rest".to_owned()
        } else {
            name_of(text)
        };
        return Err(format!(
            "`{segment}` is another framework's spelling: write `{{*{name}}}`, or `%2A{text}` for the text itself"
        ));
    }
    if let Some(text) = segment
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
    {
        let rest = text.strip_suffix("..");
        let star = if rest.is_some() { "*" } else { "" };
        let name = name_of(rest.unwrap_or(text));
        return Err(format!(
            "`{segment}` is another framework's spelling: write `{{{star}{name}}}`, or `%3C{text}%3E` for the text itself"
        ));
    }
    Ok(())
}

/// The rest of a segment, and the static text that has been read.
struct Scanner<'a> {
    rest: &'a str,
    text: String,
}

impl Scanner<'_> {
    /// Reads static text up to a parameter or the end.
    fn take_text(&mut self) -> Result<(), String> {
        while let Some(first) = self.rest.chars().next() {
            match first {
                '{' if self.rest.starts_with("{{") => self.push_text("{", 2),
                '}' if self.rest.starts_with("}}") => self.push_text("}", 2),
                '{' => return Ok(()),
                '}' => {
                    return Err("a `}` closes nothing: write `}}` for the sign itself".to_owned());
                }
                '%' => self.take_escape()?,
                '?' | '#' => {
                    return Err(format!(
                        "a path has no `{first}`: take the query as an argument, `Query<T>`; `%{:02X}` is the sign itself",
                        u32::from(first)
                    ));
                }
                '\\' | '\0'..='\x1f' | '\x7f' => {
                    return Err(format!(
                        "a path cannot have the character {first:?}: write `%{:02X}`",
                        u32::from(first)
                    ));
                }
                _ => {
                    let len = first.len_utf8();
                    let text = &self.rest[..len];
                    self.push_text(text, len);
                }
            }
        }
        Ok(())
    }

    /// Reads an escape, `%XX`.
    fn take_escape(&mut self) -> Result<(), String> {
        let Some(byte) = decode_escape(self.rest) else {
            return Err(
                "a `%` begins an escape like `%20`: write `%25` for the sign itself".to_owned(),
            );
        };
        self.push_byte(byte);
        self.rest = &self.rest[3..];
        Ok(())
    }

    fn push_text(&mut self, text: &str, read: usize) {
        for byte in text.bytes() {
            self.push_byte(byte);
        }
        self.rest = &self.rest[read..];
    }

    /// Appends a byte in the spelling that the route table uses (`runtime/src/table/spelling.rs`).
    fn push_byte(&mut self, byte: u8) {
        if is_pchar(byte) {
            self.text.push(char::from(byte));
        } else {
            self.text.push_str(&format!("%{byte:02X}"));
        }
    }

    /// Reads `{name}` or `{*name}`. Returns the name, and whether it is a catch-all.
    fn take_param(&mut self) -> Result<(String, bool), String> {
        let Some(end) = self.rest.find('}') else {
            return Err(format!(
                "`{}` is not closed: write `}}` behind the name, or `{{{{` for the sign itself",
                self.rest
            ));
        };
        let inside = &self.rest[1..end];
        self.rest = &self.rest[end + 1..];
        if let Some(name) = inside
            .strip_suffix("...")
            .filter(|name| is_param_name(name))
        {
            return Err(format!(
                "`{{{inside}}}` is another framework's spelling: write `{{*{name}}}`"
            ));
        }
        let (name, catch_all) = match inside.strip_prefix('*') {
            Some(name) => (name, true),
            None => (inside, false),
        };
        check_param_name(inside, name, catch_all)?;
        Ok((name.to_owned(), catch_all))
    }
}

fn check_param_name(inside: &str, name: &str, catch_all: bool) -> Result<(), String> {
    if is_param_name(name) {
        return Ok(());
    }
    let star = if catch_all { "*" } else { "" };
    if name.is_empty() {
        let example = if catch_all { "{*rest}" } else { "{id}" };
        return Err(format!(
            "`{{{inside}}}` has no name: write `{example}`, and an argument of that name"
        ));
    }
    if let Some((name, _)) = name.split_once(':').filter(|(name, _)| is_param_name(name)) {
        return Err(format!(
            "`{{{inside}}}` has a rule: write `{{{star}{name}}}`, and let the type of the argument `{name}` check the value"
        ));
    }
    if let Some(name) = name.strip_suffix('?').filter(|name| is_param_name(name)) {
        return Err(format!(
            "`{{{inside}}}`: a parameter is always there; write `{{{name}}}`, and a second route without it"
        ));
    }
    if let Some(name) = name.strip_prefix("r#") {
        return Err(format!(
            "`{{{inside}}}`: write `{{{star}{name}}}`; the argument stays `r#{name}`"
        ));
    }
    let fixed: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '_' })
        .collect();
    let fixed = if is_param_name(&fixed) {
        fixed
    } else {
        "name".to_owned()
    };
    Err(format!(
        "`{name}` cannot be the name of an argument: write `{{{star}{fixed}}}`"
    ))
}

/// Returns the byte of the escape that the text begins with.
fn decode_escape(text: &str) -> Option<u8> {
    let digits = text.as_bytes().get(1..3)?;
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(digits[0])? << 4 | digit(digits[1])?) as u8)
}

/// Returns whether percent-encoded text decodes to valid UTF-8.
fn is_utf8(text: &str) -> bool {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let byte = if first == b'%' {
            decode_escape(rest)
        } else {
            None
        };
        rest = &rest[if byte.is_some() { 3 } else { 1 }..];
        bytes.push(byte.unwrap_or(first));
    }
    std::str::from_utf8(&bytes).is_ok()
}

/// Returns whether a segment may contain the byte without an escape: `pchar` of RFC 3986 §3.3.
fn is_pchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}

/// Returns whether the text can be the name of a parameter.
fn is_param_name(text: &str) -> bool {
    Ident::parse_any.parse_str(text).is_ok() && text != "_" && !text.starts_with("r#")
}
