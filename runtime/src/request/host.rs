//! The grammar of a request's host.

/// Returns whether this is a name or an address with an optional port (RFC 9110 §7.2).
///
/// RFC 3986 allows more characters in a name. Names in use do not have them, and an attacker could use them to make
/// two servers read a host differently.
pub(crate) fn is_host(host: &[u8]) -> bool {
    if let [b'[', rest @ ..] = host {
        let Some(end) = rest.iter().position(|byte| *byte == b']') else {
            return false;
        };
        let address = std::str::from_utf8(&rest[..end]).unwrap_or_default();
        return address.parse::<std::net::Ipv6Addr>().is_ok() && is_port(&rest[end + 1..]);
    }
    let name = host
        .iter()
        .take_while(|byte| NAME[usize::from(**byte)])
        .count();
    name > 0 && is_port(&host[name..])
}

/// Which bytes a name may have.
const NAME: [bool; 256] = {
    let mut name = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        name[byte] =
            (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'.' | b'_' | b'~');
        byte += 1;
    }
    name
};

/// Returns whether the text after a host is empty, a colon, or a colon and a port.
fn is_port(rest: &[u8]) -> bool {
    match rest {
        [] | [b':'] => true,
        [b':', digits @ ..] if digits.len() <= 5 => {
            let add = |port: u32, digit: &u8| {
                let is_digit = digit.is_ascii_digit();
                is_digit.then(|| port * 10 + u32::from(digit - b'0'))
            };
            let port = digits.iter().try_fold(0, add);
            port.is_some_and(|port| port <= u32::from(u16::MAX))
        }
        _ => false,
    }
}
