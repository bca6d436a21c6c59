//! How many connections each address has open.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::{events, request::Proxies};

/// Counts open connections by address.
#[derive(Debug)]
pub(super) struct Addresses {
    counts: Mutex<HashMap<IpAddr, usize>>,
    most: usize,
    /// Many clients come through them.
    trusted: Option<Proxies>,
    /// Whether it was said that an address has too many.
    said: AtomicBool,
}

/// The place of a connection among those of its address; it is given back by its drop.
#[derive(Debug)]
pub(super) struct AddressSlot(Option<(Arc<Addresses>, IpAddr)>);

impl Addresses {
    pub(super) fn new(most: usize, trusted: Option<Proxies>) -> Self {
        Self {
            counts: Mutex::default(),
            most,
            trusted,
            said: AtomicBool::new(false),
        }
    }

    /// Takes a place; none is left when the address has as many as it may.
    pub(super) fn enter(self: &Arc<Self>, peer: Option<SocketAddr>) -> Option<AddressSlot> {
        let Some(address) = peer.and_then(|peer| self.counted(peer.ip().to_canonical())) else {
            return Some(AddressSlot(None));
        };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= self.most {
            drop(counts);
            events::connection_refused(address);
            self.report_once(address);
            return None;
        }
        *count += 1;
        drop(counts);
        Some(AddressSlot(Some((Arc::clone(self), address))))
    }

    /// Reports the limit once. An attacker must not fill the log, but an operator who forgot to name a load
    /// balancer must find the reason.
    fn report_once(&self, address: IpAddr) {
        if !self.said.swap(true, Ordering::Relaxed) {
            events::address_is_full(address, self.most);
        }
    }

    /// Returns what the address is counted as, if it is counted.
    fn counted(&self, ip: IpAddr) -> Option<IpAddr> {
        let trusted = self.trusted.as_ref();
        if ip.is_loopback() || trusted.is_some_and(|trusted| trusted.trusts(ip)) {
            return None;
        }
        Some(match ip {
            IpAddr::V4(_) => ip,
            // A subscriber has a /64 to choose addresses from (RFC 6177).
            IpAddr::V6(ip) => {
                let network = ip.to_bits() & (u128::MAX << 64);
                IpAddr::V6(Ipv6Addr::from_bits(network))
            }
        })
    }
}

impl Drop for AddressSlot {
    fn drop(&mut self) {
        let Some((addresses, address)) = &self.0 else {
            return;
        };
        let mut counts = addresses
            .counts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(ip: &str) -> Option<SocketAddr> {
        Some(SocketAddr::new(ip.parse().expect("an address"), 1))
    }

    #[test]
    fn address_has_so_many_places() {
        let trusted = Proxies::trust(["10.0.0.0/8"]).expect("a network");
        let addresses = Arc::new(Addresses::new(2, Some(trusted)));
        let places: Vec<_> = (0..2).map(|_| addresses.enter(peer("192.0.2.1"))).collect();
        assert!(addresses.enter(peer("192.0.2.1")).is_none());
        assert!(addresses.enter(peer("::ffff:192.0.2.1")).is_none());
        assert!(addresses.enter(peer("192.0.2.2")).is_some());
        drop(places);
        assert!(addresses.enter(peer("192.0.2.1")).is_some());
        assert!(addresses.counts.lock().expect("no panic").is_empty());
    }

    #[test]
    fn network_of_ipv6_is_one_address() {
        let addresses = Arc::new(Addresses::new(1, None));
        let _place = addresses.enter(peer("2001:db8::1"));
        assert!(addresses.enter(peer("2001:db8::2")).is_none());
        assert!(addresses.enter(peer("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn proxies_and_loopback_are_not_counted() {
        let trusted = Proxies::trust(["10.0.0.0/8"]).expect("a network");
        let addresses = Arc::new(Addresses::new(0, Some(trusted)));
        for ip in ["10.1.2.3", "127.0.0.1", "::1"] {
            assert!(addresses.enter(peer(ip)).is_some(), "{ip}");
        }
        assert!(addresses.enter(None).is_some());
        assert!(addresses.enter(peer("192.0.2.1")).is_none());
    }
}
