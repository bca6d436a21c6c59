//! What is counted apart.

use std::{
    hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState},
    net::{IpAddr, Ipv6Addr},
    sync::LazyLock,
};

use highball::Context;

/// What a [`RateLimit`](crate::RateLimit) counts by, unless [`by`](crate::RateLimit::by) names a local: the
/// client, by its address or by a header.
#[derive(Debug, Hash)]
pub struct PerClient(());

/// Something that tells apart what is counted: whatever can be hashed is one.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_rate_limit::RateLimit;
///
/// #[derive(Hash)]
/// enum Plan { Free, Paid }
///
/// #[derive(Local)]
/// struct Customer { key: (Plan, String) }
///
/// const LIMIT: RateLimit<Customer> = RateLimit::per_hour(1000).by(|customer: &Customer| &customer.key);
/// # let _ = (LIMIT, Plan::Free, Plan::Paid);
/// ```
pub trait LimitKey {
    /// Feeds it to a hasher.
    #[doc(hidden)]
    fn feed(&self, hasher: &mut dyn Hasher);
}

impl<T: Hash + ?Sized> LimitKey for T {
    fn feed(&self, mut hasher: &mut dyn Hasher) {
        self.hash(&mut hasher);
    }
}

/// What a limit counts by.
pub(crate) enum Key<K> {
    /// The client's address.
    Client,
    /// The value of this header.
    Header(&'static str),
    /// What this returns of a local.
    Local(fn(&K) -> &dyn LimitKey),
}

/// Keys are kept as hashes, since texts could be long; a client that does not know the seed cannot make two
/// that are equal.
static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl<K> Key<K> {
    /// Returns the key of a request.
    pub(crate) fn of_request(&self, cx: &Context<'_>) -> u64 {
        match self {
            Self::Header(name) if cx.headers().contains_key(*name) => hash(|hasher| {
                let lines = cx.headers().get_all(*name).iter();
                lines.for_each(|line| line.as_bytes().hash(hasher));
            }),
            // Without an address, all are counted together.
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

/// Returns the address that stands for a client: of IPv6 its network of 64 bits.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => {
            // NAT64 (RFC 6052) has all clients of IPv4 in one such network.
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
            // A socket of both families has IPv4 so: the network would be that of all.
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
