//! The `Content-Disposition` of a part: the name of its field and of its file (RFC 7578 §4.2).
//!
//! Browsers encode values as the HTML standard defines it, not as a quoted string of HTTP: `"` is `%22`, line breaks
//! are `%0D` and `%0A`, and a backslash is an ordinary character. Other clients escape `"` with a backslash. So a
//! quotation mark ends a value only if the header ends or another parameter follows. Otherwise it is part of the value.

use std::borrow::Cow;

use http::{HeaderMap, header};
use percent_encoding::percent_decode;

use crate::header_value::trim;

/// The names in a part's head.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Disposition {
    pub(crate) name: String,
    /// The unchanged file name. A part with one, even an empty one, is a file.
    pub(crate) file_name: Option<String>,
}

/// Parses the `Content-Disposition` of a part. The error describes the fault.
///
/// If the header occurs twice, multer has kept only the last line.
pub(crate) fn content_disposition(headers: &HeaderMap) -> Result<Disposition, &'static str> {
    let value = headers.get(header::CONTENT_DISPOSITION);
    let value = value.ok_or("it has no `Content-Disposition`")?;
    parse(value.as_bytes())
}

fn parse(value: &[u8]) -> Result<Disposition, &'static str> {
    let end = value.iter().position(|byte| *byte == b';');
    let (kind, mut rest) = value.split_at(end.unwrap_or(value.len()));
    if !trim(kind).eq_ignore_ascii_case(b"form-data") {
        return Err("its `Content-Disposition` is not `form-data`");
    }
    let mut found = Names::default();
    while let Some(behind) = trim(rest).strip_prefix(b";") {
        let text = trim(behind);
        if text.is_empty() || text[0] == b';' {
            rest = text;
            continue;
        }
        let (name, value, behind) = parameter(text).ok_or(MALFORMED)?;
        found.put(name, value)?;
        rest = behind;
    }
    if !trim(rest).is_empty() {
        return Err(MALFORMED);
    }
    let name = choose_name(found.name_star, found.name)?;
    Ok(Disposition {
        name: name.ok_or("its `Content-Disposition` has no `name`")?,
        file_name: choose_name(found.file_name_star, found.file_name)?,
    })
}

const MALFORMED: &str = "its `Content-Disposition` is malformed";

/// The values of the parameters that are used, not decoded yet.
#[derive(Default)]
struct Names<'h> {
    name: Option<Value<'h>>,
    name_star: Option<Value<'h>>,
    file_name: Option<Value<'h>>,
    file_name_star: Option<Value<'h>>,
}

impl<'h> Names<'h> {
    /// Stores a parameter. A second value is an error, because another reader could choose the other one.
    fn put(&mut self, name: &[u8], value: Value<'h>) -> Result<(), &'static str> {
        let is = |own: &str| name.eq_ignore_ascii_case(own.as_bytes());
        let slot = match () {
            () if is("name") => &mut self.name,
            () if is("name*") => &mut self.name_star,
            () if is("filename") => &mut self.file_name,
            () if is("filename*") => &mut self.file_name_star,
            () => return Ok(()),
        };
        match slot.replace(value) {
            None => Ok(()),
            Some(_) => Err("its `Content-Disposition` has a parameter twice"),
        }
    }
}

/// The value of a parameter: whether it was quoted, and the text without the quotation marks.
type Value<'h> = (bool, &'h [u8]);

/// Splits `name=value` or `name="value"` from the beginning of the text. Returns the name, the value and the rest.
fn parameter(text: &[u8]) -> Option<(&[u8], Value<'_>, &[u8])> {
    let len = name_len(text)?;
    let (name, value) = (trim(&text[..len]), trim(&text[len + 1..]));
    if let Some(inside) = value.strip_prefix(b"\"") {
        let end = closing_quote(inside)?;
        return Some((name, (true, &inside[..end]), &inside[end + 1..]));
    }
    let end = value.iter().position(|byte| *byte == b';');
    let (value, rest) = value.split_at(end.unwrap_or(value.len()));
    Some((name, (false, trim(value)), rest))
}

/// Returns the length of the name of a parameter at the beginning of the text, up to its `=`.
///
/// It reads only the name. It runs for each quotation mark of a value that may be as large as the body, so a longer
/// search would take quadratic time.
fn name_len(text: &[u8]) -> Option<usize> {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    let len = text.iter().take_while(|byte| is_token(byte)).count();
    let behind = &text[len..];
    let blanks = behind
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'));
    let equals = len + blanks.count();
    (len > 0 && text.get(equals) == Some(&b'=')).then_some(equals)
}

