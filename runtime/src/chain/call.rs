//! The value that every step of a chain receives, together with the context.

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
    extract::OpenScope,
    panics::PanicCause,
    request::{Connected, Context, Head, Locals, Miss, Provide, StandIns},
    response::{Rejection, Response},
};

/// The call of a chain: the request as a step sees it, and the way that is left to the handler.
///
/// It is a copied value. A step that adds something, for example a local, passes a changed copy to the rest.
pub struct Call<'r, S> {
    /// The head of the request.
    pub head: &'r Head,
    /// The part that does not change along the chain.
    pub(crate) scope: &'r RequestScope<'r, S>,
    /// The values that the steps before have provided.
    pub(crate) locals: &'r Locals<'r>,
    /// The body and the extractors that were awaited before the handler is called.
    pub(crate) buffered: &'r BufferedBody,
    /// The number of the field in each group that is left on the way, innermost first. The way ends at a handler, or
    /// on a miss at the group that responds.
    pub(crate) fields: &'static [u16],
    /// The fallback of the nearest group that has one.
    pub(crate) fallback: Option<Fallback<S>>,
}

/// The part of a [`Call`] that is the same for every step of the chain.
pub(crate) struct RequestScope<'r, S> {
    /// The data that the requests of the connection share, with the app state.
    pub(crate) connection: &'r Arc<Connected<S>>,
    /// Why no handler responds, if none does.
    pub(crate) miss: Option<Miss>,
    /// The function that turns a rejection into a response.
    pub(crate) render: Render,
    /// Whether guards may have to be skipped: on a miss, and if a test replaces some.
    pub(crate) may_skip: bool,
    /// The panics of the chain.
    pub(crate) faults: &'r Faults,
}

/// The inputs of a handler that have to be awaited: the body, the values of async extractors and the scopes.
#[derive(Default)]
pub struct BufferedBody {
    /// The whole body, if an argument takes it.
    pub(crate) body: Bytes,
    /// The values of the async extractors.
    pub(crate) prepared: Prepared,
    /// The scopes that are open around the handler.
    pub(crate) scopes: Vec<Box<dyn OpenScope>>,
}

impl fmt::Debug for BufferedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferedBody")
            .field("len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A handler of a group that runs if no route has the path.
pub(super) type Fallback<S> = for<'a> fn(&'a mut Context<'_>, Call<'a, S>) -> Boxed<'a>;

