//! Checks the origins that an app allows, in constant evaluation.

/// Returns the mistake in an origin, if there is one.
pub(crate) const fn mistake(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let Some(host) = host(bytes) else {
        return Some("is not an origin: write it with its scheme, `https://shop.example`");
    };
    if host == bytes.len() {
        return Some("is not an origin: the host is missing");
    }
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_uppercase() {
            return Some("is not an origin that a browser sends: write it in small letters");
        }
        if at >= host && (byte == b'/' || byte == b'?' || byte == b'#') {
            return Some("is not an origin: leave out what follows the host and the port");
        }
        if byte == b'*' && !(at == host && at + 1 < bytes.len() && bytes[at + 1] == b'.') {
            return Some(
                "is not an origin: a `*` replaces the first part of the host, `https://*.shop.example`",
            );
        }
        if !byte.is_ascii_graphic() || byte == b'@' || byte == b',' {
            return Some("is not an origin: it has a scheme, a host and a port, and nothing else");
        }
        at += 1;
    }
    None
}

/// Returns the index at which the host begins.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_origins_are_explained() {
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
