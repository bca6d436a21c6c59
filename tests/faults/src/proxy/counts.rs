//! The counts of a proxy.

use std::time::Instant;

use super::rules::Direction;

/// Numbers of a [`Proxy`](super::Proxy) since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// The connections that were accepted, including those that were refused.
    pub accepted: usize,
    /// The connections that were reset at once, because of [`refuse`](super::Proxy::refuse).
    pub refused: usize,
    /// The connections that are open now.
    pub open: usize,
    /// The most connections that were open at once.
    pub max_open: usize,
    /// The bytes that were passed from clients to the server.
    pub to_server: u64,
    /// The bytes that were passed from the server to clients.
    pub to_client: u64,
    /// The bytes that [`blackhole`](super::Proxy::blackhole) has dropped.
    pub dropped: u64,
}

/// The times of one connection through a [`Proxy`](super::Proxy).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Connect {
    /// When the proxy accepted the client.
    pub accepted: Instant,
    /// When the first byte of the server was passed to the client.
    pub answered: Option<Instant>,
    /// When the connection ended.
    pub closed: Option<Instant>,
}

#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) counts: Counts,
    pub(super) connects: Vec<Connect>,
}

impl Ledger {
    /// Counts a new connection, and returns its number.
    pub(super) fn open(&mut self) -> usize {
        self.counts.accepted += 1;
        self.counts.open += 1;
        self.counts.max_open = self.counts.max_open.max(self.counts.open);
        self.connects.push(Connect {
            accepted: Instant::now(),
            answered: None,
            closed: None,
        });
        self.connects.len() - 1
    }

    pub(super) fn refuse(&mut self) {
        self.counts.accepted += 1;
        self.counts.refused += 1;
    }

    pub(super) fn close(&mut self, number: usize) {
        self.counts.open -= 1;
        self.connects[number].closed = Some(Instant::now());
    }

    pub(super) fn pass(&mut self, number: usize, direction: Direction, bytes: usize) {
        match direction {
            Direction::ToServer => self.counts.to_server += bytes as u64,
            Direction::ToClient => {
                self.counts.to_client += bytes as u64;
                self.connects[number]
                    .answered
                    .get_or_insert_with(Instant::now);
            }
        }
    }
}

/// Returns the most connections that were being made at once.
pub(super) fn most_at_once(connects: &[Connect]) -> usize {
    let mut changes: Vec<(Instant, bool)> = Vec::new();
    for connect in connects {
        changes.push((connect.accepted, true));
        changes.extend(connect.answered.or(connect.closed).map(|end| (end, false)));
    }
    // An end is before a beginning of the same time.
    changes.sort();
    let (mut now, mut most) = (0_usize, 0);
    for (_, begins) in changes {
        now = if begins {
            now + 1
        } else {
            now.saturating_sub(1)
        };
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Connect, most_at_once};

    fn check(times: &[(u64, Option<u64>)], expected: usize) {
        let start = Instant::now();
        let at = |second| start + Duration::from_secs(second);
        let connects: Vec<Connect> = times
            .iter()
            .map(|&(accepted, answered)| Connect {
                accepted: at(accepted),
                answered: answered.map(at),
                closed: None,
            })
            .collect();
        assert_eq!(most_at_once(&connects), expected, "{times:?}");
    }

    #[test]
    fn overlaps_of_connects_are_counted() {
        check(&[], 0);
        check(&[(0, Some(1)), (1, Some(2)), (2, Some(3))], 1);
        check(&[(0, Some(3)), (1, Some(2)), (2, Some(4))], 2);
        check(&[(0, None), (1, None), (2, Some(3))], 3);
    }
}
