//! Paths of files that come from clients.

use std::{borrow::Cow, error::Error, fmt, ops::Deref, path::Path, path::PathBuf, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A relative path that a client names, and that stays inside the directory it is joined to.
///
/// Take it where a parameter names a file; `PathBuf` and `OsString` are not accepted there, since
/// `//etc/passwd` and `..%2f..%2fetc` would reach the handler. A request with another path gets 400. It can
/// be a field of [`Query`](crate::Query), [`Form`](crate::Form) and [`Json`](crate::Json) as well.
///
/// Not accepted are: an empty path, an absolute one, a drive (`C:`), an empty segment, a segment `.` or `..`,
/// backslashes and control characters, and hidden names, those that begin with a dot
/// ([`with_hidden`](Self::with_hidden) accepts these). On Windows colons, names of devices (`CON`, `NUL.txt`) and
/// names that end with a dot or a space are refused as well. A slash at the end is left out.
///
/// The text alone is checked, so links in the directory are followed, and two paths may name one file where
/// the file system ignores case. To serve the files of a directory use `Files`.
///
/// # Examples
/// ```
/// use highball::{SafePath, prelude::*};
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
/// let refused = Api.test().get("/logs/..%2f..%2fetc/passwd").send().await;
/// assert_eq!(refused.status(), 400);
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SafePath(String);

impl SafePath {
    /// Reads a path without hidden names.
    ///
    /// # Errors
    /// The text is not a path that stays inside a directory, or it has a hidden name.
    pub fn new(text: &str) -> Result<Self, UnsafePath> {
        let path = Self::with_hidden(text)?;
        if path.0.split('/').any(|piece| piece.starts_with('.')) {
            return Err(UnsafePath("a hidden name, which begins with a dot"));
        }
        Ok(path)
    }

    /// Reads a path that may have hidden names, such as `.git/config`.
    ///
    /// # Errors
    /// The text is not a path that stays inside a directory.
    pub fn with_hidden(text: &str) -> Result<Self, UnsafePath> {
        Self::read(text, cfg!(windows))
    }

    fn read(text: &str, is_windows: bool) -> Result<Self, UnsafePath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Err(UnsafePath("no name"));
        }
        if path.starts_with('/') {
            return Err(UnsafePath("a slash in front"));
        }
        // A drive is refused everywhere: a path is often kept, and read on another system.
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

    /// Returns the path as it stands in a URL, with `/` between its names.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the path inside of a directory.
    #[must_use]
    pub fn within(&self, dir: impl AsRef<Path>) -> PathBuf {
        dir.as_ref().join(&self.0)
    }
}

/// Returns what is wrong with one name of a path, on Windows or elsewhere.
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

/// Windows opens a device for these names in every directory, whatever their ending.
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

/// A text that is not a [`SafePath`].
///
/// # Examples
/// ```
/// use highball::SafePath;
///
/// let error = SafePath::new("../etc").unwrap_err();
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

    /// What is wrong with each text on Windows and elsewhere; nothing is wrong with an empty one.
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
    fn what_could_lead_out_is_refused() {
        for (text, unix, windows) in CASES {
            for (is_windows, expected) in [(false, unix), (true, windows)] {
                let fault = SafePath::read(text, is_windows).err();
                let got = fault.map_or("", |fault| fault.0);
                assert_eq!(got, *expected, "{text:?} {is_windows}");
            }
        }
    }

    #[test]
    fn hidden_names_are_asked_for() {
        for text in [".git/config", "a/.env", ".well-known/x", "..."] {
            assert!(SafePath::new(text).is_err(), "{text}");
            if cfg!(not(windows)) {
                assert!(SafePath::with_hidden(text).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn it_stays_inside() {
        let path = SafePath::new("a/b/").expect("it is safe");
        assert_eq!(path.as_str(), "a/b");
        assert_eq!(path.within("base"), Path::new("base/a/b"));
        assert_eq!(Path::new("base").join(&path), Path::new("base/a/b"));
        let json = serde_json::to_string(&path).expect("it is text");
        let read = |text: &str| serde_json::from_str::<SafePath>(text);
        assert_eq!(read(&json).ok(), Some(path));
        let error = read("\"../a\"").expect_err("it is not safe");
        assert!(
            error
                .to_string()
                .starts_with("a path must not contain a segment")
        );
    }
}
