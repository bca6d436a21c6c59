//! The rest of a chain as a separate future, for a copy of the request.

use std::{
    fmt,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
    task::{self, Poll},
};

use super::{
    BufferedBody, Call, Chain, Faults, Render, RequestScope, call::Fallback, catch_panic,
    panic_response,
};
use crate::{
    body::Outcome,
    request::{Connected, Context, Head, Locals, Out, running_route},
    response::Response,
};

/// The rest of a chain, which does not depend on the request that it is for. [`Next::detached`] returns it.
///
/// # Cancel safety
/// If it is dropped, the rest of the chain is dropped with it.
///
/// [`Next::detached`]: super::Next::detached
///
/// # Examples
/// ```
/// use highball::{Detached, prelude::*};
///
/// #[middleware]
/// async fn apart(cx: &mut Context<'_>, next: impl Next) -> Response {
///     let rest: Detached = next.detached(cx);
///     rest.await
/// }
/// ```
#[must_use = "nothing runs unless it is awaited or spawned"]
pub struct Detached(Pin<Box<dyn Future<Output = Response> + Send>>);

impl fmt::Debug for Detached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Detached")
    }
}

impl Future for Detached {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Response> {
        self.0.as_mut().poll(task)
    }
}

/// The inputs of a chain, except the head, without the borrowed parts of a [`Call`].
struct Start<S: 'static> {
    connection: Arc<Connected<S>>,
    render: Render,
    fields: &'static [u16],
    fallback: Option<Fallback<S>>,
}

impl Detached {
    /// Returns the future that runs a chain, with one local.
    pub(super) fn new<S, C, L>(chain: C, call: Call<'_, S>, head: Head, local: L) -> Self
    where
        S: Send + Sync + 'static,
        C: Chain<S>,
        L: Send + Sync + 'static,
    {
        let start = Start {
            connection: Arc::clone(call.scope.connection),
            render: call.scope.render,
            fields: call.fields,
            fallback: call.fallback,
        };
        Self(Box::pin(run(chain, start, head, local)))
    }
}

async fn run<S, C, L>(chain: C, start: Start<S>, head: Head, local: L) -> Response
where
    S: Send + Sync + 'static,
    C: Chain<S>,
    L: Send + Sync + 'static,
{
    let shared = &start.connection.shared;
    let (mut out, mut faults) = (Out::default(), Faults::default());
    let mut cx = Context::new(&head, &mut out, &shared.tasks, &shared.health, &shared.kept);
    let scope = RequestScope {
        connection: &start.connection,
        miss: None,
        render: start.render,
        may_skip: shared.stand_ins.is_some(),
        faults: &faults,
    };
    let root = Locals::root(shared.locals());
    let call = Call {
        head: &head,
        scope: &scope,
        locals: &root.push(&local),
        buffered: &BufferedBody::default(),
        fields: start.fields,
        fallback: start.fallback,
    };
    let outcome =
        running_route::marked(head.route, catch_panic(pin!(chain.run(&mut cx, call)))).await;
    let mut response = outcome.unwrap_or_else(|cause| panic_response(call, cause));
    call.finish(&mut cx, &mut response);
    let outcome = match faults.move_to(&mut out.record, &head) {
        true => Outcome::Panicked,
        false => Outcome::Complete,
    };
    out.record.responded(response.status(), outcome);
    out.record.run_observers(&head);
    response
}
