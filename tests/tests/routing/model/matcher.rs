//! A simple matcher, written from `docs/reference/routing.md` alone. It tries every route for every request.

use std::cmp::Reverse;

use highball::Route;

/// A value of the option `slash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slash {
    Strict,
    Redirect,
    Ignore,
}

/// A unit of decoded text: a byte, or a `%` that does not begin an escape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Byte(u8),
    BrokenPercent,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Static(Vec<Unit>),
    /// A parameter with the text before and after it, which is empty for a plain parameter.
    Param(Vec<Unit>, Vec<Unit>),
    CatchAll,
}

#[derive(Debug)]
pub(crate) struct PageRoute {
    pub handler: &'static str,
    methods: Vec<&'static str>,
    pattern: Vec<Segment>,
    alias: Option<Vec<Segment>>,
    names: Vec<String>,
    slash: Slash,
}

/// The response that the rules require.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    Handler(&'static str, Vec<(String, String)>),
    /// The route whose alias won, and the location.
    Redirect(&'static str, String),
    BadRequest,
    NotFound,
    NotAllowed(String),
    Options(String),
}

impl PageRoute {
    pub(crate) fn new(route: &Route, slash: Slash) -> Self {
        let (pattern, names) = parse(route.path());
        Self {
            handler: route.handler().rsplit("::").next().unwrap_or_default(),
            methods: route.methods().collect(),
            alias: (slash != Slash::Strict).then(|| alias(&pattern)).flatten(),
            pattern,
            names,
            slash,
        }
    }

    /// Returns the rank of the route for a method: named, GET for HEAD, or `#[any]`.
    fn answers(&self, method: &str) -> Option<u8> {
        match &self.methods[..] {
            [] => Some(2),
            names if names.contains(&method) => Some(0),
            names if method == "HEAD" && names.contains(&"GET") => Some(1),
            _ => None,
        }
    }

    /// Returns whether the alias adds a slash to the pattern.
    fn alias_adds(&self) -> bool {
        let alias = self.alias.as_ref().map_or(0, Vec::len);
        alias > self.pattern.len()
    }
}

/// Splits a pattern at its slashes, and also returns the names of its parameters.
fn parse(pattern: &str) -> (Vec<Segment>, Vec<String>) {
    let behind = pattern.strip_prefix('/').expect("a leading slash");
    let mut names = Vec::new();
    let segments = behind
        .split('/')
        .map(|text| segment(text, &mut names))
        .collect();
    (segments, names)
}

fn segment(text: &str, names: &mut Vec<String>) -> Segment {
    let (mut before, mut behind) = (String::new(), String::new());
    let mut param = None;
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let static_text = if param.is_some() {
            &mut behind
        } else {
            &mut before
        };
        if rest.starts_with("{{") || rest.starts_with("}}") {
            static_text.push(char);
            rest = &rest[2..];
        } else if char == '{' {
            let (name, after) = rest[1..].split_once('}').expect("a closed brace");
            param = Some(name);
            rest = after;
        } else {
            static_text.push(char);
            rest = &rest[char.len_utf8()..];
        }
    }
    let Some(name) = param else {
        return Segment::Static(units(&before));
    };
    if let Some(name) = name.strip_prefix('*') {
        names.push(name.to_owned());
        return Segment::CatchAll;
    }
    names.push(name.to_owned());
    Segment::Param(units(&before), units(&behind))
}

/// Returns the pattern with a trailing slash added or removed.
fn alias(pattern: &[Segment]) -> Option<Vec<Segment>> {
    let empty = Segment::Static(Vec::new());
    let root = [empty.clone()];
    let double = [empty.clone(), empty.clone()];
    if pattern == root || pattern == double || pattern.last() == Some(&Segment::CatchAll) {
        return None;
    }
    let mut alias = pattern.to_vec();
    if alias.last() == Some(&empty) {
        alias.pop();
    } else {
        alias.push(empty);
    }
    Some(alias)
}

