//! The faults of a proxy.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::counts::Ledger;

/// A direction through a [`Proxy`](super::Proxy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server: requests.
    ToServer,
    /// From the server to the client: responses.
    ToClient,
}

/// The data that a proxy and its connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) target: SocketAddr,
    pub(super) rules: watch::Sender<Rules>,
    ledger: Mutex<Ledger>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) accept: Accept,
    pub(super) connect_delay: Duration,
    pub(super) read_delay: Duration,
    pub(super) stall: bool,
    pub(super) blackhole: Option<Direction>,
    pub(super) rate: Option<u64>,
    pub(super) cut_after: Option<CutAfter>,
    /// The number of cuts until now. A connection ends when it changes.
    pub(super) cuts: u64,
    /// The number of the last `CutAfter`.
    limits: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Accept {
    #[default]
    Pass,
    Reset,
}

/// Cuts each connection after a number of bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct CutAfter {
    pub(super) direction: Direction,
    pub(super) bytes: u64,
    /// A connection counts from 0 when the number changes.
    pub(super) number: u64,
}

impl Shared {
    pub(super) fn new(target: SocketAddr) -> Self {
        Self {
            target,
            rules: watch::Sender::new(Rules::default()),
            ledger: Mutex::default(),
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rules {
    pub(super) fn without_faults(&self) -> Self {
        Self {
            cuts: self.cuts,
            limits: self.limits,
            ..Self::default()
        }
    }

    pub(super) fn cut_after(&mut self, direction: Direction, bytes: u64) {
        self.limits += 1;
        self.cut_after = Some(CutAfter {
            direction,
            bytes,
            number: self.limits,
        });
    }
}
