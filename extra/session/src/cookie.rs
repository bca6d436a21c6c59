//! The cookie of a session (RFC 6265bis).

use highball::http::{HeaderMap, HeaderValue, header};

use crate::app::Settings;

/// The name of the cookie, and its attribute `Secure`.
///
/// A browser accepts a cookie whose name begins with `__Host-` only from the host itself over HTTPS, so a page of
/// another subdomain cannot plant one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    name: &'static str,
    secure: &'static str,
}

impl Name {
    pub(crate) const SECURE: Self = Self {
        name: "__Host-session",
        secure: "; Secure",
    };
    const PLAIN: Self = Self {
        name: "session",
        secure: "",
    };

    pub(crate) const fn as_str(self) -> &'static str {
        self.name
    }

    pub(crate) fn of(settings: &Settings) -> Self {
        match settings.plain_http {
            true => Self::PLAIN,
            false => Self::SECURE,
        }
    }
}

/// Returns the value of the first cookie of this name.
pub(crate) fn find(headers: &HeaderMap, name: Name) -> Option<&str> {
    values(headers, name.name).next()
}

/// Returns the values of the cookies of this name, as the client has sent them.
///
/// A cookie with other bytes than ASCII, which a page of a subdomain can set, hides no other cookie.
pub(crate) fn values<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let texts = pairs.filter_map(|pair| str::from_utf8(pair).ok());
    texts.filter_map(move |pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim() == name).then(|| value.trim())
    })
}

/// Returns the header that sets the cookie.
pub(crate) fn set(name: Name, value: &str, max_age: Option<u64>) -> HeaderValue {
    let Name { name, secure } = name;
    let max_age = max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    let text = format!("{name}={value}; HttpOnly; SameSite=Lax{secure}; Path=/{max_age}");
    // The name and an id are letters and digits.
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
}

/// Returns the header that removes the cookie. Its attributes are those with which it was set.
pub(crate) fn remove(name: Name) -> HeaderValue {
    set(name, "", Some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(
                header::COOKIE,
                HeaderValue::from_bytes(line.as_bytes()).expect("a header"),
            );
        }
        find(&headers, Name::SECURE).map(str::to_owned)
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        assert_eq!(found(&[]), None);
        assert_eq!(
            found(&["session=1; x__Host-session=2; __Host-sessions=3"]),
            None
        );
        assert_eq!(found(&["a=b; __Host-session=1; c"]).as_deref(), Some("1"));
        assert_eq!(found(&["a=b", "__Host-session=1"]).as_deref(), Some("1"));
        assert_eq!(found(&["n=\u{e9}; __Host-session=1"]).as_deref(), Some("1"));
        assert_eq!(found(&["%5F%5FHost-session=1"]), None);
        assert_eq!(
            found(&["__Host-session=1; __Host-session=2"]).as_deref(),
            Some("1")
        );
    }

    #[test]
    fn the_attributes_are_safe_and_the_same_for_the_removal() {
        assert_eq!(
            set(Name::SECURE, "7", None),
            "__Host-session=7; HttpOnly; SameSite=Lax; Secure; Path=/"
        );
        assert_eq!(
            set(Name::PLAIN, "7", Some(60)),
            "session=7; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
        assert_eq!(
            remove(Name::SECURE),
            "__Host-session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        );
    }
}
