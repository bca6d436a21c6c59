//! The origin of a request or a page: a scheme, a host and a port (RFC 6454 §4).

use std::{fmt, net::Ipv6Addr, str::FromStr};

use crate::{error::Error, request::host::is_host};

/// A scheme, a host and a port in the form in which browsers send it, for example `https://shop.example`.
///
/// The scheme and the host are in lower case and the default port of the scheme is left out, so that an origin has
/// only one text. [`Context::origin`](crate::Context::origin) and [`Client::origin`](crate::extract::Client::origin) return
/// the origin that a request was sent to. A client can send any host, so compare it with your own origins before you
/// build a link from it.
///
/// # Examples
/// ```
/// use highball::serve::Origin;
///
/// let origin: Origin = "HTTPS://Shop.example:443".parse()?;
/// assert_eq!(origin.as_str(), "https://shop.example");
/// assert_eq!(origin.port(), Some(443));
/// assert_eq!(origin, "https://shop.example".parse()?);
/// assert!("https://shop.example/cart".parse::<Origin>().is_err());
/// # Ok::<(), highball::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    text: String,
    /// The length of the scheme, which `://` follows.
    scheme_len: usize,
}

impl Origin {
    /// Returns the origin as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the scheme.
    pub fn scheme(&self) -> &str {
        &self.text[..self.scheme_len]
    }

    /// Returns the host, and the port if it is not the default port of the scheme.
    pub fn authority(&self) -> &str {
        &self.text[self.scheme_len + 3..]
    }

    /// Returns the host. An IPv6 address is in brackets.
    pub fn host(&self) -> &str {
        split_port(self.authority()).0
    }

    /// Returns the port: the written one, or the default port of the scheme if there is one.
    pub fn port(&self) -> Option<u16> {
        match split_port(self.authority()).1 {
            Some(port) => port.parse().ok(),
            None => default_port(self.scheme()),
        }
    }

    /// Parses the value of an `Origin` header. `null` is not an origin.
    pub(crate) fn parse(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let (scheme, authority) = text.split_once("://")?;
        Self::from_host(scheme, authority.as_bytes())
    }

    /// Returns the origin of a scheme and the value of a `Host` header.
    pub(crate) fn from_host(scheme: &str, authority: &[u8]) -> Option<Self> {
        if !is_scheme(scheme) || !is_host(authority) {
            return None;
        }
        let authority = std::str::from_utf8(authority).ok()?;
        let (host, port) = split_port(authority);
        let mut text = scheme.to_ascii_lowercase();
        let scheme_len = text.len();
        let port = port.filter(|port| !port.is_empty());
        let port: Option<u16> = port.map(str::parse).transpose().ok()?;
        let port = port.filter(|port| Some(*port) != default_port(&text));
        text.push_str("://");
        let v6 = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        match v6 {
            Some(host) => text += &format!("[{}]", host.parse::<Ipv6Addr>().ok()?),
            None => text += &host.to_ascii_lowercase(),
        }
        if let Some(port) = port {
            text += &format!(":{port}");
        }
        Some(Self { text, scheme_len })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Origin {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || {
            let message = "is not an origin: write a scheme, a host and optionally a port";
            Error::new(format!(
                "`{text}` {message}, for example `https://shop.example`"
            ))
        };
        Self::parse(text.as_bytes()).ok_or_else(wrong)
    }
}

/// Splits at the colon before a port. The colons of an IPv6 address are in brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

fn is_scheme(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(known)
}

/// Returns whether an allowed origin covers the origin of a page. `https://*.shop.example` covers every subdomain of
/// `shop.example`.
pub(crate) fn covers(allowed: &str, page: &Origin) -> bool {
    let Some((scheme, below)) = allowed.split_once("*.") else {
        return Origin::parse(allowed.as_bytes()).is_some_and(|allowed| allowed == *page);
    };
    let base = Origin::parse(format!("{scheme}{below}").as_bytes());
    base.is_some_and(|base| {
        // `https://evilshop.example` is not a subdomain of `shop.example`.
        let above = page
            .authority()
            .strip_suffix(base.authority())
            .and_then(|host| host.strip_suffix('.'));
        base.scheme() == page.scheme() && above.is_some_and(|above| !above.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_origin_has_one_text() {
        for (text, expected) in [
            ("https://a.example", "https://a.example"),
            ("HTTPS://A.Example", "https://a.example"),
            ("https://a.example:443", "https://a.example"),
            ("https://a.example:0443", "https://a.example"),
            ("https://a.example:", "https://a.example"),
            ("https://a.example:80", "https://a.example:80"),
            ("http://a.example:80", "http://a.example"),
            ("http://a.example:443", "http://a.example:443"),
            ("http://[::1]:80", "http://[::1]"),
            ("http://[0:0::1]:8080", "http://[::1]:8080"),
            ("http://a.example.", "http://a.example."),
            ("app://-", "app://-"),
            ("moz-extension://1f-2", "moz-extension://1f-2"),
        ] {
            let origin = Origin::parse(text.as_bytes());
            assert_eq!(
                origin.as_ref().map(Origin::as_str),
                Some(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn invalid_origin_is_rejected() {
        for text in [
            "",
            "null",
            "*",
            "a.example",
            "://a.example",
            "https://",
            "https://a.example/",
            "https://a.example?x",
            "https://zoe@a.example",
            "https://a.example https://b.example",
            "https://a.example, https://b.example",
            "https://a.example:99999",
            "https://a.example:x",
            "https://[::1",
            "https://caf\u{e9}.example",
        ] {
            assert_eq!(Origin::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Origin::parse(b"https://a\xff.example"), None);
    }

    #[test]
    fn origin_has_scheme_host_and_port() {
        let origin = Origin::parse(b"http://[::1]:8080").expect("an origin");
        assert_eq!((origin.scheme(), origin.host()), ("http", "[::1]"));
        assert_eq!(
            (origin.authority(), origin.port()),
            ("[::1]:8080", Some(8080))
        );
        let origin = Origin::parse(b"https://[::1]").expect("an origin");
        assert_eq!((origin.host(), origin.port()), ("[::1]", Some(443)));
        assert_eq!(Origin::parse(b"app://-").and_then(|app| app.port()), None);
    }

    #[track_caller]
    fn check(allowed: &str, page: &str, expected: bool) {
        let page = Origin::parse(page.as_bytes());
        let got = page.as_ref().is_some_and(|page| covers(allowed, page));
        assert_eq!(got, expected, "{allowed} {page:?}");
    }

    #[test]
    fn wildcard_covers_only_subdomains() {
        check("https://a.example", "https://a.example", true);
        check("https://a.example:443", "https://a.example", true);
        check("https://A.example", "https://a.example:443", true);
        check("https://a.example", "http://a.example", false);
        check("https://a.example", "https://a.example:8443", false);
        check("https://a.example", "https://a.example.evil", false);
        check("https://*.a.example", "https://b.a.example", true);
        check("https://*.a.example:443", "https://B.a.example", true);
        check("https://*.a.example", "https://c.b.a.example", true);
        check("https://*.a.example", "http://b.a.example", false);
        check("https://*.a.example", "https://a.example", false);
        check("https://*.a.example", "https://evila.example", false);
        check(
            "https://*.a.example",
            "https://evil.example/.a.example",
            false,
        );
        check(
            "https://*.a.example",
            "https://evil.example:1.a.example",
            false,
        );
        check("https://*.a.example", "https://.a.example", false);
        check("https://*.a.example", "https://b.a.example:8443", false);
        check("https://*.a.example:8443", "https://b.a.example:8443", true);
        check("https://*.a.example", "null", false);
    }
}
