//! An argument of handlers with a scope: lines that are appended only if the request succeeds.

use std::{
    mem,
    sync::{Mutex, PoisonError},
};

use highball::{
    extract::{Opens, Scope},
    prelude::*,
    tokio::sync::OwnedSemaphorePermit,
};

use crate::{Journal, Line};

/// The lines of one request.
#[derive(Debug)]
pub struct Draft {
    journal: Journal,
    lines: Mutex<Vec<String>>,
    /// Given back when the scope is dropped.
    _permit: OwnedSemaphorePermit,
}

impl Scope for Draft {
    type State = Journal;
    const ID: Fact = Fact::scope("draft", "journal");

    async fn open(cx: &mut Context<'_>, input: Input<'_, Journal>) -> Result<Self, Rejection> {
        let journal = input.state().clone();
        let busy = || Rejection::new(StatusCode::SERVICE_UNAVAILABLE, "the journal is busy");
        // At most half of the time is spent here, so that the handler has some.
        let now = cx.clock().now();
        let half = cx
            .deadline()
            .map_or(secs(5), |deadline| (deadline - now) / 2);
        let free = journal.drafts().clone().acquire_owned();
        let permit = cx.clock().timeout(half, free).await.map_err(|_| busy())?;
        Ok(Self {
            journal,
            lines: Mutex::default(),
            _permit: permit.map_err(|_| busy())?,
        })
    }

    async fn close(self, _: &mut Context<'_>, response: Response) -> Response {
        if response.status().is_success() {
            let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
            self.journal.append(mem::take(&mut *lines));
        }
        response
    }
}

/// Appends lines to the journal if the request succeeds.
#[derive(Debug, Clone, Copy)]
pub struct Lines<'r>(&'r Draft);

impl<'r> Extract<'r> for Lines<'r> {
    type State = Journal;
    const FACTS: Facts = Facts::WRITES.and(Facts::named(&[Draft::ID]));
    const OPENS: Option<Opens<Journal>> = Some(Opens::of::<Draft>());

    fn extract(input: Input<'r, Journal>) -> Result<Self, Rejection> {
        input.opened().map(Self).ok_or_else(Rejection::internal)
    }
}

impl Lines<'_> {
    /// Adds a line.
    pub fn add(&self, line: &(impl Line + ?Sized)) {
        let mut lines = self.0.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line.line());
    }
}
