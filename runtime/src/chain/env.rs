//! What every step of a chain carries.

use std::{
    any::Any,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
};

use bytes::Bytes;

use super::{Faults, prepared::Prepared};
use crate::{
    body::RequestBody,
    panics::PanicCause,
    request::{Connected, Context, Head, Locals, Miss, Provide, StandIns},
    response::{Rejection, Response},
};

/// What every step of the chain can read, and where the route stands.
pub struct Call<'r, S> {
    /// The head of the request.
    pub head: &'r Head,
    /// What is the same from the first step to the last.
    pub(crate) base: &'r RequestScope<'r, S>,
    /// The values that the chain so far has provided.
    pub(crate) locals: &'r Locals<'r>,
    /// What was waited for on the handler's behalf.
    pub(crate) ready: &'r BufferedBody,
    /// The fields on the way to the route, or to the group that answers, innermost first.
    pub(crate) steps: &'static [u16],
    /// The answer to a path without a route, of the nearest group that has one.
    pub(crate) fallback: Option<Fallback<S>>,
}

/// What is the same from the first step of a chain to the last.
pub(crate) struct RequestScope<'r, S> {
    /// What the connection's requests share, the app state among it.
    pub(crate) connection: &'r Arc<Connected<S>>,
    /// Where there is no route: what the last group answers.
    pub(crate) miss: Option<Miss>,
    /// How the app writes a rejection.
    pub(crate) render: Render,
    /// Whether parts may have to be skipped: there is no route, or a test stands in for some.
    pub(crate) may_skip: bool,
    /// What has panicked on the way.
    pub(crate) faults: &'r Faults,
}

/// What was waited for on a handler's behalf.
#[derive(Debug, Default)]
pub struct BufferedBody {
    /// The body, where the handler reads it whole.
    pub(crate) body: Bytes,
    /// What its async extractors have made.
    pub(crate) prepared: Prepared,
}

/// A group's own answer to a path without a route.
pub(super) type Fallback<S> = for<'a> fn(&'a mut Context<'_>, Call<'a, S>) -> Boxed<'a>;

/// How an app writes a rejection.
pub type Render = fn(&Rejection, &Context<'_>) -> Response;

/// Writes the rejection where the app has no format of its own.
pub fn problem(rejection: &Rejection, _: &Context<'_>) -> Response {
    rejection.problem()
}

pub(crate) type Boxed<'a> = Pin<Box<dyn Future<Output = Response> + Send + 'a>>;

/// The number that no field of a group has: the way ends here, without a route.
pub(super) const MISS: u16 = u16::MAX;

/// Reads the body for a guard, and leaves it for whoever is further in; the bytes are shared.
///
/// # Errors
/// Where it is over the limit, or cannot be read to its end.
pub async fn buffer_body(cx: &mut Context<'_>) -> Result<BufferedBody, Rejection> {
    let body = cx.out().read_body().await?;
    cx.out().body = RequestBody::from(body.clone());
    let prepared = Prepared::default();
    Ok(BufferedBody { body, prepared })
}

impl<S> Clone for Call<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Call<'_, S> {}

impl<S> fmt::Debug for Call<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl<'r, S> Call<'r, S> {
    /// Returns a part of the app state.
    pub fn state<T: ?Sized>(&self) -> &'r T
    where
        S: Provide<T>,
    {
        self.base.connection.shared.state.provide()
    }

    /// Takes the next step: the field of the group at hand, or [`MISS`].
    pub fn step(&mut self) -> u16 {
        let Some((step, rest)) = self.steps.split_last() else {
            return MISS;
        };
        self.steps = rest;
        *step
    }

    /// Returns what is the same, with what has been waited for.
    pub fn with_ready(self, ready: &'r BufferedBody) -> Self {
        Self { ready, ..self }
    }

    /// Makes this the answer to a path without a route, here and further in.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback<S>) -> Self {
        self.fallback = Some(fallback);
        self
    }

    /// Returns whether no handler answers: the chain runs around the answer in its place.
    pub fn is_miss(&self) -> bool {
        self.base.miss.is_some()
    }

    /// Returns whether this guard does not run: no handler answers, a test leaves the guard out, or it
    /// gives the local that the guard provides.
    pub fn skips<T: 'static>(&self, guard: &impl Any) -> bool {
        // The first is all that a request to a route pays for.
        self.base.may_skip
            && (self.is_miss()
                || self.stands_in::<T>()
                || self
                    .stand_ins()
                    .is_some_and(|s| s.leaves_out(guard.type_id())))
    }

    /// Returns whether a test gives the local that a part provides.
    pub fn stands_in<T: 'static>(&self) -> bool {
        self.base.may_skip && self.stand_ins().is_some_and(StandIns::has_local::<T>)
    }

    fn stand_ins(&self) -> Option<&'r StandIns> {
        self.base.connection.shared.stand_ins.as_deref()
    }

    /// Writes the response's rejection in the app's format, if it is one.
    pub(crate) fn finish(&self, cx: &mut Context<'_>, response: &mut Response) {
        let Some(rejection) = response.take_rejection() else {
            return cx.out().apply(response);
        };
        let broken = self.base.write(&rejection, cx, response, true);
        if broken.is_some() {
            self.base.faults.add([broken]);
        }
        cx.out().record.error(rejection);
        cx.out().apply(response);
    }
}

impl<S> RequestScope<'_, S> {
    /// Writes a rejection in the response's place; if its writing panics, returns the one that was
    /// written instead.
    pub(super) fn write(
        &self,
        rejection: &Rejection,
        cx: &Context<'_>,
        response: &mut Response,
        reports: bool,
    ) -> Option<Rejection> {
        let written = match reports {
            true => catch_unwind(AssertUnwindSafe(|| report_now(rejection, cx)))
                .map_err(PanicCause::new)
                .and_then(|()| self.written(rejection, cx)),
            false => self.written(rejection, cx),
        };
        match written {
            Ok(written) => {
                response.replace(written.with_headers_of(response));
                rejection.add_headers(response);
                None
            }
            Err(cause) => {
                let cause = format!("the writing of `{rejection}` {cause}");
                let broken = Rejection::internal().with_cause(cause);
                response.replace(broken.problem().with_headers_of(response));
                Some(broken)
            }
        }
    }

    /// Writes a rejection, for the operator and in the app's format.
    ///
    /// Both run code of the app's: a cause is shown, and a format may panic. The panic is not caught by
    /// the chain, since it would be written in the same format again.
    fn written(&self, rejection: &Rejection, cx: &Context<'_>) -> Result<Response, PanicCause> {
        // Unwind safe: the rejection and the context are only lent to be read.
        let written = catch_unwind(AssertUnwindSafe(|| {
            let mut written = (self.render)(rejection, cx);
            // The app's format may have left it to us after all.
            written.settle();
            written
        }));
        written.map_err(PanicCause::new)
    }
}

/// Reports the cause of a rejection. If observers run, one of them may log it, so it is reported afterwards.
///
/// The cause is formatted now in either case: if its `Display` panics, that is a panic of this request.
fn report_now(rejection: &Rejection, cx: &Context<'_>) {
    if cx.is_observed() {
        let _formatted = rejection.cause().map(ToString::to_string);
    } else {
        rejection.report(cx.method(), cx.path());
    }
}
