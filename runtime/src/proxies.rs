//! Whom a request is from, behind proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, header};
use ipnet::IpNet;

use crate::{
    error::Error,
    extract::{Extract, Input},
    rejection::Rejection,
};

/// Which proxies may say whom a request is from: none, unless an app names them.
///
/// What they say is read from `X-Forwarded-For`, `-Proto` and `-Host`, or from `Forwarded` (RFC 7239) where
/// [`forwarded`](Self::forwarded) says so; never from both, since a proxy sets one and passes the other on as
/// a client has made it up. Addresses are read from right to left, past those that are trusted: the first
/// other one is the client. From a peer that is not trusted nothing is read.
///
/// # Examples
/// ```
/// use highball::{Client, Proxies, prelude::*};
///
/// #[get("/whoami")]
/// async fn whoami(client: Client) -> String {
///     client.ip().to_string()
/// }
///
/// #[routes(app)]
/// struct Api(whoami);
///
/// # fn main() -> highball::Result {
/// let proxies = Proxies::trust(["10.0.0.0/8", "::1"])?;
/// let _ = highball::serve(Api).proxies(proxies);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Proxies {
    networks: Vec<IpNet>,
    source: Source,
}

/// Where a trusted proxy says whom a request is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    XForwarded,
    Forwarded,
}

/// The most addresses that are looked at.
const MOST: usize = 64;

impl Proxies {
    /// Trusts these addresses and networks.
    ///
    /// # Errors
    /// Where one is neither an address nor a network in CIDR notation.
    pub fn trust(networks: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, Error> {
        let networks = networks.into_iter().map(|network| parse(network.as_ref()));
        Ok(Self {
            networks: networks.collect::<Result<_, _>>()?,
            source: Source::XForwarded,
        })
    }

    /// Reads `Forwarded` (RFC 7239) in place of `X-Forwarded-For` and its siblings.
    pub fn forwarded(mut self) -> Self {
        self.source = Source::Forwarded;
        self
    }

    pub(crate) fn trusts(&self, ip: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&ip))
    }

    /// Returns the client, and where the rest about it is read, if the peer is trusted.
    pub(crate) fn look(&self, peer: SocketAddr, headers: &HeaderMap) -> Option<(IpAddr, Source)> {
        let peer = peer.ip().to_canonical();
        if !self.trusts(peer) {
            return None;
        }
        let mut client = peer;
        for text in addresses(headers, self.source).into_iter().rev().take(MOST) {
            // What is no address ends what can be trusted.
            let Some(ip) = address(text) else { break };
            client = ip;
            if !self.trusts(ip) {
                break;
            }
        }
        Some((client, self.source))
    }
}

fn parse(text: &str) -> Result<IpNet, Error> {
    let network = text
        .parse()
        .or_else(|error| text.parse().map(|ip: IpAddr| ip.into()).map_err(|_| error));
    network.map_err(|error| {
        let message = format!(
            "`{text}` is no proxy: write an address, `10.0.0.7`, or a network, `10.0.0.0/8`"
        );
        Error::because(message, error)
    })
}

/// Returns what the header says of those on the way, the client first.
fn addresses(headers: &HeaderMap, source: Source) -> Vec<&str> {
    match source {
        Source::XForwarded => texts(headers, "x-forwarded-for")
            .flat_map(|text| text.split(','))
            .collect(),
        Source::Forwarded => {
            let elements =
                texts(headers, header::FORWARDED.as_str()).flat_map(|text| split(text, ','));
            elements
                .map(|element| param(element, "for").unwrap_or_default())
                .collect()
        }
    }
}

fn texts<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    // A value that is no text hides what is behind it: it counts as one that is no address.
    headers
        .get_all(name)
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
}

/// Splits outside of quotes.
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |c| {
        let is_end = c == at && !is_quoted;
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
        is_end
    })
}

/// Returns a parameter of an element of `Forwarded`, without its quotes.
fn param<'e>(element: &'e str, name: &str) -> Option<&'e str> {
    split(element, ';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let value = value.trim();
        let value = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'))
            .unwrap_or(value);
        key.trim().eq_ignore_ascii_case(name).then_some(value)
    })
}

/// Reads an address, with a port or without.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let ip = text.parse::<IpAddr>().ok();
    let ip = ip.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    ip.or_else(bare).map(|ip| ip.to_canonical())
}

/// Whom a request is from: the peer, or whom the trusted [`Proxies`] say.
///
/// # Examples
/// See [`Proxies`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    ip: IpAddr,
    is_https: bool,
    host: Option<String>,
}

impl Client {
    /// Returns the client's address.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Returns whether the client speaks TLS to the outermost proxy.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the host that the client has asked for, with its port if that was said.
    ///
    /// A client can ask for any: compare it with those that are yours before you make a link of it.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }
}

