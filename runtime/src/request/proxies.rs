//! Finds the client of a request behind trusted proxies.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use ipnet::IpNet;

use crate::error::Error;

pub(crate) mod hop;

pub(crate) use hop::Hop;

/// The proxies whose forwarding headers an app trusts. Without it an app trusts none.
///
/// The client's address, the scheme and the host are read from `X-Forwarded-For`, `X-Forwarded-Proto` and
/// `X-Forwarded-Host`, or with [`forwarded`](Self::forwarded) from `Forwarded` (RFC 7239). Never from both: a proxy
/// sets one of them and passes the other as the client sent it. Addresses are read from right to left. Trusted
/// addresses are skipped, and the first other one is the client. The headers of a peer that is not trusted are
/// ignored.
///
/// The scheme and the host are the elements that the proxy next to the client added: those at the same place as its
/// address, counted from the right. A list of one element is taken as that proxy's, which the other proxies passed
/// unchanged. A longer list with too few elements is ignored, because its left part may be the client's. So configure
/// the outermost proxy to set `X-Forwarded-Proto` and `X-Forwarded-Host`, or to remove them: a header that no proxy
/// changes is the client's own. `Forwarded` has all three values in one element.
///
/// # Examples
/// ```
/// use highball::{extract::Client, prelude::*, serve::Proxies};
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
    source: HopHeader,
}

/// The headers in which trusted proxies forward the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HopHeader {
    XForwarded,
    Forwarded,
}

/// The most addresses that are read.
const MOST: usize = 64;

impl Proxies {
    /// Trusts these addresses and networks.
    ///
    /// # Errors
    /// Returns an error if a text is neither an IP address nor a network in CIDR notation.
    pub fn trust(networks: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, Error> {
        let networks = networks.into_iter().map(|network| parse(network.as_ref()));
        Ok(Self {
            networks: networks.collect::<Result<_, _>>()?,
            source: HopHeader::XForwarded,
        })
    }

    /// Reads `Forwarded` (RFC 7239) in place of `X-Forwarded-For` and its siblings.
    pub fn forwarded(mut self) -> Self {
        self.source = HopHeader::Forwarded;
        self
    }

    pub(crate) fn trusts(&self, ip: IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(&ip))
    }

    /// Returns the hop of the client, if the peer is trusted.
    pub(crate) fn find_client(&self, peer: SocketAddr, headers: &HeaderMap) -> Option<Hop> {
        let peer = peer.ip().to_canonical();
        if !self.trusts(peer) {
            return None;
        }
        let mut client = Hop::new(peer, self.source);
        for (back, ip) in hop::addresses(headers, self.source).take(MOST).enumerate() {
            // A trusted proxy added this element, even if it is not an address.
            client.back = back;
            // Elements to the left of an invalid address are not trusted.
            let Some(ip) = ip else { break };
            client.ip = ip;
            if !self.trusts(ip) {
                break;
            }
        }
        Some(client)
    }
}

fn parse(text: &str) -> Result<IpNet, Error> {
    let network = text
        .parse()
        .or_else(|error| text.parse().map(|ip: IpAddr| ip.into()).map_err(|_| error));
    network.map_err(|error| {
        let message = format!(
            "`{text}` is not a proxy: write an address, for example `10.0.0.7`, or a network, `10.0.0.0/8`"
        );
        Error::because(message, error)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn look(proxies: &Proxies, peer: &str, values: &[(&'static str, &str)]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(*name, value.parse().expect("a value"));
        }
        let peer = peer.parse().expect("an address");
        proxies
            .find_client(peer, &headers)
            .map(|hop| hop.ip.to_string())
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
    fn client_is_the_first_untrusted_address_from_the_right() {
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
        check("10.0.0.1:1", &["\u{e4}, 1.1.1.1"], Some("1.1.1.1"));
        check("10.0.0.1:1", &["\", 1.1.1.1"], Some("1.1.1.1"));
        check("10.0.0.1:1", &["6.6.6.6,"], Some("10.0.0.1"));
        check("10.0.0.1:1", &["1.1.1.1:99"], Some("1.1.1.1"));
        check("10.0.0.1:1", &["[2001:db8::1]:99"], Some("2001:db8::1"));
        check("10.0.0.1:1", &["[2001:db8::1]"], Some("2001:db8::1"));
        check("10.0.0.1:1", &["2001:db8::1"], Some("2001:db8::1"));
        check("10.0.0.1:1", &["::ffff:1.1.1.1"], Some("1.1.1.1"));
        check("10.0.0.1:1", &["unknown"], Some("10.0.0.1"));
    }

    #[test]
    fn only_the_configured_header_is_read() {
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
        check("for=1.1.1.1:_port", "1.1.1.1");
        check("for=\"[2001:db8::1]:_port\"", "2001:db8::1");
        check("for=\"1.1.1.\\1\"", "1.1.1.1");
        check("for=\"a, for=6.6.6.6\"", "10.0.0.1");
        // An unclosed quotation mark of the client does not hide the elements that proxies add after it.
        check("for=\"6.6.6.6, for=1.1.1.1", "1.1.1.1");
        check("for=\"6.6.6.6, for=\"[2001:db8::1]\"", "2001:db8::1");
        check("for=6.6.6.6;x=\"\\, for=1.1.1.1;host=\"a\"", "1.1.1.1");
        check("for=\"a\\\", for=6.6.6.6\"", "10.0.0.1");
        check("for=_hidden", "10.0.0.1");
        check("proto=https", "10.0.0.1");
        check("for=6.6.6.6, proto=https", "10.0.0.1");
        check("", "10.0.0.1");
    }

    #[test]
    fn invalid_network_is_rejected() {
        for text in [
            "",
            "10.0.0.0/33",
            "10.0.0",
            "localhost",
            "10.0.0.1:80",
            "::/129",
        ] {
            let error = Proxies::trust([text]).expect_err("no network");
            assert!(error.to_string().contains("is not a proxy"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn client_cannot_move_the_elements_of_proxies(
            noise in prop::collection::vec("[ -~\u{80}-\u{ff}]{0,12}", 0..3),
        ) {
            let proxies = || Proxies::trust(["10.0.0.0/8"]).expect("proxies");
            let check = |proxies: Proxies, name: &'static str, added: &str| {
                let mut headers = HeaderMap::new();
                let line = [noise.join(","), added.to_owned()].join(", ");
                headers.append(name, line.parse().expect("a value"));
                let peer = "10.0.0.1:1".parse().expect("an address");
                let hop = proxies.find_client(peer, &headers).expect("it is trusted");
                assert_eq!((hop.ip.to_string().as_str(), hop.back), ("1.2.3.4", 1), "{line}");
            };
            check(proxies(), "x-forwarded-for", "1.2.3.4, 10.0.0.2");
            let forwarded = "for=1.2.3.4;host=\"a:1\", for=\"10.0.0.2\"";
            check(proxies().forwarded(), "forwarded", forwarded);
        }
    }
}
