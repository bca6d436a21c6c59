//! Texts with limits.

/// Returns a text of at most `most` characters on one line. It is cut after a word if one ends near the limit.
pub(super) fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(most) else {
        return line;
    };
    let end_of_last = line.char_indices().nth(most.saturating_sub(1));
    let kept = &line[..end_of_last.map_or(end, |(end, _)| end)];
    let near = kept
        .char_indices()
        .rev()
        .nth(most / 5)
        .map_or(0, |(start, _)| start);
    let kept = match kept.rfind(' ') {
        Some(space) if space > near => &kept[..space],
        _ => kept,
    };
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_words_and_characters() {
        for (text, most, expected) in [
            ("short", 5, "short"),
            ("two\n  lines", 20, "two lines"),
            ("the payments are slow", 15, "the payments…"),
            ("unbreakable", 5, "unbr…"),
            ("支付接口太慢了", 5, "支付接口…"),
            ("支付接口", 4, "支付接口"),
            ("x", 0, "…"),
            ("", 0, ""),
        ] {
            let cut = cut(text, most);
            assert_eq!(cut, expected);
            assert!(cut.chars().count() <= most.max(1));
        }
    }
}
