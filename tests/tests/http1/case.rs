//! A case: what is sent, and what must come back.

use std::fmt;

#[derive(Debug, Default)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) source: String,
    /// Why both ways of sending need not come to the same.
    pub(super) timing: String,
    pub(super) steps: Vec<Step>,
    pub(super) has: Vec<String>,
    pub(super) lacks: Vec<String>,
}

#[derive(Debug, PartialEq)]
pub(super) enum Step {
    Send(Vec<u8>),
    Shut,
    /// What is equally good.
    Want(Vec<Want>),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Want {
    pub(super) statuses: Vec<String>,
    /// Said by the last step only.
    pub(super) end: Option<End>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Open,
    Closed,
    Left,
    /// Neither closed nor of use, which no case can want.
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
