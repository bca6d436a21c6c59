//! The methods of a route, and where the series of each one is.

use highball::http::Method;

/// The methods that OpenTelemetry lists. Every other one is `_OTHER`, so that no client chooses a label.
const KNOWN: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "_OTHER",
];
const HEAD: usize = 1;
const OTHER: usize = KNOWN.len() - 1;

/// The methods of a route that have series.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Methods {
    /// One, whose series also counts the HEAD requests of a GET, since the same handler runs.
    One(usize),
    /// For each known method, the position of its series.
    Many(Box<([u8; KNOWN.len()], Vec<usize>)>),
}

impl Methods {
    /// Returns the methods of a route. Without names it serves every method.
    pub(super) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let mut known = Vec::new();
        for name in names {
            let method = number(name);
            if !known.contains(&method) {
                known.push(method);
            }
        }
        if known.is_empty() {
            known = (0..KNOWN.len()).collect();
        }
        if let [only] = known[..] {
            return Self::One(only);
        }
        let mut positions = [0; KNOWN.len()];
        for (position, method) in (0..).zip(&known) {
            positions[*method] = position;
        }
        if !known.contains(&HEAD) {
            positions[HEAD] = positions[0];
        }
        Self::Many(Box::new((positions, known)))
    }

    /// Returns the names of the methods that have series.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        let known = match self {
            Self::One(method) => std::slice::from_ref(method),
            Self::Many(many) => &many.1,
        };
        known.iter().map(|method| KNOWN[*method])
    }

    /// Returns the position of a method's series.
    pub(super) fn position(&self, method: &Method) -> usize {
        match self {
            Self::One(_) => 0,
            Self::Many(many) => usize::from(many.0[number(method.as_str())]),
        }
    }
}

/// Returns a method that OpenTelemetry lists, or `_OTHER`.
pub(crate) fn known_method(name: &str) -> &'static str {
    KNOWN[number(name)]
}

/// Returns the number of a method.
fn number(name: &str) -> usize {
    let known = KNOWN[..OTHER].iter().position(|known| *known == name);
    known.unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(names: &[&str], requests: &[(&str, &str)]) {
        let methods = Methods::of(names.iter().copied());
        for (request, expected) in requests {
            let method = Method::from_bytes(request.as_bytes()).unwrap();
            let name = methods.names().nth(methods.position(&method));
            assert_eq!(name, Some(*expected), "{request}");
        }
    }

    #[test]
    fn each_request_has_the_series_of_its_method() {
        check(&["GET"], &[("GET", "GET"), ("HEAD", "GET")]);
        check(
            &["POST", "GET"],
            &[("POST", "POST"), ("GET", "GET"), ("HEAD", "GET")],
        );
        check(&["GET", "HEAD"], &[("HEAD", "HEAD")]);
        check(
            &[],
            &[
                ("GET", "GET"),
                ("HEAD", "HEAD"),
                ("BREW", "_OTHER"),
                ("get", "_OTHER"),
            ],
        );
    }

    #[test]
    fn unknown_methods_share_one_series() {
        assert_eq!(
            Methods::of(["PURGE", "LOCK"].into_iter()),
            Methods::One(OTHER)
        );
    }
}
