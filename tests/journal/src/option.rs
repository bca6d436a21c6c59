//! An option of routes, groups and entries.

use highball::prelude::*;

use crate::Journal;

/// Appends a line for each response.
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Copy)]
pub struct journaled {
    kind: &'static str,
    only_failures: bool,
}

impl journaled {
    /// Returns the option with its defaults.
    pub const fn new() -> Self {
        Self {
            kind: "request",
            only_failures: false,
        }
    }

    /// Sets the first word of the line.
    pub const fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// Leaves out responses below 400.
    pub const fn only_failures(mut self) -> Self {
        self.only_failures = true;
        self
    }
}

impl Default for journaled {
    fn default() -> Self {
        Self::new()
    }
}

#[middleware(facts = Facts::WRITES.and(Facts::FINISHES))]
impl journaled {
    async fn run(
        &self,
        journal: State<Journal>,
        cx: &mut Context<'_>,
        next: impl Next,
    ) -> Response {
        let response = next.run(cx).await;
        let status = response.status();
        if status.as_u16() >= 400 || !self.only_failures {
            journal.append([format!("{} {} {}", self.kind, cx.path(), status.as_u16())]);
        }
        response
    }
}
