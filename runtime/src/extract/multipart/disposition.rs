//! What the head of a part says: the name of its field, and of its file (RFC 7578 §4.2).
//!
//! Browsers write values as the HTML standard has it, not as a quoted string of HTTP: `"` is `%22`, line ends are
//! `%0D` and `%0A`, and a backslash is a backslash. Other clients escape `"` by a backslash. So a quotation mark
//! ends a value if another parameter or nothing follows it, and is text otherwise.

use std::borrow::Cow;

use http::{HeaderMap, header};
use percent_encoding::percent_decode;

use crate::header_value::trim;

/// The names in a part's head.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Disposition {
    pub(crate) name: String,
    /// As the client says it; with a file name, even an empty one, the part is a file.
    pub(crate) file_name: Option<String>,
}

/// Reads the `Content-Disposition` of a part, or says what is wrong with it. Of two lines multer keeps the last.
pub(crate) fn disposition(headers: &HeaderMap) -> Result<Disposition, &'static str> {
    let value = headers.get(header::CONTENT_DISPOSITION);
    let value = value.ok_or("it has no `Content-Disposition`")?;
    read(value.as_bytes())
}

fn read(value: &[u8]) -> Result<Disposition, &'static str> {
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
    let name = chosen(found.name_star, found.name)?;
    Ok(Disposition {
        name: name.ok_or("its `Content-Disposition` has no `name`")?,
        file_name: chosen(found.file_name_star, found.file_name)?,
    })
}

const MALFORMED: &str = "its `Content-Disposition` is malformed";

/// The parameters that matter, as they stand there.
#[derive(Default)]
struct Names<'h> {
    name: Option<Value<'h>>,
    name_star: Option<Value<'h>>,
    file_name: Option<Value<'h>>,
    file_name_star: Option<Value<'h>>,
}

impl<'h> Names<'h> {
    /// Two readers might choose differently between two values, so a second one is refused.
    fn put(&mut self, name: &[u8], value: Value<'h>) -> Result<(), &'static str> {
        let is = |own: &str| name.eq_ignore_ascii_case(own.as_bytes());
        let place = match () {
            () if is("name") => &mut self.name,
            () if is("name*") => &mut self.name_star,
            () if is("filename") => &mut self.file_name,
            () if is("filename*") => &mut self.file_name_star,
            () => return Ok(()),
        };
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err("its `Content-Disposition` has a parameter twice"),
        }
    }
}

/// A parameter's value: whether it was quoted, and what was inside.
type Value<'h> = (bool, &'h [u8]);

/// Reads `name=value` or `name="value"` at the beginning, and returns what is behind it.
fn parameter(text: &[u8]) -> Option<(&[u8], Value<'_>, &[u8])> {
    let len = name_len(text)?;
    let (name, value) = (trim(&text[..len]), trim(&text[len + 1..]));
    if let Some(inside) = value.strip_prefix(b"\"") {
        let end = closing(inside)?;
        return Some((name, (true, &inside[..end]), &inside[end + 1..]));
    }
    let end = value.iter().position(|byte| *byte == b';');
    let (value, rest) = value.split_at(end.unwrap_or(value.len()));
    Some((name, (false, trim(value)), rest))
}

/// Returns the length of a parameter's name at the beginning, up to its `=`.
///
/// It looks no further than the name: each quotation mark asks, and a head may be as large as the body.
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

/// Returns the place of the quotation mark that ends a value.
fn closing(text: &[u8]) -> Option<usize> {
    let marks = text.iter().enumerate().filter(|(_, byte)| **byte == b'"');
    marks
        .map(|(at, _)| at)
        .find(|at| is_end(trim(&text[at + 1..])))
}

/// Returns whether nothing follows a value, or another parameter does.
fn is_end(rest: &[u8]) -> bool {
    let is_between = |byte: &u8| b"; \t".contains(byte);
    let between = rest.iter().take_while(|byte| is_between(byte)).count();
    let (between, rest) = rest.split_at(between);
    if rest.is_empty() {
        return true;
    }
    between.contains(&b';')
        && name_len(rest).is_some_and(|len| trim(&rest[len + 1..]).first() != Some(&b'\\'))
}

/// Chooses between the two spellings of a name, as RFC 6266 §4.3 does.
///
/// RFC 7578 §4.2 forbids the one of RFC 8187 here, and browsers do not send it, but others do, some with
/// something unreadable beside it.
fn chosen(
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

/// Reads `UTF-8'en'%C3%BC` (RFC 8187 §3.2.1).
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

/// Returns the text of a value: UTF-8, or Latin-1 where it is not.
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

/// Resolves the escapes of the HTML standard, and `\"`. A `%` that is none of them is a `%`.
fn unescape(text: &str) -> String {
    const ESCAPES: [(&str, &str); 4] =
        [("%22", "\""), ("%0D", "\r"), ("%0A", "\n"), ("\\\"", "\"")];
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let escape = ESCAPES
            .iter()
            .find_map(|(escape, is)| rest.strip_prefix(escape).map(|behind| (*is, behind)));
        if let Some((is, behind)) = escape {
            plain.push_str(is);
            rest = behind;
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

    /// Writes a name as a browser does.
    fn written(name: &str) -> String {
        name.replace('\r', "%0D")
            .replace('\n', "%0A")
            .replace('"', "%22")
    }

    #[test]
    fn a_large_head_takes_linear_time() {
        for (text, is_read) in [
            ("\";", true),
            ("\" ", true),
            ("\\\"", true),
            ("\"a", false),
            ("\"; a", false),
            ("a=b;", false),
        ] {
            let value = format!("form-data; name=\"{}", text.repeat(1 << 20));
            assert_eq!(read(value.as_bytes()).is_ok(), is_read, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_browser_writes_is_read(name in "[a;=\\\\\"\r\n ü'*%]{0,8}", file in "[a;=\\\\\" ü()./]{0,8}") {
            // A `%` of the user's own, and a quotation mark behind a backslash, are not told apart.
            prop_assume!(!name.contains("\\\"") && !name.contains('%'));
            let value = format!("form-data; name=\"{}\"; filename=\"{}\"", written(&name), written(&file));
            let read = read(value.as_bytes());
            let file_name = Some(file);
            prop_assert_eq!(read, Ok(Disposition { name, file_name }), "{}", value);
        }

        #[test]
        fn no_value_makes_a_panic(value in prop::collection::vec(any::<u8>(), 0..40)) {
            let value = [&b"form-data; name=a;"[..], &value].concat();
            let _ = read(&value);
        }
    }
}
