//! What a log must not tell.

/// What is written in place of a secret.
pub(crate) const MASK: &str = "***";

/// Names beside the known ones whose values are secrets.
#[derive(Debug)]
pub(crate) struct Secrets(pub(crate) &'static [&'static str]);

/// A name that has one of these in it is a secret's.
const PARTS: [&str; 6] = [
    "token",
    "secret",
    "password",
    "passwd",
    "credential",
    "signature",
];

/// And one that is one of these.
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
    /// Returns whether a value of this name is a secret.
    pub(crate) fn has(&self, name: &str) -> bool {
        let is = |known: &&str| name.eq_ignore_ascii_case(known);
        self.0.iter().any(is)
            || WHOLE.iter().any(is)
            || PARTS.iter().any(|part| contains(name, part))
    }

    /// Returns a query in pieces, with the secrets masked.
    pub(crate) fn masked<'q>(&self, query: &'q str) -> impl Iterator<Item = &'q str> {
        query.split('&').enumerate().flat_map(|(idx, pair)| {
            let between = if idx == 0 { "" } else { "&" };
            match pair.split_once('=') {
                // An escape in a name could hide what it is called.
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
