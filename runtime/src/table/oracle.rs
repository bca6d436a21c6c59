//! A matcher that is slow and obviously right: it tries every route and takes the best.

use std::cmp::Reverse;

use super::{STANDARD, Segment, Shape, Slash};

/// What the oracle says of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A route, and the values of its parameters.
    Route(u16, Vec<String>),
    /// A route that wants another trailing slash, and the values of its parameters.
    Redirect(u16, Vec<String>),
    /// The methods that the path is known to.
    WrongMethod(Vec<String>),
    /// Nothing.
    Missing,
}

/// How a segment ranks among those that match: static, affixed, plain, catch-all; less is better.
type Rank = (u8, Reverse<usize>, Reverse<usize>);

/// One way to answer a request. Less is better: first the path, then the route's own place before
/// an alias, then how well the method is named, then an alias with a slash more than its route.
type Candidate = (Vec<Rank>, bool, u8, bool, u16, Vec<String>);

/// Finds the answer to a request.
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

/// The route's segments with the trailing slash added or removed.
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
            Segment::Static(text) if text == piece => ranks.push((0, Reverse(0), Reverse(0))),
            Segment::Static(_) => return None,
            Segment::Param { prefix, suffix, .. } => {
                let value = piece.strip_prefix(prefix)?.strip_suffix(suffix)?;
                if value.is_empty() {
                    return None;
                }
                let class = if prefix.len() + suffix.len() > 0 {
                    1
                } else {
                    2
                };
                ranks.push((class, Reverse(prefix.len()), Reverse(suffix.len())));
                values.push(value.to_owned());
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

/// Turns bytes into routes and a request, such that paths often nearly match.
pub mod generate {
    /// Texts with much in common: long ones differ at their beginning, middle or end.
    const TEXTS: [&str; 20] = [
        "",
        "a",
        "b",
        "ab",
        "a.b",
        "abb",
        ".",
        "..",
        "aab",
        "%2F",
        "%CE%B1",
        "abcdefgh",
        "abcdefgha",
        "abcdefg",
        "abcdefghabcdefgh",
        "abcdefghabcdefghb",
        "abcdefghXabcdefgh",
        "abcdefghYabcdefgh",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "abcdefghijklmnopqrXtuvwxyz0123456789",
    ];
    const METHODS: [&str; 12] = [
        "GET",
        "GET",
        "GET",
        "HEAD",
        "POST",
        "OPTIONS",
        "QUERY",
        "PURGE",
        "ANY",
        "GET,POST",
        "PURGE,LOCK",
        "TRACE,GET",
    ];
    const REQUEST_METHODS: [&str; 9] = [
        "GET", "GET", "HEAD", "POST", "OPTIONS", "QUERY", "PURGE", "LOCK", "UNHEARD",
    ];

    /// Takes choices out of a list of bytes; an empty list chooses the first of everything.
    pub struct Choices<'a>(pub &'a [u8]);

    impl Choices<'_> {
        fn next(&mut self, n: usize) -> usize {
            let Some((first, rest)) = self.0.split_first() else {
                return 0;
            };
            self.0 = rest;
            usize::from(*first) % n
        }

        fn text(&mut self) -> &'static str {
            TEXTS[self.next(TEXTS.len())]
        }

        /// Writes routes as [`parse::shape`](super::super::parse::shape) reads them.
        pub fn routes<const N: usize>(&mut self) -> [String; N] {
            let mut paths: Vec<String> = Vec::new();
            std::array::from_fn(|_| {
                let method = METHODS[self.next(METHODS.len())];
                let path = self.path(&paths);
                paths.push(path.clone());
                format!(
                    "{method} {path} {}",
                    ["strict", "redirect", "ignore"][self.next(3)]
                )
            })
        }

        /// Writes a pattern: a new one, or one of the others with as much as a slash changed.
        fn path(&mut self, others: &[String]) -> String {
            let other = self.next(3 * others.len() + 1);
            match others.get(other / 2) {
                Some(other) if self.next(2) == 0 => other.clone(),
                Some(other) if other.contains('*') => other.clone(),
                Some(other) if other == "/" => "//".to_owned(),
                Some(other) => other
                    .strip_suffix('/')
                    .map_or(format!("{other}/"), str::to_owned),
                None => self.new_path(),
            }
        }

        fn new_path(&mut self) -> String {
            let mut path = String::new();
            let n_segments = 1 + self.next(4);
            for _ in 0..n_segments {
                path.push('/');
                path += &self.segment();
            }
            if self.next(5) == 1 {
                path += "/{*r}";
            }
            path
        }

        fn segment(&mut self) -> String {
            match self.next(8) {
                0..5 => self.text().to_owned(),
                5 | 6 => "{p}".to_owned(),
                _ => format!("{}{{p}}{}", self.text(), self.text()),
            }
        }

        /// Writes a method and a path: a route's own, filled in and changed, or any.
        pub fn request(&mut self, routes: &[String]) -> (&'static str, String) {
            let mut method = REQUEST_METHODS[self.next(REQUEST_METHODS.len())];
            let mut pattern = "/{p}/{p}/{p}";
            if let Some(route) = routes.get(self.next(routes.len() + 1)) {
                let mut words = route.split(' ');
                let own = words.next().and_then(|names| names.split(',').next());
                let own = METHODS
                    .iter()
                    .find(|method| Some(**method) == own && **method != "ANY");
                if self.next(3) > 0 {
                    method = own.copied().unwrap_or(method);
                }
                pattern = words.next().unwrap_or(pattern);
            }
            let mut path = String::new();
            for segment in pattern[1..].split('/') {
                path.push('/');
                path += &self.fill(segment);
            }
            self.mutate(&mut path);
            (method, path)
        }

        fn fill(&mut self, segment: &str) -> String {
            let Some((prefix, rest)) = segment.split_once('{') else {
                return segment.to_owned();
            };
            let suffix = rest.split_once('}').map_or("", |(_, suffix)| suffix);
            let value = match self.next(8) {
                0 => "é漢字".to_owned(),
                1 => format!("{}/{}", self.text(), self.text()),
                2 => self.text().repeat(9),
                _ => self.text().to_owned(),
            };
            format!("{prefix}{value}{suffix}")
        }

        fn mutate(&mut self, path: &mut String) {
            match self.next(12) {
                0 => path.push('/'),
                1 => drop(path.pop()),
                2 => *path += self.text(),
                3 => path.insert(0, '/'),
                4 => *path = path.replace('b', "c"),
                5 => *path = path.replace('X', "Y"),
                6 => *path = path.replacen("/a", "/", 1),
                7 => *path = path.replacen('h', "/", 1),
                8 => *path += &"/abc".repeat(30),
                _ => {}
            }
        }
    }
}
