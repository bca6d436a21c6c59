//! One piece of a pattern, between two slashes.

use super::{Segment, is_name};

/// Reads a piece, or says what is wrong and what to write.
pub(super) fn parse(piece: &str) -> Result<Segment, String> {
    foreign(piece)?;
    let mut scan = Scan {
        rest: piece,
        text: String::new(),
    };
    scan.take_text()?;
    if scan.rest.is_empty() {
        return Ok(Segment::Static(scan.text));
    }
    let prefix = std::mem::take(&mut scan.text);
    let (name, catch_all) = scan.take_param()?;
    scan.take_text()?;
    if scan.rest.starts_with('{') {
        return Err(format!(
            "`{piece}` has two parameters: one segment holds one, so put a `/` between them or take them as one and split it"
        ));
    }
    let suffix = scan.text;
    if catch_all && !(prefix.is_empty() && suffix.is_empty()) {
        return Err(format!(
            "`{piece}` has text beside `{{*{name}}}`: a catch-all is a whole segment, so write `/{{*{name}}}`"
        ));
    }
    if catch_all {
        return Ok(Segment::CatchAll { name });
    }
    Ok(Segment::Param {
        prefix,
        name,
        suffix,
    })
}

/// Finds the spellings of other frameworks.
fn foreign(piece: &str) -> Result<(), String> {
    let name_of = |text: &str| {
        if is_name(text) {
            text.to_owned()
        } else {
            "name".to_owned()
        }
    };
    if let Some(name) = piece.strip_prefix(':').filter(|name| is_name(name)) {
        return Err(format!(
            "`{piece}` is another framework's spelling: write `{{{name}}}`"
        ));
    }
    if let Some(name) = piece.strip_prefix('*') {
        let name = if name.is_empty() {
            "rest".to_owned()
        } else {
            name_of(name)
        };
        return Err(format!(
            "`{piece}` is another framework's spelling: write `{{*{name}}}`"
        ));
    }
    if let Some(name) = piece
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
    {
        let rest = name.strip_suffix("..");
        let star = if rest.is_some() { "*" } else { "" };
        let name = name_of(rest.unwrap_or(name));
        return Err(format!(
            "`{piece}` is another framework's spelling: write `{{{star}{name}}}`"
        ));
    }
    Ok(())
}

/// What is left of a piece, and the static text that was read.
struct Scan<'a> {
    rest: &'a str,
    text: String,
}

impl Scan<'_> {
    /// Reads static text up to a parameter or the end.
    fn take_text(&mut self) -> Result<(), String> {
        while let Some(first) = self.rest.chars().next() {
            match first {
                '{' if self.rest.starts_with("{{") => self.push_escaped("{", 2),
                '}' if self.rest.starts_with("}}") => self.push_escaped("}", 2),
                '{' => return Ok(()),
                '}' => {
                    return Err("a `}` closes nothing: write `}}` for the sign itself".to_owned());
                }
                '%' => self.take_escape()?,
                '?' | '#' => {
                    return Err(format!(
                        "a path has no `{first}`: take the query as an argument, `Query<T>`"
                    ));
                }
                '\\' | '\0'..='\x1f' | '\x7f' => {
                    return Err(format!("a path cannot have the character {first:?}"));
                }
                _ => {
                    let len = first.len_utf8();
                    let text = &self.rest[..len];
                    self.push_escaped(text, len);
                }
            }
        }
        Ok(())
    }

    /// Reads `%XX`.
    fn take_escape(&mut self) -> Result<(), String> {
        let bytes = self.rest.as_bytes();
        let whole = bytes.len() >= 3 && bytes[1..3].iter().all(u8::is_ascii_hexdigit);
        if !whole {
            return Err(
                "a `%` begins an escape like `%20`: write `%25` for the sign itself".to_owned(),
            );
        }
        self.text.push_str(&self.rest[..3]);
        self.rest = &self.rest[3..];
        Ok(())
    }

    fn push_escaped(&mut self, text: &str, read: usize) {
        for byte in text.bytes() {
            if is_kept(byte) {
                self.text.push(char::from(byte));
            } else {
                self.text.push_str(&format!("%{byte:02X}"));
            }
        }
        self.rest = &self.rest[read..];
    }

    /// Reads `{name}` or `{*name}`.
    fn take_param(&mut self) -> Result<(String, bool), String> {
        let Some(end) = self.rest.find('}') else {
            return Err(format!(
                "`{}` is not closed: write `}}` behind the name, or `{{{{` for the sign itself",
                self.rest
            ));
        };
        let inside = &self.rest[1..end];
        self.rest = &self.rest[end + 1..];
        if let Some(name) = inside.strip_suffix("...").filter(|name| is_name(name)) {
            return Err(format!(
                "`{{{inside}}}` is another framework's spelling: write `{{*{name}}}`"
            ));
        }
        let (name, catch_all) = match inside.strip_prefix('*') {
            Some(name) => (name, true),
            None => (inside, false),
        };
        check_name(inside, name, catch_all)?;
        Ok((name.to_owned(), catch_all))
    }
}

fn check_name(inside: &str, name: &str, catch_all: bool) -> Result<(), String> {
    if is_name(name) {
        return Ok(());
    }
    let star = if catch_all { "*" } else { "" };
    if name.is_empty() {
        let example = if catch_all { "{*rest}" } else { "{id}" };
        return Err(format!(
            "`{{{inside}}}` has no name: write `{example}`, and an argument of that name"
        ));
    }
    if let Some((name, _)) = name.split_once(':').filter(|(name, _)| is_name(name)) {
        return Err(format!(
            "`{{{inside}}}` has a rule: write `{{{star}{name}}}`, and let the type of the argument `{name}` say what fits"
        ));
    }
    if let Some(name) = name.strip_suffix('?').filter(|name| is_name(name)) {
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
    let fixed = if is_name(&fixed) {
        fixed
    } else {
        "name".to_owned()
    };
    Err(format!(
        "`{name}` cannot be the name of an argument: write `{{{star}{fixed}}}`"
    ))
}

/// RFC 3986 §3.3: what a segment holds without an escape.
fn is_kept(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte)
}