/// Decodes a text once, from left to right. Each unit is returned with its source text.
fn spelled(text: &str) -> Vec<(Unit, &[u8])> {
    let mut rest = text.as_bytes();
    let mut units = Vec::new();
    while let Some(&first) = rest.first() {
        let digits = rest
            .get(1..3)
            .filter(|two| two.iter().all(u8::is_ascii_hexdigit));
        let (unit, len) = match (first, digits) {
            (b'%', Some(two)) => {
                let two = std::str::from_utf8(two).expect("ASCII");
                (Unit::Byte(u8::from_str_radix(two, 16).expect("digits")), 3)
            }
            (b'%', None) => (Unit::BrokenPercent, 1),
            (byte, _) => (Unit::Byte(byte), 1),
        };
        units.push((unit, &rest[..len]));
        rest = &rest[len..];
    }
    units
}

fn units(text: &str) -> Vec<Unit> {
    spelled(text).into_iter().map(|(unit, _)| unit).collect()
}

/// Returns the raw values of the parameters, if the pattern matches the path.
fn values(pattern: &[Segment], path: &[&str]) -> Option<Vec<Vec<u8>>> {
    let Some((first, patterns)) = pattern.split_first() else {
        return path.is_empty().then(Vec::new);
    };
    let (&segment, rest) = path.split_first()?;
    let mut found = Vec::new();
    match first {
        Segment::Static(text) if *text == units(segment) => {}
        Segment::Static(_) => return None,
        Segment::Param(before, behind) => found.push(between(segment, before, behind)?),
        Segment::CatchAll => {
            let value = path.join("/").into_bytes();
            return (!value.is_empty()).then(|| vec![value]);
        }
    }
    found.extend(values(patterns, rest)?);
    Some(found)
}

fn between(segment: &str, before: &[Unit], behind: &[Unit]) -> Option<Vec<u8>> {
    let spelled = spelled(segment);
    let units: Vec<_> = spelled.iter().map(|(unit, _)| *unit).collect();
    let rest = units.strip_prefix(before)?;
    let value = rest.strip_suffix(behind)?;
    let came = &spelled[before.len()..before.len() + value.len()];
    let came = came.iter().flat_map(|(_, bytes)| bytes.iter().copied());
    (!value.is_empty()).then(|| came.collect())
}

/// Decodes a value. Returns `None` if it contains an invalid escape or is not UTF-8.
fn decode(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let bytes = spelled(text).into_iter().map(|(unit, _)| match unit {
        Unit::Byte(byte) => Some(byte),
        Unit::BrokenPercent => None,
    });
    String::from_utf8(bytes.collect::<Option<_>>()?).ok()
}

/// The rank of a segment. The lowest rank wins.
type Rank = (u8, Reverse<usize>, Reverse<usize>);

fn rank(segment: &Segment) -> Rank {
    let (class, before, behind) = match segment {
        Segment::Static(_) => (1, 0, 0),
        Segment::Param(before, behind) if before.is_empty() && behind.is_empty() => (3, 0, 0),
        Segment::Param(before, behind) => (2, before.len(), behind.len()),
        Segment::CatchAll => (4, 0, 0),
    };
    (class, Reverse(before), Reverse(behind))
}

/// A route that matches a path, itself or by its alias.
struct Match<'a> {
    route: &'a PageRoute,
    ranks: Vec<Rank>,
    is_alias: bool,
    values: Vec<Vec<u8>>,
}

fn matches<'a>(routes: &'a [PageRoute], path: &[&str]) -> Vec<Match<'a>> {
    let mut found = Vec::new();
    for route in routes {
        let alias = route.alias.iter().map(|alias| (alias, true));
        for (pattern, is_alias) in [(&route.pattern, false)].into_iter().chain(alias) {
            if let Some(values) = values(pattern, path) {
                let ranks = pattern.iter().map(rank).collect();
                found.push(Match {
                    route,
                    ranks,
                    is_alias,
                    values,
                });
            }
        }
    }
    found
}

