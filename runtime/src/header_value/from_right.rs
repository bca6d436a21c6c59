//! Splits lists from the right.

use super::trim;

/// Returns the elements of one line, the last one first, with the empty ones.
///
/// Each proxy adds its element behind those that the client has sent. A line is split from its end, so
/// that nothing on the left, an open quotation mark say, changes the elements on the right.
pub(crate) fn from_right(line: &[u8], has_quotes: bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let line = rest?;
        let (left, element) = match comma(line, has_quotes) {
            Some(at) => (Some(&line[..at]), &line[at + 1..]),
            None => (None, line),
        };
        rest = left;
        Some(trim(element))
    })
}

/// Returns where the last comma is that is in no quoted string.
fn comma(line: &[u8], has_quotes: bool) -> Option<usize> {
    let mut is_quoted = false;
    (0..line.len()).rev().find(|&at| {
        match line[at] {
            // From the right, the closing mark comes first. In the string, a mark behind an odd number
            // of backslashes is escaped.
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
    fn what_is_on_the_left_changes_nothing_on_the_right() {
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
