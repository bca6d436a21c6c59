//! Headers that a response can have several times.

use http::{HeaderMap, HeaderName, HeaderValue};

/// Returns whether a header is a list, so that a further value is added to the others. A further value of any other
/// header replaces them.
pub(crate) fn is_list(name: &HeaderName) -> bool {
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

/// Adds a value of a list, or replaces the values of any other header.
pub(crate) fn add_or_replace(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    if is_list(&name) {
        headers.append(name, value);
    } else {
        headers.insert(name, value);
    }
}

/// Merges all headers of another map. They replace headers of the same name, except for lists.
///
/// A value of a list that is already there is not added again.
pub(crate) fn merge_all(headers: &mut HeaderMap, others: &HeaderMap) {
    for name in others.keys() {
        if !is_list(name) {
            headers.remove(name);
        }
        add_missing(headers, others, name);
    }
}

/// Merges the headers of another map that are missing here, and the values of lists.
pub(crate) fn merge_missing(headers: &mut HeaderMap, others: &HeaderMap) {
    for name in others.keys() {
        if is_list(name) || !headers.contains_key(name) {
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
    fn merge_keeps_all_values_of_a_header() {
        let mut headers = map(OWN);
        merge_all(&mut headers, &map(OTHERS));
        let vary = [("vary", "origin"), ("vary", "accept")];
        let rest = [("age", "2"), ("x-a", "1"), ("x-b", "2"), ("x-b", "2")];
        assert_eq!(headers, map(&[&vary[..], &rest].concat()));

        let mut headers = map(OWN);
        merge_missing(&mut headers, &map(OTHERS));
        let rest = [("age", "1"), ("x-a", "1"), ("x-b", "2"), ("x-b", "2")];
        assert_eq!(headers, map(&[&vary[..], &rest].concat()));
    }

    #[test]
    fn only_lists_keep_several_values() {
        let mut headers = HeaderMap::new();
        for (name, value) in [("link", "a"), ("link", "b"), ("age", "1"), ("age", "2")] {
            add_or_replace(
                &mut headers,
                name.parse().expect("a name"),
                HeaderValue::from_static(value),
            );
        }
        assert_eq!(headers, map(&[("link", "a"), ("link", "b"), ("age", "2")]));
    }
}