/// Returns what the nearest proxy says; the last of several, since it adds at the end.
fn said<'h>(headers: &'h HeaderMap, source: Source, x_name: &str, name: &str) -> Option<&'h str> {
    let last = match source {
        Source::XForwarded => texts(headers, x_name)
            .flat_map(|text| text.split(','))
            .last()?
            .trim(),
        Source::Forwarded => {
            let elements =
                texts(headers, header::FORWARDED.as_str()).flat_map(|text| split(text, ','));
            param(elements.last()?, name)?
        }
    };
    (!last.is_empty()).then_some(last)
}

impl<'r> Extract<'r> for Client {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing = || Rejection::internal().with_cause("the request came by no connection");
        let (headers, uri) = (input.headers(), input.uri());
        let ip = input.client_ip().ok_or_else(missing)?;
        let own = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let own = uri.authority().map(http::uri::Authority::as_str).or(own);
        let source = input.forwarding();
        let scheme = source.and_then(|source| said(headers, source, "x-forwarded-proto", "proto"));
        let host = source.and_then(|source| said(headers, source, "x-forwarded-host", "host"));
        Ok(Self {
            ip,
            is_https: scheme.map_or(input.is_secure(), |scheme| {
                scheme.eq_ignore_ascii_case("https")
            }),
            host: host.or(own).map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(proxies: &Proxies, peer: &str, values: &[(&'static str, &str)]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(*name, value.parse().expect("a value"));
        }
        let peer = peer.parse().expect("an address");
        proxies.look(peer, &headers).map(|(ip, _)| ip.to_string())
    }

    #[track_caller]
    fn check(peer: &str, forwarded_for: &[&str], expected: Option<&str>) {
        let proxies =
            Proxies::trust(["10.0.0.0/8", "192.168.1.1", "::1", "fd00::/8"]).expect("proxies");
        let values: Vec<_> = forwarded_for
            .iter()
            .map(|value| ("x-forwarded-for", *value))
            .collect();
        let got = look(&proxies, peer, &values);
        assert_eq!(got.as_deref(), expected, "{peer} {forwarded_for:?}");
    }

    #[test]
    fn addresses_are_read_from_the_right_past_what_is_trusted() {
        check("8.8.8.8:1", &["1.1.1.1"], None);
        check("10.0.0.1:1", &[], Some("10.0.0.1"));
        check("10.0.0.1:1", &["1.1.1.1"], Some("1.1.1.1"));
        check("[::ffff:10.0.0.1]:1", &["1.1.1.1"], Some("1.1.1.1"));
        check("[::1]:1", &["1.1.1.1"], Some("1.1.1.1"));
        check("192.168.1.2:1", &["1.1.1.1"], None);
        check("10.0.0.1:1", &["6.6.6.6, 1.1.1.1"], Some("1.1.1.1"));
        check(
            "10.0.0.1:1",
            &["6.6.6.6", "1.1.1.1, 10.2.3.4"],
            Some("1.1.1.1"),
        );
        check("10.0.0.1:1", &["10.0.0.3, 10.0.0.2"], Some("10.0.0.3"));
        check("10.0.0.1:1", &["6.6.6.6, x, 10.0.0.2"], Some("10.0.0.2"));
        check("10.0.0.1:1", &["6.6.6.6, \u{e4}"], Some("10.0.0.1"));
        check("10.0.0.1:1", &["6.6.6.6,"], Some("10.0.0.1"));
        check("10.0.0.1:1", &["1.1.1.1:99"], Some("1.1.1.1"));
        check("10.0.0.1:1", &["[2001:db8::1]:99"], Some("2001:db8::1"));
        check("10.0.0.1:1", &["[2001:db8::1]"], Some("2001:db8::1"));
        check("10.0.0.1:1", &["2001:db8::1"], Some("2001:db8::1"));
        check("10.0.0.1:1", &["::ffff:1.1.1.1"], Some("1.1.1.1"));
        check("10.0.0.1:1", &["unknown"], Some("10.0.0.1"));
    }

    #[test]
    fn one_header_is_read_and_never_the_other() {
        let proxies = Proxies::trust(["10.0.0.0/8"]).expect("proxies").forwarded();
        let check = |forwarded: &str, expected: &str| {
            let values = [("forwarded", forwarded), ("x-forwarded-for", "6.6.6.6")];
            let got = look(&proxies, "10.0.0.1:1", &values);
            assert_eq!(got.as_deref(), Some(expected), "{forwarded}");
        };
        check("for=1.1.1.1", "1.1.1.1");
        check("For=\"[2001:db8::1]:99\";proto=https", "2001:db8::1");
        check(
            "for=6.6.6.6, for=1.1.1.1;by=10.0.0.9, for=10.0.0.2",
            "1.1.1.1",
        );
        check("for=\"a, for=6.6.6.6\"", "10.0.0.1");
        check("for=\"a\\\", for=6.6.6.6\"", "10.0.0.1");
        check("for=_hidden", "10.0.0.1");
        check("proto=https", "10.0.0.1");
        check("for=6.6.6.6, proto=https", "10.0.0.1");
        check("", "10.0.0.1");
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0",
            "localhost",
            "10.0.0.1:80",
            "::/129",
        ] {
            let error = Proxies::trust([text]).expect_err("no network");
            assert!(error.to_string().contains("is no proxy"), "{error}");
        }
    }
}
