//! Masks secrets in the access log.

/// The text that replaces a secret.
pub(crate) const MASK: &str = "***";

/// Names that the app adds to the known names of secrets.
#[derive(Debug)]
pub(crate) struct Secrets(pub(crate) &'static [&'static str]);

/// A name that contains one of these is that of a secret.
const PARTS: [&str; 6] = [
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "signature",
];

/// A name that equals one of these is that of a secret.
const WHOLE: [&str; 12] = [
    "access_key",
    "api-key",
    "api_key",
    "apikey",
    "auth",
    "authorization",
    "code",
    "cookie",
    "key",
    "pwd",
    "session",
    "sig",
];

impl Secrets {
    /// Returns whether the value of this name is a secret.
    pub(crate) fn has(&self, name: &str) -> bool {
        let is = |known: &&str| name.eq_ignore_ascii_case(known);
        self.0.iter().any(is)
            || WHOLE.iter().any(is)
            || PARTS.iter().any(|part| contains(name, part))
    }

    /// Returns the pieces of a query, with the secrets masked.
    pub(crate) fn masked<'q>(&self, query: &'q str) -> impl Iterator<Item = &'q str> {
        query.split('&').enumerate().flat_map(|(idx, pair)| {
            let between = if idx == 0 { "" } else { "&" };
            match pair.split_once('=') {
                // A name with an escape could be any name, so its value is masked.
                Some((name, _)) if name.contains('%') || self.has(name) => {
                    [between, name, "=", MASK]
                }
                _ => [between, pair, "", ""],
            }
        })
    }
}

fn contains(name: &str, part: &str) -> bool {
    let windows = name.as_bytes().windows(part.len());
    windows
        .into_iter()
        .any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}
