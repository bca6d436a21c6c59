//! Origins: a scheme, a host and a port (RFC 6454).

/// Returns what is wrong with an origin.
pub(super) const fn mistake(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let Some(host) = host(bytes) else {
        return Some("is no origin: write it with its scheme, `https://shop.example`");
    };
    if host == bytes.len() {
        return Some("is no origin: the host is missing");
    }
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_uppercase() {
            return Some("is no origin that a browser sends: write it in small letters");
        }
        if at >= host && (byte == b'/' || byte == b'?' || byte == b'#') {
            return Some("is no origin: leave out what follows the host and the port");
        }
        if byte == b'*' && !(at == host && at + 1 < bytes.len() && bytes[at + 1] == b'.') {
            return Some(
                "is no origin: a `*` stands for the first part of the host, `https://*.shop.example`",
            );
        }
        if !byte.is_ascii_graphic() || byte == b'@' || byte == b',' {
            return Some("is no origin: it has a scheme, a host and a port, and nothing else");
        }
        at += 1;
    }
    None
}

/// Returns where the host begins.
const fn host(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    while at + 2 < text.len() {
        if text[at] == b':' {
            let is_host = text[at + 1] == b'/' && text[at + 2] == b'/';
            return if is_host { Some(at + 3) } else { None };
        }
        at += 1;
    }
    None
}

/// Returns whether what is allowed covers the origin of a request.
pub(super) fn covers(allowed: &str, origin: &str) -> bool {
    let Some((scheme, below)) = allowed.split_once("*.") else {
        return allowed == origin;
    };
    let host = origin
        .strip_prefix(scheme)
        .and_then(|host| host.strip_suffix(below));
    // `https://evilshop.example` is not below `shop.example`, nor is what has a port or a path inside.
    host.and_then(|host| host.strip_suffix('.'))
        .is_some_and(|host| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
            !host.is_empty() && host.bytes().all(known)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(allowed: &str, origin: &str, expected: bool) {
        assert_eq!(covers(allowed, origin), expected, "{allowed} {origin}");
    }

    #[test]
    fn only_what_is_below_a_host_is_covered() {
        check("https://a.example", "https://a.example", true);
        check("https://a.example", "http://a.example", false);
        check("https://a.example", "https://a.example:8443", false);
        check("https://a.example", "https://a.example.evil", false);
        check("https://*.a.example", "https://b.a.example", true);
        check("https://*.a.example", "https://c.b.a.example", true);
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
        check("https://*.a.example:8443", "https://b.a.example:8443", true);
        check("https://*.a.example", "null", false);
    }

    #[test]
    fn a_mistake_is_told() {
        let wrong = |text: &str| mistake(text).unwrap_or_default();
        assert_eq!(wrong("https://a.example"), "");
        assert_eq!(wrong("http://localhost:3000"), "");
        assert_eq!(wrong("app://-"), "");
        assert_eq!(wrong("https://*.a.example"), "");
        assert!(wrong("a.example").contains("scheme"));
        assert!(wrong("null").contains("scheme"));
        assert!(wrong("*").contains("scheme"));
        assert!(wrong("localhost:3000").contains("scheme"));
        assert!(wrong("").contains("scheme"));
        assert!(wrong("https://").contains("host is missing"));
        assert!(wrong("https://a.example/").contains("follows the host"));
        assert!(wrong("https://a.example?x").contains("follows the host"));
        assert!(wrong("https://A.example").contains("small letters"));
        assert!(wrong("https://a.*").contains("first part"));
        assert!(wrong("https://*").contains("first part"));
        assert!(wrong("https://zoe@a.example").contains("nothing else"));
        assert!(wrong("https://a.example, https://b.example").contains("nothing else"));
        assert!(wrong("https://a.example,https://b.example").contains("nothing else"));
    }
}
