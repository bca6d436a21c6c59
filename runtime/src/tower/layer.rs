//! Runs a tower layer around the rest of a chain.
//!
//! A layer requires a service that it may keep, clone and call from any task, and the rest of a chain borrows from
//! the frames of one request. So the layer gets a [`ChainService`]. It sends the request to the chain, which waits in
//! its own frame, next to the layer's future, and returns the chain's response.

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
    chain::{Call, Chain, catch_panic, panic_response},
    request::Context,
    response::{IntoResponse, Rejection, Response},
};

/// The rest of a chain as a tower service, which tower layers wrap.
///
/// `with(layer(..))` puts a tower layer on a route, a group or an app. The layer must be a
/// `Layer<ChainService>`, as every layer that does not require a certain service is.
///
/// # Examples
/// ```
/// use highball::{prelude::*, tower::ChainService};
/// use tower_layer::{Identity, Layer};
///
/// /// A layer that can be used in `with(layer(..))`.
/// fn no_layer() -> impl Layer<ChainService, Service = ChainService> {
///     Identity::new()
/// }
///
/// #[get("/")]
/// async fn home() -> &'static str {
///     "hello"
/// }
///
/// #[routes(app, with(layer(no_layer())))]
/// struct Api(home);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/").send().await.text(), "hello");
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ChainService;

/// The place of a layer's service. There is one for each place in the code, so that a layer with a limit or a counter
/// counts all requests.
#[derive(Debug)]
pub struct LayerCell(OnceLock<Box<dyn Any + Send + Sync>>);

impl LayerCell {
    /// Returns an empty cell.
    #[allow(clippy::new_without_default, reason = "the macros call it")]
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Returns the service of the layer. The first call makes it.
    pub fn service<L>(&self, layer: impl Fn() -> L) -> L::Service
    where
        L: Layer<ChainService, Service: Clone + Send + Sync + 'static>,
    {
        let make = || layer().layer(ChainService);
        let service = self.0.get_or_init(|| Box::new(make()));
        // The type is always the same, because each cell belongs to one layer in the code.
        service.downcast_ref().map_or_else(make, L::Service::clone)
    }
}

/// Runs the rest of a chain inside the service of a layer.
pub async fn run_layer<S, C, V, B>(
    service: impl FnOnce() -> V + Send,
    cx: &mut Context<'_>,
    call: Call<'_, S>,
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
    let mut request = service::take_request(cx);
    request.extensions_mut().insert(Arc::clone(&passage));
    // The service is made here, because a panic of the layer is caught here.
    let mut layer = pin!(service::call_service(service(), request));
    let passed = poll_fn(|task| match layer.as_mut().poll(task) {
        Poll::Ready(response) => Poll::Ready(Err(response)),
        Poll::Pending => passage.poll_request(task).map(Ok),
    });
    let (parts, body) = match passed.await {
        Ok(request) => request.into_parts(),
        // The layer responded without calling the rest of the chain.
        Err(response) => return response,
    };
    // Inner handlers see the headers and the body as the layer changed them. The method and the path stay, because
    // the route is already found.
    let head = cx.head().with_headers(parts.headers);
    let call = Call {
        head: &head,
        ..call
    };
    let mut cx = cx.over(&head);
    cx.out().body = body;
    let mut chain = pin!(async {
        let outcome = catch_panic(pin!(rest.run(&mut cx, call))).await;
        let mut response = outcome.unwrap_or_else(|cause| panic_response(call, cause));
        // The layer gets `http` types, which cannot have a rejection that is rendered later.
        call.finish(&mut cx, &mut response);
        passage.send_response(response);
    });
    let mut is_done = false;
    poll_fn(|task| {
        // If the layer has dropped its call, the rest of the chain stops running.
        if !is_done && !passage.is_cancelled() {
            is_done = chain.as_mut().poll(task).is_ready();
        }
        layer.as_mut().poll(task)
    })
    .await
}

/// A channel between a layer and the chain of one request: the request goes in, the response comes back.
#[derive(Default)]
struct Passage(Mutex<PassageState>);

#[derive(Default)]
struct PassageState {
    request: Option<Request<RequestBody>>,
    response: Option<Response>,
    /// Whether the layer has called the service. The rest of a chain runs once.
    is_called: bool,
    /// Whether the layer has dropped its call.
    is_cancelled: bool,
    /// Wakes the chain when there is a request.
    chain: Option<Waker>,
    /// Wakes the layer when there is a response.
    layer: Option<Waker>,
}

impl Passage {
    fn lock(&self) -> MutexGuard<'_, PassageState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_cancelled(&self) -> bool {
        self.lock().is_cancelled
    }

    fn poll_request(&self, task: &task::Context<'_>) -> Poll<Request<RequestBody>> {
        let mut state = self.lock();
        match state.request.take() {
            Some(request) => Poll::Ready(request),
            None => {
                state.chain = Some(task.waker().clone());
                Poll::Pending
            }
        }
    }

    /// Sends a request to the chain. Returns `false` if there was one before.
    fn send_request(&self, request: Request<RequestBody>) -> bool {
        let mut state = self.lock();
        if std::mem::replace(&mut state.is_called, true) {
            return false;
        }
        state.request = Some(request);
        let waker = state.chain.take();
        drop(state);
        wake(waker);
        true
    }

    fn send_response(&self, response: Response) {
        let mut state = self.lock();
        state.response = Some(response);
        let waker = state.layer.take();
        drop(state);
        wake(waker);
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// The future of the rest of a chain, as a layer awaits it.
pub struct ChainFuture(Option<Arc<Passage>>);

impl Future for ChainFuture {
    type Output = Result<http::Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let Some(passage) = &self.0 else {
            let cause = "a layer called the rest of the chain twice, or with a new request";
            let rejection = Rejection::internal().with_cause(cause);
            return Poll::Ready(Ok(rejection.into_response().into()));
        };
        let mut state = passage.lock();
        match state.response.take() {
            Some(response) => Poll::Ready(Ok(response.into())),
            None => {
                state.layer = Some(task.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for ChainFuture {
    fn drop(&mut self) {
        if let Some(passage) = &self.0 {
            passage.lock().is_cancelled = true;
        }
    }
}

impl fmt::Debug for ChainFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainFuture").finish_non_exhaustive()
    }
}

impl<B> Service<Request<B>> for ChainService
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = ChainFuture;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<B>) -> ChainFuture {
        let passage = request.extensions_mut().remove::<Arc<Passage>>();
        let sent = passage.filter(|passage| passage.send_request(request.map(RequestBody::new)));
        ChainFuture(sent)
    }
}
