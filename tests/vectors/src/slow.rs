//! A second implementation of the rules of routing. It is slow, works on strings, and is simple enough to verify by
//! reading.
//!
//! The build script uses it to decide which routes must compile, and the tests use it to compute the required
//! responses. It shares no code with Highball.

use std::cmp::Reverse;

/// A parsed pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The source of the pattern.
    pub text: String,
    segments: Vec<Segment>,
}

/// Static text, in a normalized percent-encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Static(String),
    Param {
        prefix: String,
        name: String,
        suffix: String,
    },
    CatchAll(String),
}

/// The result for a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The route with this index, and its decoded parameters.
    Route(usize, Vec<(String, String)>),
    /// The route with this index, but a value is not UTF-8.
    BadValue(usize),
    /// No route matches.
    Missing,
}

impl Pattern {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Returns the rule that the pattern violates.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let rest = text.strip_prefix('/').ok_or("no leading slash")?;
        let pieces: Vec<&str> = rest.split('/').collect();
        let mut segments = Vec::new();
        for (idx, piece) in pieces.iter().enumerate() {
            let segment = parse_segment(piece)?;
            if matches!(segment, Segment::CatchAll(_)) && idx + 1 < pieces.len() {
                return Err("a catch-all that is not at the end");
            }
            segments.push(segment);
        }
        let mut names: Vec<&str> = segments.iter().filter_map(Segment::name).collect();
        let n_names = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < n_names {
            return Err("a name twice");
        }
        let text = text.to_owned();
        Ok(Self { text, segments })
    }

    /// Returns the names of the parameters, in order.
    pub fn names(&self) -> Vec<&str> {
        self.segments.iter().filter_map(Segment::name).collect()
    }

    /// Returns whether both patterns match the same paths: they differ only in names.
    pub fn same_shape(&self, other: &Self) -> bool {
        let shape = |pattern: &Self| -> Vec<Segment> {
            pattern.segments.iter().map(Segment::without_name).collect()
        };
        shape(self) == shape(other)
    }

    /// Returns the ranks with which the path matches, and the raw values of the parameters.
    fn matches(&self, path: &str) -> Option<(Vec<Rank>, Vec<String>)> {
        let mut rest = Some(path.strip_prefix('/')?);
        let (mut ranks, mut values) = (Vec::new(), Vec::new());
        for segment in &self.segments {
            let whole = rest?;
            let (piece, after) = match whole.split_once('/') {
                Some((piece, after)) => (piece, Some(after)),
                None => (whole, None),
            };
            rest = after;
            match segment {
                Segment::Static(text) if same(&units(text), &units(piece)) => ranks.push(STATIC),
                Segment::Static(_) => return None,
                Segment::Param { prefix, suffix, .. } => {
                    let value = value(piece, &units(prefix), &units(suffix))?;
                    if value.is_empty() {
                        return None;
                    }
                    ranks.push(param_rank(prefix, suffix));
                    values.push(value.to_owned());
                }
                Segment::CatchAll(_) if whole.is_empty() => return None,
                Segment::CatchAll(_) => {
                    ranks.push(CATCH_ALL);
                    values.push(whole.to_owned());
                    rest = None;
                }
            }
        }
        rest.is_none().then_some((ranks, values))
    }
}

/// The rank of a segment: the kind, then the longer prefix, then the longer suffix. The lowest rank wins.
type Rank = (u8, Reverse<usize>, Reverse<usize>);

const STATIC: Rank = (0, Reverse(0), Reverse(0));
const CATCH_ALL: Rank = (3, Reverse(0), Reverse(0));

fn param_rank(prefix: &str, suffix: &str) -> Rank {
    let kind = if prefix.is_empty() && suffix.is_empty() {
        2
    } else {
        1
    };
    (kind, Reverse(prefix.len()), Reverse(suffix.len()))
}

impl Segment {
    fn name(&self) -> Option<&str> {
        match self {
            Self::Static(_) => None,
            Self::Param { name, .. } | Self::CatchAll(name) => Some(name),
        }
    }

    fn without_name(&self) -> Self {
        match self {
            Self::Static(text) => Self::Static(text.clone()),
            Self::Param { prefix, suffix, .. } => Self::Param {
                prefix: prefix.clone(),
                name: String::new(),
                suffix: suffix.clone(),
            },
            Self::CatchAll(_) => Self::CatchAll(String::new()),
        }
    }
}

/// Returns the best route. All matching routes are compared segment by segment.
pub fn find(patterns: &[Pattern], path: &str) -> Verdict {
    let path = path.split('?').next().unwrap_or_default();
    let matching = patterns.iter().enumerate();
    let matching = matching.filter_map(|(idx, pattern)| Some((pattern.matches(path)?, idx)));
    let Some(((_, values), idx)) = matching.min() else {
        return Verdict::Missing;
    };
    let names = patterns[idx].names().into_iter().map(str::to_owned);
    let values: Option<Vec<String>> = values.iter().map(|value| decode(value)).collect();
    match values {
        Some(values) => Verdict::Route(idx, names.zip(values).collect()),
        None => Verdict::BadValue(idx),
    }
}

