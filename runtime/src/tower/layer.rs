//! A layer of tower's around the rest of a chain.
//!
//! A layer wants a service that it may keep, clone and call from anywhere, and the rest of a chain
//! lives in the frames of one request. So the layer gets [`ChainService`], which hands the request over to
//! the chain that waits outside, and brings back its answer.

use std::{
    any::Any,
    convert::Infallible,
    fmt,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    task::{self, Poll, Waker},
};

use bytes::Buf;
use http::Request;
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    app::service,
    body::{Body, BoxError, RequestBody},
    chain::{Call, Chain, answer_panic, catch_panic},
    request::Context,
    response::{IntoResponse, Rejection, Response},
};

/// The rest of a chain, as a service that a tower layer can stand around.
#[derive(Debug, Clone, Copy)]
pub struct ChainService;

/// Where the service of a layer is kept: one for the app, so that what it counts is counted once.
#[derive(Debug)]
pub struct LayerCell(OnceLock<Box<dyn Any + Send + Sync>>);

impl LayerCell {
    /// Makes room for one.
    #[allow(clippy::new_without_default, reason = "the macros call it")]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Returns the service of the layer, which is made when it is first needed.
    pub fn service<L>(&self, layer: impl Fn() -> L) -> L::Service
    where
        L: Layer<ChainService, Service: Clone + Send + Sync + 'static>,
    {
        let make = || layer().layer(ChainService);
        let made = self.0.get_or_init(|| Box::new(make()));
        // It has one type, since it comes from one place.
        made.downcast_ref().map_or_else(make, L::Service::clone)
    }
}

/// Runs the rest of a chain inside the service of a layer.
pub async fn run_layer<S, C, V, B>(
    service: impl FnOnce() -> V + Send,
    cx: &mut Context<'_>,
    env: Call<'_, S>,
    rest: C,
) -> Response
where
    S: Send + Sync + 'static,
    C: Chain<S>,
    V: Service<
            Request<RequestBody>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
            Future: Send,
        > + Send,
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    let passage = Arc::<Passage>::default();
    let mut request = service::request(cx);
    request.extensions_mut().insert(Arc::clone(&passage));
    // It is made here, where a panic of the layer is caught.
    let mut outside = pin!(service::answer(service(), request));
    let asked = poll_fn(|task| match outside.as_mut().poll(task) {
        Poll::Ready(response) => Poll::Ready(Err(response)),
        Poll::Pending => passage.poll_request(task).map(Ok),
    });
    let (parts, body) = match asked.await {
        Ok(request) => request.into_parts(),
        // The layer answers itself.
        Err(response) => return response,
    };
    // The path has found its route; what the layer made of the rest is what is further in.
    let head = cx.head().with_headers(parts.headers);
    let env = Call { head: &head, ..env };
    let mut cx = cx.over(&head);
    cx.out().body = body;
    let mut inside = pin!(async {
        let answer = catch_panic(pin!(rest.call(&mut cx, env))).await;
        let mut response = answer.unwrap_or_else(|cause| answer_panic(env, cause));
        env.finish(&mut cx, &mut response);
        passage.answer(response);
    });
    let mut is_done = false;
    poll_fn(|task| {
        // Where the layer has dropped the call, nobody waits for it.
        if !is_done && !passage.is_left() {
            is_done = inside.as_mut().poll(task).is_ready();
        }
        outside.as_mut().poll(task)
    })
    .await
}

/// What travels between a layer and the chain of one request.
#[derive(Default)]
struct Passage(Mutex<Passing>);

#[derive(Default)]
struct Passing {
    request: Option<Request<RequestBody>>,
    response: Option<Response>,
    /// The layer has called: the rest of a chain runs once.
    has_called: bool,
    /// The layer has dropped the call.
    is_left: bool,
    /// Who waits for the request, and who for the response.
    outside: Option<Waker>,
    inside: Option<Waker>,
}

impl Passage {
    fn lock(&self) -> MutexGuard<'_, Passing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_left(&self) -> bool {
        self.lock().is_left
    }

    fn poll_request(&self, task: &task::Context<'_>) -> Poll<Request<RequestBody>> {
        let mut passing = self.lock();
        match passing.request.take() {
            Some(request) => Poll::Ready(request),
            None => {
                passing.outside = Some(task.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Hands the request over, unless that was done before.
    fn ask(&self, request: Request<RequestBody>) -> bool {
        let mut passing = self.lock();
        if std::mem::replace(&mut passing.has_called, true) {
            return false;
        }
        passing.request = Some(request);
        let waiting = passing.outside.take();
        drop(passing);
        wake(waiting);
        true
    }

    fn answer(&self, response: Response) {
        let mut passing = self.lock();
        passing.response = Some(response);
        let waiting = passing.inside.take();
        drop(passing);
        wake(waiting);
    }
}

fn wake(waiting: Option<Waker>) {
    if let Some(waiting) = waiting {
        waiting.wake();
    }
}

/// The answer of what is inside.
pub struct Answer(Option<Arc<Passage>>);

impl Future for Answer {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let Some(passage) = &self.0 else {
            let cause = "a layer called the rest of the chain twice, or with a request of its own";
            let rejection = Rejection::internal().with_cause(cause);
            return Poll::Ready(Ok(rejection.into_response().into()));
        };
        let mut passing = passage.lock();
        match passing.response.take() {
            Some(response) => Poll::Ready(Ok(response.into())),
            None => {
                passing.inside = Some(task.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        if let Some(passage) = &self.0 {
            passage.lock().is_left = true;
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

impl<B> Service<Request<B>> for ChainService
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> Answer {
        let passage = request.extensions_mut().remove::<Arc<Passage>>();
        let asked = passage.filter(|passage| passage.ask(request.map(RequestBody::new)));
        Answer(asked)
    }
}
