//! A slow matcher that is easy to check: it tries every route and chooses the best.

use std::cmp::Reverse;

use super::{STANDARD, Segment, Shape, Slash};

/// The result of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A route, and the values of its parameters.
    Route(u16, Vec<String>),
    /// A route with another trailing slash, and the values of its parameters.
    Redirect(u16, Vec<String>),
    /// The methods that the path allows.
    WrongMethod(Vec<String>),
    /// No route.
    Missing,
}

/// The precedence of a matching segment: static, affixed, plain, catch-all. Less is better.
type Rank = (u8, Reverse<usize>, Reverse<usize>);

/// A route that matches a request. Less is better: compares the path, then route before alias,
/// then the method's rank, then an alias with one slash more than its route.
type Candidate = (Vec<Rank>, bool, u8, bool, u16, Vec<String>);

/// Finds the route of a request.
pub fn find(shapes: &[Shape], method: &str, path: &str) -> Verdict {
    if !path.starts_with('/') || path.len() > 65_535 {
        return Verdict::Missing;
    }
    let Some((_, alias, _, _, route, values)) = candidates(shapes, method, path).into_iter().min()
    else {
        return other_methods(shapes, path);
    };
    if alias && shapes[usize::from(route)].slash == Slash::Redirect {
        return Verdict::Redirect(route, values);
    }
    Verdict::Route(route, values)
}

fn other_methods(shapes: &[Shape], path: &str) -> Verdict {
    let extensions = shapes.iter().flat_map(|shape| shape.methods.extensions());
    let mut allowed: Vec<String> = Vec::new();
    for method in STANDARD.iter().chain(extensions) {
        if !candidates(shapes, method, path).is_empty() {
            allowed.push((*method).to_owned());
        }
    }
    if allowed.is_empty() {
        return Verdict::Missing;
    }
    allowed.push("OPTIONS".to_owned());
    allowed.sort();
    allowed.dedup();
    Verdict::WrongMethod(allowed)
}

fn candidates(shapes: &[Shape], method: &str, path: &str) -> Vec<Candidate> {
    let pieces: Vec<&str> = path[1..].split('/').collect();
    let mut candidates = Vec::new();
    for (idx, shape) in shapes.iter().enumerate() {
        let Some(method_rank) = method_rank(shape, method) else {
            continue;
        };
        let own = if shape.segments.is_empty() {
            vec![Segment::Static("")]
        } else {
            shape.segments.to_vec()
        };
        let (alias, n_own) = (alias(shape.slash, &own), own.len());
        for (is_alias, segments) in [(false, Some(own)), (true, alias)] {
            let Some(segments) = segments else { continue };
            if let Some((ranks, values)) = match_path(&segments, &pieces) {
                let shorter = segments.len() < n_own;
                candidates.push((ranks, is_alias, method_rank, shorter, idx as u16, values));
            }
        }
    }
    candidates
}

fn method_rank(shape: &Shape, method: &str) -> Option<u8> {
    let names = |name: &str| {
        let standard = STANDARD.iter().position(|known| *known == name);
        standard.is_some_and(|bit| shape.methods.bits() >> bit & 1 == 1)
            || shape.methods.extensions().contains(&name)
    };
    if names(method) {
        return Some(0);
    }
    if method == "HEAD" && names("GET") {
        return Some(1);
    }
    shape.methods.is_any().then_some(2)
}

/// Returns the route's segments with the trailing slash added or removed.
fn alias(slash: Slash, segments: &[Segment]) -> Option<Vec<Segment>> {
    let empty = Segment::Static("");
    let (last, before) = segments.split_last()?;
    if slash == Slash::Strict || matches!(last, Segment::CatchAll { .. }) || segments == [empty] {
        return None;
    }
    if *last != empty {
        return Some([segments, &[empty]].concat());
    }
    (*before != [empty]).then(|| before.to_vec())
}

fn match_path(segments: &[Segment], pieces: &[&str]) -> Option<(Vec<Rank>, Vec<String>)> {
    let (mut ranks, mut values) = (Vec::new(), Vec::new());
    for (idx, segment) in segments.iter().enumerate() {
        let piece = *pieces.get(idx)?;
        match *segment {
            Segment::Static(text) if decode(text) == decode(piece) => {
                ranks.push((0, Reverse(0), Reverse(0)));
            }
            Segment::Static(_) => return None,
            Segment::Param { prefix, suffix, .. } => {
                let value = value(piece, prefix, suffix)?;
                let class = if prefix.len() + suffix.len() > 0 {
                    1
                } else {
                    2
                };
                ranks.push((class, Reverse(prefix.len()), Reverse(suffix.len())));
                values.push(value);
            }
            Segment::CatchAll { .. } => {
                let rest = pieces[idx..].join("/");
                ranks.push((3, Reverse(0), Reverse(0)));
                values.push(rest.clone());
                return (!rest.is_empty()).then_some((ranks, values));
            }
        }
    }
    (segments.len() == pieces.len()).then_some((ranks, values))
}

/// Returns the value in a piece of a path, undecoded, if the piece has this static text around it
/// once both are decoded.
fn value(piece: &str, prefix: &str, suffix: &str) -> Option<String> {
    let signs = decode(piece);
    let behind = signs.strip_prefix(&*decode(prefix))?;
    let value = behind.strip_suffix(&*decode(suffix))?;
    let len = |signs: &[Sign]| signs.iter().map(|sign| sign.len).sum::<usize>();
    let start = len(&signs[..signs.len() - behind.len()]);
    let value = &piece[start..start + len(value)];
    (!value.is_empty()).then(|| value.to_owned())
}

/// A byte of a decoded text, or `None` for a `%` that does not begin an escape.
#[derive(Debug, Clone, Copy)]
pub struct Sign {
    byte: Option<u8>,
    /// The number of bytes before decoding.
    len: usize,
}

impl PartialEq for Sign {
    fn eq(&self, other: &Self) -> bool {
        self.byte.is_some() && self.byte == other.byte
    }
}

/// Decodes a text.
pub fn decode(text: &str) -> Vec<Sign> {
    let (bytes, mut signs, mut at) = (text.as_bytes(), Vec::new(), 0);
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).unwrap_or_default();
        let is_escape = digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit);
        let (byte, len) = match bytes[at] {
            b'%' if is_escape => {
                let digits = str::from_utf8(digits).expect("digits are text");
                (u8::from_str_radix(digits, 16).ok(), 3)
            }
            b'%' => (None, 1),
            byte => (Some(byte), 1),
        };
        signs.push(Sign { byte, len });
        at += len;
    }
    signs
}
