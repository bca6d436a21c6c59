//! One exchange: a request in, a response out, and everything between in reading order.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
};

use http::{Method, request::Parts};

use crate::{
    app::{
        App, method_override, nearest, preflight,
        response_framing::{outlives, settle_framing},
    },
    body::{EndHook, OnEnd, Outcome, RequestBody},
    chain::{BufferedBody, Call, Endpoint, Faults, RequestScope, answer_panic, catch_panic},
    pool::{self, FreeList, MOST_ITEMS},
    request::{Connected, Context, Gate, Head, Locals, Miss, Out, Permit, running_route},
    response::{IntoResponse, Rejection, Response},
    routes::{Blame, Priority, Route, Segment},
    table::Found,
};

/// What one exchange needs; it is reused by the next one on the thread.
#[derive(Debug, Default)]
struct Slot {
    head: Head,
    out: Out,
    faults: Faults,
}

thread_local! {
    static SLOTS: FreeList<Box<Slot>> = const { FreeList::new(MOST_ITEMS, &pool::CONTEXTS) };
}

/// An exchange under field_path: when it is dropped it is over, and its observers run.
#[derive(Debug)]
struct OpenExchange(Option<Box<Slot>>);

/// A request that has been read and has found its way, before its chain runs.
pub(crate) struct RoutedRequest<S> {
    connection: Arc<Connected<S>>,
    watch: OpenExchange,
    target: Target,
    /// Whether it is answered to its end when its client leaves.
    finishes: bool,
}

impl<S> RoutedRequest<S> {
    pub(crate) fn new<A: App>(
        connection: Arc<Connected<S>>,
        head: Parts,
        body: RequestBody,
    ) -> Self {
        let mut slot = pool::take(&SLOTS).unwrap_or_default();
        slot.begin(&connection, head, body);
        let target = find_route::<A>(&mut slot.head);
        Self {
            finishes: connection.shared.finishes || slot.head.route.is_some_and(Route::finishes),
            connection,
            watch: OpenExchange(Some(slot)),
            target,
        }
    }
}

/// Answers one request.
pub(crate) async fn exchange<A, S>(begun: RoutedRequest<S>) -> Response
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    if !begun.finishes {
        return answer::<A, S>(begun).await;
    }
    // Whoever waits here may be dropped; the task goes on.
    let tasks = begun.connection.shared.tasks.clone();
    let task = tasks.spawn(answer::<A, S>(begun)).await;
    task.unwrap_or_else(|_| Rejection::internal().problem())
}

/// Runs the chain, and makes of its answer what HTTP allows.
async fn answer<A, S>(begun: RoutedRequest<S>) -> Response
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    let RoutedRequest {
        connection,
        mut watch,
        target,
        ..
    } = begun;
    let Some(slot) = watch.0.as_deref_mut() else {
        return Rejection::internal().problem();
    };
    let Slot { head, out, faults } = slot;
    let (head, shared) = (&*head, &connection.shared);
    let (target, _place) = wait_for_capacity(shared.gate.as_ref(), head, target).await;
    let mut cx = Context::new(head, out, &shared.tasks, &shared.health, &shared.kept);
    let has_miss = target.miss.is_some();
    let base = RequestScope {
        connection: &connection,
        miss: target.miss,
        render: A::RENDER,
        may_skip: has_miss || shared.stand_ins.is_some(),
        faults,
    };
    let env = Call {
        head,
        base: &base,
        locals: &Locals::root(shared.locals()),
        ready: &BufferedBody::default(),
        steps: target.steps,
        fallback: None,
    };
    let answer = running_route::marked(head.route, catch_panic(pin!(A::run(&mut cx, env)))).await;
    let mut answer = answer.unwrap_or_else(|cause| answer_panic(env, cause));
    env.finish(&mut cx, &mut answer);
    if let Err(fault) = settle_framing(&mut answer, head, cx.out().switches) {
        answer = unfit(answer, &mut cx, &env, fault);
    }
    // Nobody reads it any more, and a stream that is observed would keep it as long as itself.
    cx.out().body.drop_unread();
    answer.body_mut().tell(shared.tasks.signal());
    watch.attach(&mut answer);
    answer
}

