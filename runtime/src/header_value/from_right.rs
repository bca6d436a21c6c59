//! Splits a list from its end.

use super::trim;

/// Returns the elements of one line, including empty ones, the last one first.
///
/// Each proxy appends its element to those that the client has sent. Because the line is split from its end, the part
/// of the client, for example an open quotation mark, cannot change the elements of the proxies.
pub(crate) fn from_right(line: &[u8], has_quotes: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let (left, element) = match last_comma(line, has_quotes) {
            Some(at) => (Some(&line[..at]), &line[at + 1..]),
            None => (None, line),
        };
        rest = left;
        Some(trim(element))
    })
}

/// Returns the position of the last comma outside quoted strings.
fn last_comma(line: &[u8], has_quotes: bool) -> Option<usize> {
    let mut is_quoted = false;
    (0..line.len()).rev().find(|&at| {
        match line[at] {
            // From the right, the closing quotation mark comes first. Inside the string, a mark after an odd number of
            // backslashes is escaped.
            b'"' if has_quotes => is_quoted = !is_quoted || is_escaped(&line[..at]),
            b',' => return !is_quoted,
            _ => {}
        }
        false
    })
}

fn is_escaped(before: &[u8]) -> bool {
    let backslashes = before.iter().rev().take_while(|byte| **byte == b'\\');
    backslashes.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        let got: Vec<_> = from_right(line.as_bytes(), true)
            .map(|element| std::str::from_utf8(element).expect("text"))
            .collect();
        assert_eq!(got, expected, "{line}");
    }

    #[test]
    fn elements_on_the_left_do_not_change_those_on_the_right() {
        check("", &[""]);
        check("a", &["a"]);
        check("a , b,,c", &["c", "", "b", "a"]);
        check("a, b=\"1,2\", c", &["c", "b=\"1,2\"", "a"]);
        check("a, b=\"1\\\",2\"", &["b=\"1\\\",2\"", "a"]);
        check("a, b=\"1\\\\\", c", &["c", "b=\"1\\\\\"", "a"]);
        check("x=\"a, b", &["b", "x=\"a"]);
        check("x=\"a, b=\"c\"", &["b=\"c\"", "x=\"a"]);
        check("x=\\\"a, b=\"c,d\", e", &["e", "b=\"c,d\"", "x=\\\"a"]);
        check("a, x\", b", &["b", "a, x\""]);
        let plain: Vec<_> = from_right(b"a\", b", false).collect();
        assert_eq!(plain, [&b"b"[..], b"a\""]);
    }
}
