//! Dispatch: what happens to one request between the connection and the response, in order.
//!
//! [`route_request`] finds the route. [`handle_request`] waits for capacity, runs the chain of the route and makes
//! the response one that HTTP allows. From then on the body of the response owns the exchange, until the body has
//! ended and the observers have run.

use std::{pin::pin, sync::Arc};

use http::request::Parts;

use crate::{
    app::{
        App,
        open_exchange::{ExchangeState, OpenExchange},
        response_framing::{apply_framing, is_kept_on_failure},
        routing::find_target,
        target::Target,
    },
    body::RequestBody,
    chain::{BufferedBody, Call, Endpoint, RequestScope, catch_panic, panic_response},
    request::{Connected, Context, Gate, Head, Locals, Permit, Shared, running_route, too_busy},
    response::{IntoResponse, Rejection, Response},
    routes::{Blame, Priority, Route},
};

/// A request whose route is known and whose chain has not run yet.
///
/// The server makes it before it makes the future that responds, because this is small and that future is not.
pub(crate) struct RoutedRequest<S> {
    connection: Arc<Connected<S>>,
    exchange: OpenExchange,
    target: Target,
    /// Whether the handler runs to its end after the client has disconnected.
    finishes: bool,
}

/// Finds the route of a request.
pub(crate) fn route_request<A: App, S>(
    connection: Arc<Connected<S>>,
    head: Parts,
    body: RequestBody,
) -> RoutedRequest<S> {
    let mut state = ExchangeState::take(&connection, head, body);
    let target = find_target::<A>(&mut state.head);
    RoutedRequest {
        finishes: connection.shared.finishes || state.head.route.is_some_and(Route::finishes),
        connection,
        exchange: OpenExchange::new(state),
        target,
    }
}

impl<S> RoutedRequest<S> {
    /// Returns the head of the request.
    pub(crate) fn head(&mut self) -> Option<&Head> {
        self.exchange.state().map(|state| &state.head)
    }
}

/// Responds to a routed request.
pub(crate) async fn handle_request<A, S>(routed: RoutedRequest<S>) -> Response
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    if !routed.finishes {
        return run_exchange::<A, S>(routed).await;
    }
    // The server drops this future when the client disconnects. The task keeps running.
    let tasks = routed.connection.shared.tasks.clone();
    let task = tasks.spawn(run_exchange::<A, S>(routed)).await;
    task.unwrap_or_else(|_| Rejection::internal().problem())
}

/// Runs the chain, makes its response one that HTTP allows, and leaves the exchange to the response's body.
async fn run_exchange<A, S>(routed: RoutedRequest<S>) -> Response
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    let RoutedRequest {
        connection,
        mut exchange,
        target,
        ..
    } = routed;
    let Some(state) = exchange.state() else {
        return Rejection::internal().problem();
    };
    let ExchangeState { head, out, faults } = state;
    let (head, shared) = (&*head, &connection.shared);
    // Operators can look at a server that is busy.
    let gate = shared.gate.as_deref().filter(|_| !A::IS_ADMIN);
    let sheds = !A::IS_ADMIN && shared.control.sheds_background();
    let (target, _permit) = wait_for_capacity(gate, sheds, shared, head, target).await;
    let mut cx = Context::new(head, out, &shared.tasks, &shared.health, &shared.kept);
    let is_miss = target.miss.is_some();
    let scope = RequestScope {
        connection: &connection,
        miss: target.miss,
        render: A::RENDER,
        may_skip: is_miss || shared.stand_ins.is_some(),
        faults,
    };
    let call = Call {
        head,
        scope: &scope,
        locals: &Locals::root(shared.locals()),
        buffered: &BufferedBody::default(),
        fields: target.fields,
        fallback: None,
    };
    // One statement, so that the chain's future is dropped, and the context free again, before the response is
    // finished.
    let outcome = running_route::marked(head.route, catch_panic(pin!(A::run(&mut cx, call)))).await;
    let mut response = outcome.unwrap_or_else(|cause| panic_response(call, cause));
    // The endpoint has finished its own response, so that middleware sees it as it will be sent. This finishes what
    // middleware did after that: a rejection of a guard, and headers that were set through the context.
    call.finish(&mut cx, &mut response);
    if let Err(fault) = apply_framing(&mut response, head, cx.out().switches) {
        response = replace_invalid(response, &mut cx, &call, fault);
    }
    #[cfg(debug_assertions)]
    crate::app::seen_answers::record(head.route.filter(|_| !is_miss), &response);
    // Nothing reads the request's body any more. An observed response keeps the exchange, and would keep the body
    // for as long as it is streamed.
    cx.out().body.drop_unread();
    response.body_mut().follow_shutdown(shared.tasks.signal());
    exchange.follow_body(&mut response);
    response
}

/// Waits for a permit, if the app has a capacity. Without one the request's group rejects it, as it rejects background
/// requests that are shed.
async fn wait_for_capacity<'g, S>(
    gate: Option<&'g Gate>,
    sheds_background: bool,
    shared: &Shared<S>,
    head: &Head,
    target: Target,
) -> (Target, Option<Permit<'g>>) {
    // The route is looked up first, because it has the priority. The lookup costs less than a rejection.
    let priority = || head.route.map_or(Priority::Normal, Route::priority);
    if sheds_background && priority() == Priority::Background {
        return (target.rejected(too_busy()), None);
    }
    let Some(gate) = gate else {
        return (target, None);
    };
    let priority = priority();
    match gate.acquire(priority, shared.tasks.clock()).await {
        Ok(permit) => (target, Some(permit)),
        Err(rejection) => (target.rejected(rejection), None),
    }
}

/// Returns a 500 in place of a response that cannot be sent. It keeps the headers that middleware added.
#[cold]
fn replace_invalid<S>(
    invalid: Response,
    cx: &mut Context<'_>,
    call: &Call<'_, S>,
    fault: String,
) -> Response {
    let blame = Blame(call.head.route);
    let cause =
        format!("the response cannot be sent: {fault}, by {blame} or by middleware around it");
    let mut response = Rejection::internal().with_cause(cause).into_response();
    call.finish(cx, &mut response);
    let kept = invalid.headers();
    for name in kept.keys().filter(|name| is_kept_on_failure(name)) {
        if !response.headers().contains_key(name) {
            for value in kept.get_all(name) {
                response.headers_mut().append(name.clone(), value.clone());
            }
        }
    }
    if apply_framing(&mut response, call.head, false).is_err() {
        // The app's own format of rejections cannot be sent either.
        response = Rejection::internal().problem();
        let _always_valid = apply_framing(&mut response, call.head, false);
    }
    response
}
