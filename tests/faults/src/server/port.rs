//! Free ports.

use std::net::{Ipv4Addr, TcpListener};
use std::process;
use std::time::SystemTime;

use crate::random::Random;

/// The range of ports. They are below those that the kernel gives to clients: otherwise a client could take the port of
/// a server that is stopped for a while, or connect to itself there.
const FIRST: u16 = 18_000;
const COUNT: u16 = 14_000;

/// Returns three different ports on which nothing listens.
pub(super) fn free_ports() -> [u16; 3] {
    let time = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let mut random = Random::new(time.as_nanos() as u64 ^ (u64::from(process::id()) << 32));
    // The listeners are closed after the last port is found, so that the ports are different.
    let listeners: [TcpListener; 3] = std::array::from_fn(|_| listen(&mut random));
    listeners.map(|listener| listener.local_addr().expect("it is bound").port())
}

fn listen(random: &mut Random) -> TcpListener {
    for _ in 0..1000 {
        let port = FIRST + (random.next() % u64::from(COUNT)) as u16;
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener;
        }
    }
    panic!("no port is free");
}