/// Returns the position of the quotation mark that ends a value.
fn closing_quote(text: &[u8]) -> Option<usize> {
    let marks = text.iter().enumerate().filter(|(_, byte)| **byte == b'"');
    marks
        .map(|(at, _)| at)
        .find(|at| ends_value(trim(&text[at + 1..])))
}

/// Returns whether a value ends before this text: it is empty, or another parameter follows.
fn ends_value(rest: &[u8]) -> bool {
    let is_separator = |byte: &u8| b"; \t".contains(byte);
    let separator = rest.iter().take_while(|byte| is_separator(byte)).count();
    let (separator, rest) = rest.split_at(separator);
    if rest.is_empty() {
        return true;
    }
    separator.contains(&b';')
        && name_len(rest).is_some_and(|len| trim(&rest[len + 1..]).first() != Some(&b'\\'))
}

/// Chooses between `name*` and `name`: the first has precedence if it is valid (RFC 6266 §4.3).
///
/// RFC 7578 §4.2 forbids the extended form (RFC 8187) here, and browsers do not send it. Other clients do, some of
/// them with an invalid value next to a plain one.
fn choose_name(
    star: Option<Value<'_>>,
    plain: Option<Value<'_>>,
) -> Result<Option<String>, &'static str> {
    let extended = star.map(|(_, value)| extended(value));
    match (extended, plain) {
        (Some(Some(name)), _) => Ok(Some(name)),
        (_, Some((is_quoted, value))) => Ok(Some(text(is_quoted, value))),
        (Some(None), None) => Err("a name in its `Content-Disposition` is not valid (RFC 8187)"),
        (None, None) => Ok(None),
    }
}

/// Decodes an extended value, such as `UTF-8'en'%C3%BC` (RFC 8187 §3.2.1).
fn extended(value: &[u8]) -> Option<String> {
    let mut pieces = value.splitn(3, |byte| *byte == b'\'');
    let (charset, _language, encoded) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let octets: Cow<'_, [u8]> = percent_decode(encoded).into();
    if charset.eq_ignore_ascii_case(b"utf-8") {
        return String::from_utf8(octets.into_owned()).ok();
    }
    charset
        .eq_ignore_ascii_case(b"iso-8859-1")
        .then(|| latin_1(&octets))
}

/// Decodes a plain value as UTF-8, or as Latin-1 if it is not UTF-8.
fn text(is_quoted: bool, value: &[u8]) -> String {
    let text = match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => latin_1(value),
    };
    match is_quoted {
        true => unescape(&text),
        false => text,
    }
}

fn latin_1(octets: &[u8]) -> String {
    octets.iter().map(|octet| char::from(*octet)).collect()
}

/// Decodes the escapes of the HTML standard and `\"`. Every other `%` is an ordinary character.
fn unescape(text: &str) -> String {
    const ESCAPES: [(&str, &str); 4] =
        [("%22", "\""), ("%0D", "\r"), ("%0A", "\n"), ("\\\"", "\"")];
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let escape = ESCAPES
            .iter()
            .find_map(|(escape, text)| rest.strip_prefix(escape).map(|after| (*text, after)));
        if let Some((text, after)) = escape {
            plain.push_str(text);
            rest = after;
        } else {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Encodes a name as a browser does.
    fn encoded(name: &str) -> String {
        name.replace('\r', "%0D")
            .replace('\n', "%0A")
            .replace('"', "%22")
    }

    #[test]
    fn a_large_head_takes_linear_time() {
        for (text, is_valid) in [
            ("\";", true),
            ("\" ", true),
            ("\\\"", true),
            ("\"a", false),
            ("\"; a", false),
            ("a=b;", false),
        ] {
            let value = format!("form-data; name=\"{}", text.repeat(1 << 20));
            assert_eq!(parse(value.as_bytes()).is_ok(), is_valid, "{text}");
        }
    }

    proptest! {
        #[test]
        fn names_of_browsers_are_parsed(name in "[a;=\\\\\"\r\n ü'*%]{0,8}", file in "[a;=\\\\\" ü()./]{0,8}") {
            // A `%` in the name, and a quotation mark after a backslash, are ambiguous in this encoding.
            prop_assume!(!name.contains("\\\"") && !name.contains('%'));
            let value = format!("form-data; name=\"{}\"; filename=\"{}\"", encoded(&name), encoded(&file));
            let parsed = parse(value.as_bytes());
            let file_name = Some(file);
            prop_assert_eq!(parsed, Ok(Disposition { name, file_name }), "{}", value);
        }

        #[test]
        fn no_value_causes_a_panic(value in prop::collection::vec(any::<u8>(), 0..40)) {
            let value = [&b"form-data; name=a;"[..], &value].concat();
            let _ = parse(&value);
        }
    }
}