/// Makes the answer in place of one that cannot be sent; it keeps what the chain has added to that.
#[cold]
fn unfit<S>(answer: Response, cx: &mut Context<'_>, env: &Call<'_, S>, fault: String) -> Response {
    let blame = Blame(env.head.route);
    let cause = format!("the response cannot be sent: {fault}, by {blame} or a part around it");
    let mut other = Rejection::internal().with_cause(cause).into_response();
    env.finish(cx, &mut other);
    let kept = answer.headers();
    for name in kept.keys().filter(|name| outlives(name)) {
        if !other.headers().contains_key(name) {
            for value in kept.get_all(name) {
                other.headers_mut().append(name.clone(), value.clone());
            }
        }
    }
    if settle_framing(&mut other, env.head, false).is_err() {
        // The app's format is at fault as well.
        other = Rejection::internal().problem();
        let _always_fits = settle_framing(&mut other, env.head, false);
    }
    other
}

impl OpenExchange {
    /// Keeps the exchange open until the answer's body has ended, if anyone observes it.
    fn attach(mut self, response: &mut Response) {
        let Some(slot) = &mut self.0 else { return };
        let panicked = slot.faults.settle(&mut slot.out.record, &slot.head);
        let outcome = match (panicked, response.body().is_empty()) {
            (true, _) => Outcome::Panicked,
            (false, true) => Outcome::Complete,
            (false, false) => Outcome::Cancelled,
        };
        slot.out.record.answer(response.status(), outcome);
        let observed = slot.out.record.is_observed();
        if panicked && !observed {
            // What a panic left half done is dropped, not pooled.
            self.0 = None;
        } else if observed && let Some(slot) = self.0.take() {
            response.body_mut().on_end(OnEnd::new(slot));
        }
    }
}

impl Drop for OpenExchange {
    fn drop(&mut self) {
        if let Some(slot) = self.0.take() {
            slot.finish();
        }
    }
}

impl EndHook for Slot {
    fn sent(&mut self, bytes: usize) {
        self.out.record.send(bytes);
    }

    fn ended(&mut self, outcome: Outcome) {
        self.out.record.end(outcome);
    }

    fn finish(mut self: Box<Self>) {
        let Self { head, out, faults } = &mut *self;
        let panicked = faults.settle(&mut out.record, head);
        out.record.finish(head);
        if !panicked {
            self.end();
            pool::give(&SLOTS, self);
        }
    }
}

impl Slot {
    fn begin<S>(&mut self, connection: &Connected<S>, parts: Parts, body: RequestBody) {
        #[cfg(feature = "ws")]
        let mut parts = parts;
        #[cfg(feature = "ws")]
        {
            self.out.upgrade = parts.extensions.remove();
        }
        self.head.method = parts.method;
        self.head.uri = parts.uri;
        self.head.version = parts.version;
        self.head.headers = parts.headers;
        let origin = &connection.origin;
        self.head.peer = origin.peer;
        self.head.is_secure = origin.is_secure;
        self.head.certificate.clone_from(&origin.certificate);
        if let (Some(proxies), Some(peer)) = (&connection.shared.proxies, origin.peer) {
            self.head.client = proxies.look(peer, &self.head.headers);
        }
        self.out.body = body;
        self.out.body_limit = connection.shared.body_limit;
    }

    /// Forgets the request; its header map will hold a later response's headers.
    fn end(&mut self) {
        pool::give_headers(self.head.clear());
        self.out.body = RequestBody::default();
        #[cfg(feature = "ws")]
        {
            self.out.upgrade = None;
        }
        self.out.switches = false;
        self.head.certificate = None;
        self.out.status = None;
        pool::clear_headers(&mut self.out.headers);
        pool::clear_headers(&mut self.out.added);
    }
}

/// Where an exchange goes.
pub(super) struct Target {
    pub(super) steps: &'static [u16],
    pub(super) miss: Option<Miss>,
}

impl Target {
    pub(super) fn miss(steps: &'static [u16], miss: Miss) -> Self {
        Self {
            steps,
            miss: Some(miss),
        }
    }

