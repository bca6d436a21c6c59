//! The values that a path has for the parameters of a pattern.

use percent_encoding::percent_decode_str;

/// Returns the name and the value of each parameter, or `None` if the path does not match.
pub(crate) fn values<'p>(pattern: &'p str, path: &str) -> Option<Vec<(&'p str, String)>> {
    let mut values = Vec::new();
    let mut rest = path.split('/');
    for segment in pattern.split('/') {
        if let Some((before, name)) = catch_all(segment) {
            let text = rest.collect::<Vec<_>>().join("/");
            let text = text.strip_prefix(before)?;
            values.push((name, decoded(text)));
            return (!text.is_empty()).then_some(values);
        }
        values.extend(segment_values(segment, rest.next()?)?);
    }
    rest.next().is_none().then_some(values)
}

/// Returns what is before a catch-all at the end of a segment, and its name.
fn catch_all(segment: &str) -> Option<(&str, &str)> {
    let (before, name) = segment.split_once("{*")?;
    Some((before, name.strip_suffix('}')?))
}

/// Returns the parameters of one segment, such as `v{version}.html`.
fn segment_values<'p>(segment: &'p str, text: &str) -> Option<Vec<(&'p str, String)>> {
    let Some((before, rest)) = segment.split_once('{') else {
        return (segment == text).then(Vec::new);
    };
    let (name, after) = rest.split_once('}')?;
    let text = text.strip_prefix(before)?;
    // A parameter takes as little as it can, and at least one character.
    for (at, _) in text.char_indices().skip(1).chain([(text.len(), ' ')]) {
        let (value, remaining) = text.split_at(at);
        if value.is_empty() {
            continue;
        }
        if let Some(mut others) = segment_values(after, remaining) {
            others.insert(0, (name, decoded(value)));
            return Some(others);
        }
    }
    None
}

/// Decodes percent-encoding.
pub(crate) fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::values;

    /// A pattern, a path and the values of the parameters.
    type Case = (
        &'static str,
        &'static str,
        Option<&'static [(&'static str, &'static str)]>,
    );

    #[test]
    fn parameters_have_the_values_of_the_path() {
        let cases: [Case; 12] = [
            ("/", "/", Some(&[])),
            ("/users", "/users", Some(&[])),
            ("/users", "/users/", None),
            ("/users/{id}", "/users/7", Some(&[("id", "7")])),
            ("/users/{id}", "/users/", None),
            ("/users/{id}", "/users/7/posts", None),
            (
                "/{a}/x/{b}",
                "/1/x/a%2Fb",
                Some(&[("a", "1"), ("b", "a/b")]),
            ),
            (
                "/v{major}.{minor}",
                "/v1.2",
                Some(&[("major", "1"), ("minor", "2")]),
            ),
            ("/{name}.html", "/a.b.html", Some(&[("name", "a.b")])),
            ("/{name}.html", "/a.txt", None),
            ("/files/{*rest}", "/files/a/b", Some(&[("rest", "a/b")])),
            ("/files/{*rest}", "/files/", None),
        ];
        for (pattern, path, expected) in cases {
            let found = values(pattern, path);
            let found = found.as_ref().map(|list| {
                let list = list.iter().map(|(name, value)| (*name, value.as_str()));
                list.collect::<Vec<_>>()
            });
            assert_eq!(found.as_deref(), expected, "{pattern} {path}");
        }
    }
}
