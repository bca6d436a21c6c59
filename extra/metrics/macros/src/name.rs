//! The names of metrics and labels.

use syn::Ident;
use syn::ext::IdentExt;

/// Returns a name in snake case, without `r#`.
pub(crate) fn snake(name: &Ident) -> String {
    let name = name.unraw().to_string();
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (idx, letter) in letters.iter().enumerate() {
        let before = idx.checked_sub(1).map(|before| letters[before]);
        let after = letters.get(idx + 1);
        // `HTTPCode` is `http_code`, and `Http2` is `http2`.
        let begins = letter.is_uppercase()
            && before.is_some_and(|before| {
                before != '_'
                    && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
            });
        if begins {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// Returns whether Prometheus accepts the name of a metric.
pub(crate) fn is_metric(name: &str) -> bool {
    is_name(name, |byte| byte == b':')
}

/// Returns whether Prometheus accepts the name of a label of the app.
pub(crate) fn is_label(name: &str) -> bool {
    is_name(name, |_| false) && !name.starts_with("__") && name != "le"
}

fn is_name(name: &str, also: impl Fn(u8) -> bool) -> bool {
    !name.is_empty()
        && !name.as_bytes()[0].is_ascii_digit()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || also(byte))
}
