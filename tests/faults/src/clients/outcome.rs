//! The ends of clients, counted.

use std::collections::BTreeMap;

use super::response::Response;

/// How the clients of [`Clients::run`](super::Clients::run) ended.
///
/// Each client that has sent its part is in `answered`, `left` or `closed`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Outcome {
    /// The clients that have connected and sent their part.
    pub sent: usize,
    /// The clients that got a whole response, by its status.
    pub answered: BTreeMap<u16, usize>,
    /// The clients that left before the end of a response.
    pub left: usize,
    /// Those of `left` that had got the status.
    pub left_in_response: usize,
    /// The clients whose connection the server closed before the end of a response.
    pub closed: usize,
    /// The clients that could not connect or send.
    pub failed: usize,
}

/// The end of one client.
#[derive(Debug)]
pub(super) enum End {
    Answered(u16),
    Left { in_response: bool },
    Closed,
    Failed,
}

impl Outcome {
    /// Returns how many clients got a whole response with a status.
    pub fn answered_with(&self, status: u16) -> usize {
        self.answered.get(&status).copied().unwrap_or(0)
    }

    pub(super) fn add(&mut self, end: End) {
        self.sent += usize::from(!matches!(end, End::Failed));
        match end {
            End::Answered(status) => *self.answered.entry(status).or_default() += 1,
            End::Left { in_response } => {
                self.left += 1;
                self.left_in_response += usize::from(in_response);
            }
            End::Closed => self.closed += 1,
            End::Failed => self.failed += 1,
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.sent += other.sent;
        self.left += other.left;
        self.left_in_response += other.left_in_response;
        self.closed += other.closed;
        self.failed += other.failed;
        for (status, count) in &other.answered {
            *self.answered.entry(*status).or_default() += count;
        }
    }
}

impl End {
    pub(super) fn of(response: &Response, left: bool) -> Self {
        match response.status() {
            Some(status) if response.is_complete() => Self::Answered(status),
            status if left => Self::Left {
                in_response: status.is_some(),
            },
            _ => Self::Closed,
        }
    }
}