/// Returns the response that the rules require for a target that begins with a slash.
pub(crate) fn expected(routes: &[PageRoute], method: &str, target: &str) -> Expected {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let segments: Vec<_> = path[1..].split('/').collect();
    let matches = matches(routes, &segments);
    let order = |found: &&Match<'_>| {
        let answers = found.route.answers(method);
        let shorter_route_first = found.is_alias && !found.route.alias_adds();
        (
            found.ranks.clone(),
            found.is_alias,
            answers,
            shorter_route_first,
        )
    };
    let answering = matches
        .iter()
        .filter(|found| found.route.answers(method).is_some());
    let Some(best) = answering.min_by_key(order) else {
        return missed(routes, &matches, method);
    };
    let values: Option<Vec<_>> = best.values.iter().map(|value| decode(value)).collect();
    let Some(values) = values else {
        return Expected::BadRequest;
    };
    if best.is_alias && best.route.slash == Slash::Redirect {
        return redirect(best.route, path, query);
    }
    let params = best.route.names.iter().cloned().zip(values).collect();
    Expected::Handler(best.route.handler, params)
}

fn redirect(route: &PageRoute, path: &str, query: Option<&str>) -> Expected {
    if path.starts_with("//") || path.starts_with("/\\") {
        return Expected::NotFound;
    }
    let mut location = if route.alias_adds() {
        escape(path.strip_suffix('/').expect("the alias matched"))
    } else {
        escape(path) + "/"
    };
    if let Some(query) = query {
        location.push('?');
        location.push_str(&escape(query));
    }
    Expected::Redirect(route.handler, location)
}

/// Escapes the characters that a client can send raw but that are invalid in a URI, including a `%` that does not begin
/// an escape.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for (unit, spelling) in spelled(text) {
        match unit {
            Unit::BrokenPercent => escaped.push_str("%25"),
            Unit::Byte(byte) if spelling == [byte] && needs_escape(byte) => {
                escaped.push_str(&format!("%{byte:02X}"));
            }
            Unit::Byte(_) => escaped.extend(spelling.iter().copied().map(char::from)),
        }
    }
    escaped
}

fn needs_escape(byte: u8) -> bool {
    !byte.is_ascii() || br#""\^{|}"#.contains(&byte)
}

fn missed(routes: &[PageRoute], matches: &[Match<'_>], method: &str) -> Expected {
    const ORDER: [&str; 10] = [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "CONNECT", "TRACE",
    ];
    if matches.is_empty() {
        return Expected::NotFound;
    }
    let others = routes
        .iter()
        .flat_map(|route| route.methods.iter().copied());
    let mut allow: Vec<&str> = Vec::new();
    for name in ORDER.into_iter().chain(others) {
        let answered = name == "OPTIONS"
            || matches
                .iter()
                .any(|found| found.route.answers(name).is_some());
        if answered && !allow.contains(&name) {
            allow.push(name);
        }
    }
    let allow = allow.join(", ");
    match method {
        "OPTIONS" => Expected::Options(allow),
        _ => Expected::NotAllowed(allow),
    }
}

/// Returns the handler of the route that would win if it had all methods.
pub(crate) fn best_for_any_method(routes: &[PageRoute], path: &str) -> &'static str {
    let segments: Vec<_> = path[1..].split('/').collect();
    let matches = matches(routes, &segments);
    let last_first = matches.iter().rev();
    let best = last_first.min_by_key(|found| found.ranks.clone());
    best.expect("a route that matches").route.handler
}

/// Returns whether the path begins with the prefix of a group.
pub(crate) fn prefix_matches(prefix: &str, path: &str) -> bool {
    if prefix.is_empty() {
        return true;
    }
    let (prefix, _) = parse(prefix);
    let segments: Vec<_> = path[1..].split('/').collect();
    segments
        .get(..prefix.len())
        .is_some_and(|first| values(&prefix, first).is_some())
}
