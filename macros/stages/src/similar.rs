//! Names that a misspelt one may mean.

/// Returns whether the names begin with the same three letters, or differ only in the last letter.
///
/// # Examples
/// ```
/// use highball_macro_stages::is_similar;
///
/// assert!(is_similar("timeout", "timout"));
/// assert!(!is_similar("timeout", "path"));
/// ```
pub fn is_similar(known: &str, word: &str) -> bool {
    let shared = known
        .chars()
        .zip(word.chars())
        .take_while(|(a, b)| a == b)
        .count();
    shared >= 3
        || shared + 1 >= known.len().min(word.len()) && word.len().abs_diff(known.len()) <= 1
}

/// Returns the first known name that is similar to a word.
///
/// # Examples
/// ```
/// use highball_macro_stages::similar_name;
///
/// assert_eq!(similar_name("itemm", ["id", "item"]), Some("item"));
/// assert_eq!(similar_name("price", ["id", "item"]), None);
/// ```
pub fn similar_name<'n>(word: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    known.into_iter().find(|known| is_similar(known, word))
}
