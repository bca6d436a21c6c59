//! File paths that come from clients.

use std::{borrow::Cow, error::Error, fmt, ops::Deref, path::Path, path::PathBuf, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A relative path from a client that stays inside the directory that it is joined to.
///
/// Use it for a path parameter that names a file. The types `PathBuf` and `OsString` do not compile there, because
/// `//etc/passwd` and `..%2f..%2fetc` would reach the handler. A request with an unsafe path is rejected with 400. It
/// can also be a field of [`Query`](crate::Query), [`Form`](crate::Form) and [`Json`](crate::Json).
///
/// Rejected are an empty path, an absolute path, a drive (`C:`), an empty segment, a segment `.` or `..`, backslashes,
/// control characters, and hidden names, which begin with a dot ([`with_hidden`](Self::with_hidden) accepts them). On
/// Windows, colons, device names (`CON`, `NUL.txt`) and names that end with a dot or a space are rejected too. A
/// trailing slash is removed.
///
/// Only the text is checked, not the file system. So symbolic links in the directory are followed, and two paths may
/// name the same file if the file system ignores case. To serve the files of a directory, use `Files`.
///
/// # Examples
/// ```
/// use highball::{extract::SafePath, prelude::*};
///
/// #[get("/logs/{*rest}")]
/// async fn log(rest: SafePath) -> String {
///     let file = rest.within("/var/log/app");
///     file.display().to_string()
/// }
///
/// #[routes(app)]
/// struct Api(log);
///
/// # highball::block_on(async {
/// let client = Api.test();
/// # #[cfg(unix)]
/// assert_eq!(client.get("/logs/a/b.txt").send().await.text(), "/var/log/app/a/b.txt");
/// let rejected = Api.test().get("/logs/..%2f..%2fetc/passwd").send().await;
/// assert_eq!(rejected.status(), 400);
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafePath(String);

impl SafePath {
    /// Checks a path that must not contain hidden names.
    ///
    /// # Examples
    /// ```
    /// use highball::extract::SafePath;
    ///
    /// assert!(SafePath::new("a/b.txt").is_ok());
    /// assert!(SafePath::new("../b.txt").is_err());
    /// assert!(SafePath::new(".git/config").is_err());
    /// ```
    ///
    /// # Errors
    /// Returns an [`UnsafePath`] if the path could leave the directory, or contains a hidden name.
    pub fn new(text: &str) -> Result<Self, UnsafePath> {
        let path = Self::with_hidden(text)?;
        if path.0.split('/').any(|piece| piece.starts_with('.')) {
            return Err(UnsafePath("a hidden name, which begins with a dot"));
        }
        Ok(path)
    }

    /// Checks a path that may contain hidden names, such as `.git/config`.
    ///
    /// # Errors
    /// Returns an [`UnsafePath`] if the path could leave the directory.
    pub fn with_hidden(text: &str) -> Result<Self, UnsafePath> {
        Self::parse(text, cfg!(windows))
    }

    fn parse(text: &str, is_windows: bool) -> Result<Self, UnsafePath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Err(UnsafePath("no name"));
        }
        if path.starts_with('/') {
            return Err(UnsafePath("a slash in front"));
        }
        // A drive is rejected on every system: paths are often stored, and then used on another one.
        if matches!(path.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic()) {
            return Err(UnsafePath("a drive"));
        }
        if path.contains(char::is_control) {
            return Err(UnsafePath("a control character"));
        }
        match path.split('/').find_map(|piece| fault(piece, is_windows)) {
            Some(fault) => Err(UnsafePath(fault)),
            None => Ok(Self(path.to_owned())),
        }
    }

    /// Returns the path with `/` as the separator, as in a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path joined to a directory.
    #[must_use]
    pub fn within(&self, dir: impl AsRef<Path>) -> PathBuf {
        dir.as_ref().join(&self.0)
    }
}

/// Returns the reason why a segment of a path is unsafe on this kind of system, or `None` if it is safe.
pub(crate) fn fault(piece: &str, is_windows: bool) -> Option<&'static str> {
    match piece {
        "" => Some("an empty segment"),
        "." | ".." => Some("a segment `.` or `..`"),
        _ if piece.contains('\\') => Some("a backslash"),
        _ if piece.contains('\0') => Some("a control character"),
        _ if is_windows && piece.contains(':') => Some("a colon"),
        _ if is_windows && piece.ends_with(['.', ' ']) => Some("a dot or a space at the end"),
        _ if is_windows && is_device(piece) => Some("the name of a device"),
        _ => None,
    }
}