fn parse_segment(piece: &str) -> Result<Segment, &'static str> {
    let (prefix, rest) = parse_text(piece)?;
    let Some(rest) = rest else {
        return Ok(Segment::Static(prefix));
    };
    let (name, rest) = rest.split_once('}').ok_or("a brace that is not closed")?;
    let (suffix, rest) = parse_text(rest)?;
    if rest.is_some() {
        return Err("two parameters in one segment");
    }
    if let Some(name) = name.strip_prefix('*') {
        check_name(name)?;
        if !prefix.is_empty() || !suffix.is_empty() {
            return Err("text beside a catch-all");
        }
        return Ok(Segment::CatchAll(name.to_owned()));
    }
    check_name(name)?;
    Ok(Segment::Param {
        prefix,
        name: name.to_owned(),
        suffix,
    })
}

/// Returns whether a parameter can have this name, which must be valid as the name of an argument.
fn check_name(name: &str) -> Result<(), &'static str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let digit = name.starts_with(|c: char| c.is_ascii_digit());
    if name.is_empty() || digit || !name.chars().all(plain) {
        return Err("a name that no argument can have");
    }
    Ok(())
}

/// Parses static text, and the name of the parameter after it, if any.
fn parse_text(text: &str) -> Result<(String, Option<&str>), &'static str> {
    let mut plain = String::new();
    let mut rest = text;
    loop {
        if let Some(after) = rest.strip_prefix("{{") {
            plain.push('{');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("}}") {
            plain.push('}');
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            return Ok((spell(&plain), Some(after)));
        } else if rest.starts_with('}') {
            return Err("a brace that closes nothing");
        } else if let Some(first) = rest.chars().next() {
            plain.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            return Ok((spell(&plain), None));
        }
    }
}

/// Normalizes static text, so that equivalent spellings are equal.
fn spell(text: &str) -> String {
    let bytes = units(&encode(text))
        .into_iter()
        .filter_map(|unit| unit.byte);
    let spelled = bytes.map(|byte| match byte {
        b'/' | b'?' | b'%' | 128.. => format!("%{byte:02X}"),
        byte => encode(&char::from(byte).to_string()),
    });
    spelled.collect()
}

/// A decoded byte, or `None` for a `%` that does not begin an escape.
#[derive(Debug, Clone, Copy)]
struct Unit {
    byte: Option<u8>,
    len: usize,
}

fn units(text: &str) -> Vec<Unit> {
    let (mut units, mut at) = (Vec::new(), 0);
    while let Some(first) = text.as_bytes().get(at).copied() {
        let unit = match (first, text.get(at + 1..).and_then(escaped)) {
            (b'%', Some(byte)) => (Some(byte), 3),
            (b'%', None) => (None, 1),
            _ => (Some(first), 1),
        };
        let (byte, len) = unit;
        units.push(Unit { byte, len });
        at += len;
    }
    units
}

fn same(a: &[Unit], b: &[Unit]) -> bool {
    let mut pairs = a.iter().zip(b);
    a.len() == b.len() && pairs.all(|(a, b)| a.byte.is_some() && a.byte == b.byte)
}

/// Returns the raw text between the prefix and the suffix.
fn value<'p>(piece: &'p str, prefix: &[Unit], suffix: &[Unit]) -> Option<&'p str> {
    let units = units(piece);
    let end = units.len().checked_sub(suffix.len())?;
    let value = units.get(prefix.len()..end)?;
    let around = same(&units[..prefix.len()], prefix) && same(&units[end..], suffix);
    let len = |units: &[Unit]| units.iter().map(|unit| unit.len).sum::<usize>();
    let start = len(&units[..prefix.len()]);
    around.then(|| &piece[start..start + len(value)])
}

/// Encodes a path as a client does. If one `%` does not begin an escape, every `%` is encoded as a literal character.
pub fn encode(path: &str) -> String {
    let keep_escapes = has_only_escapes(path);
    let mut encoded = String::new();
    for byte in path.bytes() {
        let kept = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte);
        if kept || (byte == b'%' && keep_escapes) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Returns whether every `%` begins an escape.
pub fn has_only_escapes(path: &str) -> bool {
    path.split('%')
        .skip(1)
        .all(|after| escaped(after).is_some())
}

fn escaped(after: &str) -> Option<u8> {
    let digits = after.get(..2)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    hex.then(|| u8::from_str_radix(digits, 16).ok()).flatten()
}

fn decode(value: &str) -> Option<String> {
    let mut pieces = value.split('%');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for after in pieces {
        bytes.push(escaped(after)?);
        bytes.extend_from_slice(&after.as_bytes()[2..]);
    }
    String::from_utf8(bytes).ok()
}
