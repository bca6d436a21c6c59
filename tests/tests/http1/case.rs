//! A case: the bytes to send, and the responses that are required.

use std::fmt;

#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) source: String,
    /// The reason why both ways of sending can have different results.
    pub(super) timing: String,
    pub(super) steps: Vec<Step>,
    pub(super) has: Vec<String>,
    pub(super) lacks: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Send(Vec<u8>),
    Shut,
    /// Alternatives, each of which is accepted.
    Want(Vec<Want>),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Want {
    pub(super) statuses: Vec<String>,
    /// Only the last step has this.
    pub(super) end: Option<End>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Open,
    Closed,
    Left,
    /// Neither closed nor usable. No case can require this.
    Stuck,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Left => "left",
            Self::Stuck => "stuck",
        })
    }
}
