//! The levels of alerts, by labels.

/// The label with the level of an alert: `P1` or `P2`. The rules of [`Alerts`](crate::Alerts) have it.
pub(super) const PRIORITY: &str = "priority";

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// It wakes people up.
    P1,
    /// It waits for the morning. An alert without a level is one, too.
    P2,
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::P1 => "P1",
            Self::P2 => "P2",
        }
    }
}
