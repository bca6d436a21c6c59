//! Headers of a response that may stand there several times.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Returns whether a further value of this header is added to those before it: each value says something
/// of its own, so that a replaced one would be lost. A further value of any other header replaces it.
pub(crate) fn is_added(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "set-cookie"
            | "link"
            | "vary"
            | "www-authenticate"
            | "proxy-authenticate"
            | "via"
            | "warning"
            | "server-timing"
            | "cache-status"
            | "proxy-status"
    )
}

/// Adds a value, or replaces what is there.
pub(crate) fn put(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if is_added(&name) {
        headers.append(name, value);
    } else {
        headers.insert(name, value);
    }
}

/// Puts each header of another map here: all values of a name together.
///
/// A value that is to be added and is there already is not added again.
pub(crate) fn put_all(headers: &mut HeaderMap, others: &HeaderMap) {
    for name in others.keys() {
        if !is_added(name) {
            headers.remove(name);
        }
        add_missing(headers, others, name);
    }
}

/// Puts those headers of another map here that are missing, and those that are added.
pub(crate) fn put_missing(headers: &mut HeaderMap, others: &HeaderMap) {
    for name in others.keys() {
        if is_added(name) || !headers.contains_key(name) {
            add_missing(headers, others, name);
        }
    }
}

fn add_missing(headers: &mut HeaderMap, others: &HeaderMap, name: &HeaderName) {
    let n_own = headers.get_all(name).iter().count();
    for value in others.get_all(name) {
        let is_own = |own: &HeaderValue| own == value;
        if !headers.get_all(name).iter().take(n_own).any(is_own) {
            headers.append(name, value.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    const OWN: &[(&str, &str)] = &[("vary", "origin"), ("age", "1"), ("x-a", "1")];
    const OTHERS: &[(&str, &str)] = &[
        ("vary", "accept"),
        ("vary", "origin"),
        ("age", "2"),
        ("x-b", "2"),
        ("x-b", "2"),
    ];

    #[test]
    fn all_values_of_a_header_come_along() {
        let mut headers = map(OWN);
        put_all(&mut headers, &map(OTHERS));
        let vary = [("vary", "origin"), ("vary", "accept")];
        let rest = [("age", "2"), ("x-a", "1"), ("x-b", "2"), ("x-b", "2")];
        assert_eq!(headers, map(&[&vary[..], &rest].concat()));

        let mut headers = map(OWN);
        put_missing(&mut headers, &map(OTHERS));
        let rest = [("age", "1"), ("x-a", "1"), ("x-b", "2"), ("x-b", "2")];
        assert_eq!(headers, map(&[&vary[..], &rest].concat()));
    }

    #[test]
    fn only_some_are_added() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("link", "a"), ("link", "b"), ("age", "1"), ("age", "2")] {
            put(
                &mut headers,
                name.parse().expect("a name"),
                HeaderValue::from_static(value),
            );
        }
        assert_eq!(headers, map(&[("link", "a"), ("link", "b"), ("age", "2")]));
    }
}
