//! Limits the open connections of each client address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::{events, request::Proxies};

/// Counts open connections by client address.
#[derive(Debug)]
pub(super) struct Addresses {
    /// The open connections of each address that has any.
    counts: Mutex<HashMap<IpAddr, usize>>,
    /// The limit of each address.
    max: usize,
    /// Proxies that are not counted, because many clients connect through them.
    trusted: Option<Proxies>,
    /// Whether the message about a full address was already written.
    warned: AtomicBool,
}

/// A connection's slot in the limit of its address, freed on drop.
#[derive(Debug)]
pub(super) struct AddressSlot(Option<(Arc<Addresses>, IpAddr)>);

impl Addresses {
    pub(super) fn new(max: usize, trusted: Option<Proxies>) -> Self {
        Self {
            counts: Mutex::default(),
            max,
            trusted,
            warned: AtomicBool::new(false),
        }
    }

    /// Takes a slot. Returns `None` if the address has reached its limit.
    pub(super) fn take_slot(self: &Arc<Self>, peer: Option<SocketAddr>) -> Option<AddressSlot> {
        let Some(address) = peer.and_then(|peer| self.limit_key(peer.ip().to_canonical())) else {
            return Some(AddressSlot(None));
        };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= self.max {
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
        if !self.warned.swap(true, Ordering::Relaxed) {
            events::address_is_full(address, self.max);
        }
    }

    /// Returns the key under which the address is counted, or `None` if it is not limited.
    fn limit_key(&self, ip: IpAddr) -> Option<IpAddr> {
        let trusted = self.trusted.as_ref();
        if ip.is_loopback() || trusted.is_some_and(|trusted| trusted.trusts(ip)) {
            return None;
        }
        Some(match ip {
            IpAddr::V4(_) => ip,
            // One subscriber gets a whole /64 (RFC 6177), so single addresses would be no limit.
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
    fn address_is_limited_to_its_number_of_connections() {
        let trusted = Proxies::trust(["10.0.0.0/8"]).expect("a network");
        let addresses = Arc::new(Addresses::new(2, Some(trusted)));
        let slots: Vec<_> = (0..2)
            .map(|_| addresses.take_slot(peer("192.0.2.1")))
            .collect();
        assert!(addresses.take_slot(peer("192.0.2.1")).is_none());
        assert!(addresses.take_slot(peer("::ffff:192.0.2.1")).is_none());
        assert!(addresses.take_slot(peer("192.0.2.2")).is_some());
        drop(slots);
        assert!(addresses.take_slot(peer("192.0.2.1")).is_some());
        assert!(addresses.counts.lock().expect("no panic").is_empty());
    }

    #[test]
    fn ipv6_network_of_64_bits_counts_as_one_address() {
        let addresses = Arc::new(Addresses::new(1, None));
        let _slot = addresses.take_slot(peer("2001:db8::1"));
        assert!(addresses.take_slot(peer("2001:db8::2")).is_none());
        assert!(addresses.take_slot(peer("2001:db8:0:1::1")).is_some());
    }

    #[test]
    fn proxies_and_loopback_are_not_counted() {
        let trusted = Proxies::trust(["10.0.0.0/8"]).expect("a network");
        let addresses = Arc::new(Addresses::new(0, Some(trusted)));
        for ip in ["10.1.2.3", "127.0.0.1", "::1"] {
            assert!(addresses.take_slot(peer(ip)).is_some(), "{ip}");
        }
        assert!(addresses.take_slot(None).is_some());
        assert!(addresses.take_slot(peer("192.0.2.1")).is_none());
    }
}