/// Returns whether Windows opens a device for this name. It does so in every directory, with any extension.
fn is_device(piece: &str) -> bool {
    let stem = piece.split('.').next().unwrap_or_default();
    let stem = stem.trim_end_matches(' ').to_ascii_uppercase();
    let number = stem
        .strip_prefix("COM")
        .or_else(|| stem.strip_prefix("LPT"));
    let is_number = |rest: &str| {
        let mut chars = rest.chars();
        let digit = |c: char| c.is_ascii_digit() || matches!(c, '\u{b9}' | '\u{b2}' | '\u{b3}');
        chars.next().is_some_and(digit) && chars.next().is_none()
    };
    matches!(&*stem, "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || number.is_some_and(is_number)
}

impl Deref for SafePath {
    type Target = Path;

    fn deref(&self) -> &Path {
        Path::new(&self.0)
    }
}

impl AsRef<Path> for SafePath {
    fn as_ref(&self) -> &Path {
        self
    }
}

impl fmt::Display for SafePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for SafePath {
    type Err = UnsafePath;

    fn from_str(text: &str) -> Result<Self, UnsafePath> {
        Self::new(text)
    }
}

impl Serialize for SafePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for SafePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// The error of a text that is not a [`SafePath`].
///
/// # Examples
/// ```
/// use highball::extract::{SafePath, UnsafePath};
///
/// let error: UnsafePath = SafePath::new("../etc").unwrap_err();
/// assert_eq!(error.to_string(), "a path must not contain a segment `.` or `..`");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnsafePath(&'static str);

impl fmt::Display for UnsafePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "no name" => f.write_str("a path must contain a name"),
            fault => write!(f, "a path must not contain {fault}"),
        }
    }
}

impl Error for UnsafePath {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A path, the reason why it is unsafe on Unix, and the reason on Windows; `""` for none.
    const CASES: &[(&str, &str, &str)] = &[
        ("a", "", ""),
        ("a/b.txt", "", ""),
        ("a/b/", "", ""),
        ("a..b", "", ""),
        ("a...", "", "a dot or a space at the end"),
        ("ü/a b", "", ""),
        ("a%2fb", "", ""),
        ("12:30.txt", "", "a colon"),
        ("a/b:c", "", "a colon"),
        ("", "no name", "no name"),
        ("/", "no name", "no name"),
        ("//", "a slash in front", "a slash in front"),
        ("/etc/passwd", "a slash in front", "a slash in front"),
        ("//etc/passwd", "a slash in front", "a slash in front"),
        ("a//b", "an empty segment", "an empty segment"),
        ("a//", "an empty segment", "an empty segment"),
        ("..", "a segment `.` or `..`", "a segment `.` or `..`"),
        (".", "a segment `.` or `..`", "a segment `.` or `..`"),
        ("../a", "a segment `.` or `..`", "a segment `.` or `..`"),
        (
            "a/../../b",
            "a segment `.` or `..`",
            "a segment `.` or `..`",
        ),
        ("a/..", "a segment `.` or `..`", "a segment `.` or `..`"),
        ("a/./b", "a segment `.` or `..`", "a segment `.` or `..`"),
        (
            "../../etc",
            "a segment `.` or `..`",
            "a segment `.` or `..`",
        ),
        ("..\\a", "a backslash", "a backslash"),
        ("a\\..\\b", "a backslash", "a backslash"),
        ("\\\\server\\share", "a backslash", "a backslash"),
        ("\\\\?\\C:\\x", "a backslash", "a backslash"),
        ("C:\\x", "a drive", "a drive"),
        ("C:/x", "a drive", "a drive"),
        ("c:x", "a drive", "a drive"),
        ("a\0b", "a control character", "a control character"),
        ("a\nb", "a control character", "a control character"),
        ("a/b::$DATA", "", "a colon"),
        ("CON", "", "the name of a device"),
        ("a/nul.txt", "", "the name of a device"),
        ("aux .b.c", "", "the name of a device"),
        ("COM1", "", "the name of a device"),
        ("lpt\u{b2}.x", "", "the name of a device"),
        ("COM10", "", ""),
        ("CONSOLE", "", ""),
        ("a.", "", "a dot or a space at the end"),
        ("a /b", "", "a dot or a space at the end"),
        (".git/config", "", ""),
    ];

    #[test]
    fn unsafe_paths_are_rejected() {
        for (text, unix, windows) in CASES {
            for (is_windows, expected) in [(false, unix), (true, windows)] {
                let fault = SafePath::parse(text, is_windows).err();
                let got = fault.map_or("", |fault| fault.0);
                assert_eq!(got, *expected, "{text:?} {is_windows}");
            }
        }
    }

    #[test]
    fn hidden_names_need_with_hidden() {
        for text in [".git/config", "a/.env", ".well-known/x", "..."] {
            assert!(SafePath::new(text).is_err(), "{text}");
            if cfg!(not(windows)) {
                assert!(SafePath::with_hidden(text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn safe_path_is_joined_and_round_trips_through_json() {
        let path = SafePath::new("a/b/").expect("a safe path");
        assert_eq!(path.as_str(), "a/b");
        assert_eq!(path.within("base"), Path::new("base/a/b"));
        assert_eq!(Path::new("base").join(&path), Path::new("base/a/b"));
        let json = serde_json::to_string(&path).expect("a string");
        let read = |text: &str| serde_json::from_str::<SafePath>(text);
        assert_eq!(read(&json).ok(), Some(path));
        let error = read("\"../a\"").expect_err("an unsafe path");
        assert!(
            error
                .to_string()
                .starts_with("a path must not contain a segment")
        );
    }
}
