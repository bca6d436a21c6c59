//! The keys that a limit counts by.

use std::{
    hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::LazyLock,
};

use highball::Context;

/// The default key of a [`RateLimit`](crate::RateLimit): the client, by its address or by a header.
///
/// [`RateLimit::by`](crate::RateLimit::by) replaces it with the type of a local.
///
/// # Examples
/// ```
/// use highball_rate_limit::{PerClient, RateLimit};
///
/// const LIMIT: RateLimit<PerClient> = RateLimit::per_minute(60);
/// # let _ = LIMIT;
/// ```
#[derive(Debug, Hash)]
pub struct PerClient(());

/// A value that a [`RateLimit`](crate::RateLimit) counts by. Every type that implements `Hash` is one.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_rate_limit::{LimitKey, RateLimit};
///
/// #[derive(Hash)]
/// enum Plan { Free, Paid }
///
/// #[derive(Local)]
/// struct Customer { key: (Plan, String) }
///
/// fn key(customer: &Customer) -> &dyn LimitKey {
///     &customer.key
/// }
///
/// const LIMIT: RateLimit<Customer> = RateLimit::per_hour(1000).by(key);
/// # let _ = (LIMIT, Plan::Free, Plan::Paid);
/// ```
pub trait LimitKey {
    /// Feeds the value to a hasher.
    #[doc(hidden)]
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<T: Hash + ?Sized> LimitKey for T {
    fn feed(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// The source of a request's key.
pub(crate) enum Key<K> {
    /// The client's address.
    Client,
    /// The value of this header.
    Header(&'static str),
    /// The part of a local that this function returns.
    Local(fn(&K) -> &dyn LimitKey),
}

/// The seed of the hashes.
///
/// The counts keep hashes instead of keys, since keys can be long. The seed is random, so a client cannot
/// construct two keys with one hash.
static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl<K> Key<K> {
    /// Returns the key of a request.
    pub(crate) fn of_request(&self, cx: &Context<'_>) -> u64 {
        match self {
            Self::Header(name) if cx.headers().contains_key(*name) => hash(|hasher| {
                let lines = cx.headers().get_all(*name).iter();
                lines.for_each(|line| line.as_bytes().hash(hasher));
            }),
            // Requests without an address share one key.
            _ => hash(|hasher| (PerClient(()), cx.client_ip().map(network)).hash(hasher)),
        }
    }

    /// Returns the key of a request with this local.
    pub(crate) fn of_local(&self, local: &K, cx: &Context<'_>) -> u64 {
        match self {
            Self::Local(key) => hash(|hasher| key(local).feed(hasher)),
            _ => self.of_request(cx),
        }
    }
}

fn hash(feed: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = SEED.build_hasher();
    feed(&mut hasher);
    hasher.finish()
}

/// Returns the address that identifies a client: an IPv4 address, or the /64 network of an IPv6 address.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => {
            // NAT64 (RFC 6052) maps all IPv4 clients into one /64 network.
            if let [0x64, 0xff9b, 0, 0, 0, 0, ..] = ip.segments() {
                let [.., a, b, c, d] = ip.octets();
                return IpAddr::from([a, b, c, d]);
            }
            let network = u128::from(ip) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(network))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_an_address_or_a_network() {
        for (ip, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:3::", "2001:db8:1:3::"),
            // A dual-stack socket reports IPv4 addresses in this form; they all share one /64 network.
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("64:ff9b::192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2::192.0.2.1", "2001:db8:1:2::"),
            ("::1", "::"),
        ] {
            let ip: IpAddr = ip.parse().expect("an address");
            assert_eq!(network(ip).to_string(), expected, "{ip}");
        }
    }

    #[test]
    fn keys_of_equal_values_are_equal() {
        let key = |value: &dyn LimitKey| hash(|hasher| value.feed(hasher));
        assert_eq!(key(&7_u64), key(&7_u64));
        assert_ne!(key(&7_u64), key(&8_u64));
        assert_eq!(key(&"a".to_owned()), key(&"a".to_owned()));
        assert_ne!(key(&("a", "bc")), key(&("ab", "c")));
    }
}