/// A function that turns a rejection into a response, in the app's format.
pub type Render = fn(&Rejection, &Context<'_>) -> Response;

/// Renders a rejection as problem details, for apps without another format.
pub fn problem(rejection: &Rejection, _: &Context<'_>) -> Response {
    rejection.problem()
}

pub(crate) type Boxed<'a> = Pin<Box<dyn Future<Output = Response> + Send + 'a>>;

/// A number that no field of a group has. It means that the way ends at this group, without a route.
pub(super) const MISS: u16 = u16::MAX;

/// Reads the whole body for a guard. The rest of the chain can read it again, because the bytes are shared.
///
/// # Errors
/// Returns a rejection if the body is over the limit or cannot be read to its end.
pub async fn buffer_body(cx: &mut Context<'_>) -> Result<BufferedBody, Rejection> {
    let body = cx.out().read_body().await?;
    cx.out().body = RequestBody::from(body.clone());
    Ok(BufferedBody {
        body,
        ..BufferedBody::default()
    })
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
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

impl<'r, S> Call<'r, S> {
    /// Returns a part of the app state.
    pub fn state<T: ?Sized>(&self) -> &'r T
    where
        S: Provide<T>,
    {
        self.scope.connection.shared.state.provide()
    }

    /// Takes the next number off the way: the field that the current group runs, or [`MISS`].
    pub fn next_field(&mut self) -> u16 {
        let Some((field, rest)) = self.fields.split_last() else {
            return MISS;
        };
        self.fields = rest;
        *field
    }

    /// Returns the call with a body that was read.
    pub fn with_buffered(self, buffered: &'r BufferedBody) -> Self {
        Self { buffered, ..self }
    }

    /// Sets the fallback of this group and the groups inside it.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback<S>) -> Self {
        self.fallback = Some(fallback);
        self
    }

    /// Returns whether no handler responds, so that the chain runs around a 404 or a similar response.
    pub fn is_miss(&self) -> bool {
        self.scope.miss.is_some()
    }

    /// Returns whether this guard is skipped: on a miss, or if a test leaves the guard out or gives the local that
    /// the guard provides.
    pub fn skips<T: 'static>(&self, guard: &impl Any) -> bool {
        // The flag comes first: it is the only check that a request to a route pays for.
        self.scope.may_skip
            && (self.is_miss()
                || self.stands_in::<T>()
                || self
                    .stand_ins()
                    .is_some_and(|s| s.leaves_out(guard.type_id())))
    }

    /// Returns whether a test gives the local that a part provides.
    pub fn stands_in<T: 'static>(&self) -> bool {
        self.scope.may_skip && self.stand_ins().is_some_and(StandIns::has_local::<T>)
    }

    fn stand_ins(&self) -> Option<&'r StandIns> {
        self.scope.connection.shared.stand_ins.as_deref()
    }

    /// Finishes a response: renders it if it is a rejection, and adds what was set through the context.
    ///
    /// It runs at two points, and cannot run at one only. The endpoint finishes its response before middleware sees
    /// it, so that middleware reads the status, headers and body that are sent. The additions of middleware, its own
    /// rejections and the headers that it sets through the context, are finished after the chain. Neither renders a
    /// rejection twice, because rendering takes it out of the response.
    pub(crate) fn finish(&self, cx: &mut Context<'_>, response: &mut Response) {
        let Some(rejection) = response.take_rejection() else {
            return cx.out().apply(response);
        };
        let broken = self
            .scope
            .render_into(response, &rejection, cx, Report::Now);
        if broken.is_some() {
            self.scope.faults.add([broken]);
        }
        cx.out().record.error(rejection);
        cx.out().apply(response);
    }
}

impl<S> RequestScope<'_, S> {
    /// Replaces the response with the rendered rejection. If the app's format panics, a 500 is rendered instead, and
    /// this returns it.
    pub(super) fn render_into(
        &self,
        response: &mut Response,
        rejection: &Rejection,
        cx: &Context<'_>,
        report: Report,
    ) -> Option<Rejection> {
        match self.report_and_render(rejection, cx, report) {
            Ok(rendered) => {
                response.replace(rendered.with_headers_of(response));
                rejection.add_headers(response);
                if !std::ptr::fn_addr_eq(self.render, problem as Render) {
                    response.set_own_format();
                }
                None
            }
            Err(cause) => {
                let cause = format!("rendering the rejection `{rejection}` {cause}");
                let broken = Rejection::internal().with_cause(cause);
                response.replace(broken.problem().with_headers_of(response));
                Some(broken)
            }
        }
    }

    /// Reports a rejection and renders it in the app's format.
    ///
    /// Both run code of the app, which may panic: the `Display` of the cause and the format. The panic is caught
    /// here and not by the chain, which would render it in the same format again.
    fn report_and_render(
        &self,
        rejection: &Rejection,
        cx: &Context<'_>,
        report: Report,
    ) -> Result<Response, PanicCause> {
        // Unwind safe: the rejection and the context are only read.
        let rendered = catch_unwind(AssertUnwindSafe(|| {
            if matches!(report, Report::Now) {
                report_now(rejection, cx);
            }
            let mut rendered = (self.render)(rejection, cx);
            // The app's format may return a rejection itself.
            rendered.render_as_problem();
            rendered
        }));
        rendered.map_err(PanicCause::new)
    }
}

/// When the cause of a rejection is reported to the operator.
#[derive(Debug, Clone, Copy)]
pub(super) enum Report {
    Now,
    /// With the other faults of the request, when it is over.
    Later,
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