    /// Leads to the group around, which refuses the request.
    pub(super) fn refused(self, rejection: Rejection) -> Self {
        let group = match self.miss {
            None => group_of_steps(self.steps),
            Some(_) => self.steps,
        };
        Self::miss(group, Miss::Refused(Mutex::new(Some(rejection))))
    }
}

/// Waits for the request's turn, if the app has a capacity; its group answers if that never comes.
async fn wait_for_capacity<'g>(
    gate: Option<&'g Gate>,
    head: &Head,
    target: Target,
) -> (Target, Option<Permit<'g>>) {
    let Some(gate) = gate else {
        return (target, None);
    };
    let priority = head.route.map_or(Priority::Normal, Route::priority);
    match gate.enter(priority).await {
        Ok(place) => (target, Some(place)),
        Err(rejection) => (target.refused(rejection), None),
    }
}

/// Finds the route, or the group that answers in its place.
fn find_route<A: App>(head: &mut Head) -> Target {
    head.routes = A::LISTING;
    let path = head.uri.path();
    if path == "*" && head.method == Method::OPTIONS {
        return Target::miss(&[], Miss::Server);
    }
    if A::METHOD_OVERRIDE
        && let Err(rejection) = method_override::overridden(&mut head.method, &head.headers)
    {
        return Target::miss(nearest::<A>(path), Miss::Missing).refused(rejection);
    }
    match A::TABLE.find(&head.method, path, &mut head.captures) {
        Found::Route(idx) => route(head, idx),
        Found::Redirect(idx) => redirected::<A>(head, idx),
        Found::WrongMethod(allowed) => {
            if let Some(target) = preflight::target::<A>(head, &allowed) {
                return target;
            }
            let group = group_of::<A>(allowed.route());
            let options = head.method == Method::OPTIONS;
            let miss = if options {
                Miss::Options(allowed)
            } else {
                Miss::WrongMethod(allowed)
            };
            Target::miss(group, miss)
        }
        Found::Missing => Target::miss(nearest::<A>(path), Miss::Missing),
    }
}

/// Returns the way to the redirect to a route whose path has a slash more or less.
fn redirected<A: App>(head: &mut Head, idx: u16) -> Target {
    let group = group_of::<A>(idx);
    // `Location` cannot hold a broken escape, and a whole one in its place could lead to another route.
    if let Err(rejection) = head.decode(&head.routes[usize::from(idx)]) {
        return Target::miss(group, Miss::Missing).refused(rejection);
    }
    match other_slash(head, idx) {
        Some(target) => Target::miss(group, Miss::Redirect(target)),
        None => Target::miss(nearest::<A>(head.uri.path()), Miss::Missing),
    }
}

fn route(head: &mut Head, idx: u16) -> Target {
    let route = &head.routes[usize::from(idx)];
    let target = Target {
        steps: route.steps(),
        miss: None,
    };
    match head.decode(route) {
        Ok(()) => {
            head.route = Some(route);
            target
        }
        Err(rejection) => target.refused(rejection),
    }
}

fn group_of<A: App>(route: u16) -> &'static [u16] {
    group_of_steps(A::LISTING[usize::from(route)].steps())
}

/// Leaves out the step from the innermost group to the handler.
pub(super) fn group_of_steps(steps: &'static [u16]) -> &'static [u16] {
    steps.split_first().map_or(&[], |(_, group)| group)
}

/// Returns the request's target with a slash more or less at the end of its path, as the route has it.
fn other_slash(head: &Head, route: u16) -> Option<String> {
    let path = head.uri.path();
    // `//host` and `/\host` would be another server's address.
    if matches!(path.as_bytes(), [b'/', b'/' | b'\\', ..]) {
        return None;
    }
    // Not what the path ends with: a route `/a//` is asked for as `/a/`.
    let mut target = path.to_owned();
    match head.routes[usize::from(route)].segments().last() {
        Some(Segment::Static("")) => target.push('/'),
        _ => drop(target.pop()),
    }
    if let Some(query) = head.uri.query() {
        target.push('?');
        target.push_str(query);
    }
    Some(target)
}
