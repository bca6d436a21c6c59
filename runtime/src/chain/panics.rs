//! Catches panics in a chain and turns them into responses.
//!
//! A panic is caught wherever a middleware runs the rest of a chain, and once more around the whole chain. So a
//! middleware sees a panic of an inner step as a returned 500, and its own panic is such a response for the
//! middleware outside. A handler without middleware is caught once, and nothing is added to its future.

use std::{
    future::{Future, poll_fn},
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{self, Poll},
};

use pin_project_lite::pin_project;

use super::{Call, RequestScope, call::Report};
use crate::{
    panics::PanicCause,
    request::{Context, Head, Out, Record},
    response::{Rejection, Response},
};

pin_project! {
    /// The rest of a chain as a future that returns a 500 if it panics.
    ///
    /// An `async` block would do the same, but the compiler nests four types for one, and each counts against its
    /// limit. This is one type. It does not have the context, because the future borrows it: see
    /// [`respond_to_panic`].
    pub(super) struct Caught<'r, F, S> {
        #[pin]
        future: F,
        head: &'r Head,
        scope: &'r RequestScope<'r, S>,
    }
}

impl<'r, F, S> Caught<'r, F, S> {
    pub(super) fn new(future: F, call: Call<'r, S>) -> Self {
        let Call { head, scope, .. } = call;
        Self {
            future,
            head,
            scope,
        }
    }
}

impl<F: Future<Output = Response>, S> Future for Caught<'_, F, S> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Response> {
        let this = self.project();
        match poll(this.future, task) {
            Ok(poll) => poll,
            Err(cause) => Poll::Ready(respond_to_panic(this.head, this.scope, cause)),
        }
    }
}

/// Catches a panic like [`Caught`], for a future that is already pinned. It returns the message of the panic.
pub(crate) fn catch_panic<F: Future>(
    mut future: Pin<&mut F>,
) -> impl Future<Output = Result<F::Output, PanicCause>> + Unpin {
    poll_fn(move |task| match poll(future.as_mut(), task) {
        Ok(poll) => poll.map(Ok),
        Err(cause) => Poll::Ready(Err(cause)),
    })
}

/// Polls the future. If it panics, returns the message of the panic. The panic hook has logged the place.
fn poll<F: Future>(
    future: Pin<&mut F>,
    task: &mut task::Context<'_>,
) -> Result<Poll<F::Output>, PanicCause> {
    // Unwind safe for everything the framework owns. The future is not polled again, and its locals are dropped. The
    // context that it borrowed has only complete values (a header map, a status, the record, the body), because each
    // is changed by one call. The body may be half read, and is never read again: the state of an exchange that
    // panicked is dropped, not pooled. Values that an app shares between requests are behind a lock that poisons, or
    // the app has to keep them consistent.
    let polled = catch_unwind(AssertUnwindSafe(|| future.poll(task)));
    polled.map_err(PanicCause::new)
}

/// Returns the response for a panic: the same as if the step had returned a 500.
pub(crate) fn panic_response<S>(call: Call<'_, S>, cause: PanicCause) -> Response {
    respond_to_panic(call.head, call.scope, cause)
}

#[cold]
fn respond_to_panic<S>(head: &Head, scope: &RequestScope<'_, S>, cause: PanicCause) -> Response {
    let shared = &scope.connection.shared;
    // The app's format gets a new context with the same head. The status and headers that were set through the real
    // context are added when the response is finished.
    let mut out = Out::default();
    let cx = Context::new(head, &mut out, &shared.tasks, &shared.health, &shared.kept);
    let rejection = Rejection::internal().with_source(cause);
    let mut response = Response::empty(rejection.status());
    let broken = scope.render_into(&mut response, &rejection, &cx, Report::Later);
    scope.faults.add([Some(rejection), broken]);
    response
}

/// The panics of one exchange.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    has_panicked: AtomicBool,
    /// The rejections for the observers.
    errors: Mutex<Vec<Rejection>>,
}

impl Faults {
    /// Records a panic with the rejections that it became.
    pub(super) fn add(&self, rejections: impl IntoIterator<Item = Option<Rejection>>) {
        self.has_panicked.store(true, Relaxed);
        let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
        errors.extend(rejections.into_iter().flatten());
    }

    /// Moves the panics to the record of the exchange, and returns whether there were any. Without observers they
    /// are reported at once.
    pub(crate) fn move_to(&mut self, record: &mut Record, head: &Head) -> bool {
        if !*self.has_panicked.get_mut() {
            return false;
        }
        let errors = self.errors.get_mut();
        let errors = mem::take(errors.unwrap_or_else(PoisonError::into_inner));
        for error in errors {
            if record.is_observed() {
                record.error(error);
            } else {
                error.report(&head.method, head.uri.path());
            }
        }
        record.panicked();
        true
    }
}
