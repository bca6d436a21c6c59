//! Names that a misspelt one may mean, in constant evaluation.

/// The longest names that are compared.
const MOST: usize = 64;

/// Returns whether two names differ by at most two edits, and have more in common than they differ by: an edit adds,
/// removes or replaces one byte.
pub(super) const fn is_similar(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let longest = if a.len() > b.len() { a.len() } else { b.len() };
    if longest > MOST || a.len().abs_diff(b.len()) > 2 {
        return false;
    }
    let edits = edits(a, b);
    edits <= 2 && edits * 2 < longest
}

/// Returns the Levenshtein distance.
const fn edits(a: &[u8], b: &[u8]) -> usize {
    // The distances of the beginnings of `b` from the beginning of `a` that has been read.
    let mut row = [0; MOST + 1];
    let mut j = 0;
    while j <= b.len() {
        row[j] = j;
        j += 1;
    }
    let mut i = 0;
    while i < a.len() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        j = 0;
        while j < b.len() {
            let replaced = diagonal + (a[i] != b[j]) as usize;
            diagonal = row[j + 1];
            row[j + 1] = min(replaced, min(row[j], row[j + 1]) + 1);
            j += 1;
        }
        i += 1;
    }
    row[b.len()]
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_similar_if_two_edits_make_one_the_other() {
        for (a, b, expected) in [
            ("email", "email", true),
            ("email", "emial", true),
            ("email", "emails", true),
            ("report", "raport", true),
            ("report", "import", true),
            ("report", "award", false),
            ("email", "mail_sent", false),
            ("a", "b", false),
            ("", "ab", false),
        ] {
            assert_eq!(is_similar(a, b), expected, "{a} {b}");
            assert_eq!(is_similar(b, a), expected, "{b} {a}");
        }
    }
}
