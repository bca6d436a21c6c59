//! The chain of a route: middleware around groups around the handler, composed by the compiler.

use std::{any::Any, fmt, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use bytes::Bytes;

use crate::{
    app::Miss,
    context::Context,
    head::Head,
    listed::Wrap,
    rejection::Rejection,
    response::{IntoResponse, Response},
    state::{Connected, Provide},
};

/// The rest of the chain, as a middleware sees it.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[middleware]
/// async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
///     let start = std::time::Instant::now();
///     let mut response = next.run(cx).await;
///     let took = start.elapsed().as_micros().to_string();
///     response.set_header("server-timing", took);
///     response
/// }
/// ```
#[must_use = "the request is not answered unless `next.run(cx)` is awaited or a response returned"]
pub trait Next: Send + Sized {
    /// Runs the rest of the chain.
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send;

    /// Returns the rest of the chain with a value that everything in it can read as a local.
    fn with<T: Send + Sync + 'static>(self, value: T) -> impl Next;
}

/// Values that the chain so far has provided, innermost first.
#[derive(Clone, Copy)]
pub struct Locals<'f>(Frame<'f>);

#[derive(Clone, Copy)]
enum Frame<'f> {
    /// What a test put in front of the chain, or nothing.
    Root(&'f [Box<dyn Any + Send + Sync>]),
    Pushed {
        value: &'f (dyn Any + Send + Sync),
        up: &'f Locals<'f>,
    },
}

impl<'f> Locals<'f> {
    /// Begins with these values.
    pub(crate) const fn root(values: &'f [Box<dyn Any + Send + Sync>]) -> Self {
        Self(Frame::Root(values))
    }

    /// Returns the innermost value of this type.
    pub fn get<T: 'static>(&self) -> Option<&'f T> {
        let mut at = self;
        loop {
            match at.0 {
                Frame::Root(values) => return values.iter().find_map(|v| v.downcast_ref()),
                Frame::Pushed { value, up } => match value.downcast_ref() {
                    Some(value) => return Some(value),
                    None => at = up,
                },
            }
        }
    }

    /// Returns the values with another one in front.
    pub fn push(&'f self, value: &'f (dyn Any + Send + Sync)) -> Locals<'f> {
        Locals(Frame::Pushed { value, up: self })
    }
}

impl fmt::Debug for Locals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locals").finish_non_exhaustive()
    }
}

/// What every step of the chain can read, and where the route stands.
pub struct Env<'r, S> {
    /// The head of the request.
    pub head: &'r Head,
    /// The body, where the handler reads it whole.
    pub body: &'r Bytes,
    /// What the connection's requests share, the app state among it.
    pub connection: &'r Arc<Connected<S>>,
    /// The values that the chain so far has provided.
    pub locals: &'r Locals<'r>,
    /// What the handler's async extractors have made before it is called.
    pub prepared: &'r Prepared,
    /// The way to the route, or to the group that answers in its place.
    pub way: Way<'r, S>,
}

/// The way through the groups to a route or, where none matches, to a group.
pub struct Way<'r, S> {
    /// The fields on the way, outermost first.
    pub(crate) steps: &'static [u16],
    /// Where there is no route: what the last group answers.
    pub(crate) miss: Option<&'r Miss>,
    pub(crate) fallback: Option<Fallback<S>>,
    /// How the app writes a rejection.
    pub(crate) render: Render,
}

/// A group's own answer to a path without a route.
pub type Fallback<S> = for<'a> fn(&'a mut Context<'_>, Env<'a, S>) -> Boxed<'a>;

/// How an app writes a rejection.
pub type Render = fn(&Rejection, &Context<'_>) -> Response;

type Boxed<'a> = Pin<Box<dyn Future<Output = Response> + Send + 'a>>;

/// The number that no field of a group has: the way ends here, without a route.
pub const MISS: u16 = u16::MAX;

impl<S> Clone for Env<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Env<'_, S> {}

impl<S> Clone for Way<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Way<'_, S> {}

impl<S> fmt::Debug for Env<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Env")
            .field("steps", &self.way.steps)
            .finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for Way<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Way")
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

impl<'r, S> Env<'r, S> {
    /// Returns a part of the app state.
    pub fn state<T: ?Sized>(&self) -> &'r T
    where
        S: Provide<T>,
    {
        self.connection.shared.state.provide()
    }

    /// Takes the next step: the field of the group at hand, or [`MISS`].
    pub fn step(&mut self) -> u16 {
        let Some((step, rest)) = self.way.steps.split_first() else {
            return MISS;
        };
        self.way.steps = rest;
        *step
    }

    /// Makes this the answer to a path without a route, here and further in.
    #[must_use]
    pub fn with_fallback(mut self, fallback: Fallback<S>) -> Self {
        self.way.fallback = Some(fallback);
        self
    }

    /// Writes the response's rejection in the app's format, if it is one.
    pub(crate) fn finish(&self, cx: &mut Context<'_>, mut response: Response) -> Response {
        if let Some(rejection) = response.take_rejection() {
            response = (self.way.render)(&rejection, cx).with_headers_of(response);
        } else {
            cx.out().apply(&mut response);
        }
        response
    }
}

/// Something that answers requests: a handler, or a group of them. The attributes implement it.
pub trait Endpoint<S: Send + Sync + 'static>: Sized + Send + Sync + 'static {
    /// Whether the handler reads the body whole.
    const BODY: bool = false;

    /// The handler's async extractors.
    const PREPARE: &'static [Option<Prepare<S>>] = &[];

    /// Extracts the arguments and calls the handler.
    ///
    /// # Errors
    /// Where an argument cannot be had from the request.
    fn call<'r>(
        cx: &mut Context<'_>,
        env: Env<'r, S>,
    ) -> Result<impl Future<Output = impl IntoResponse> + Send, Rejection> {
        let _ = (cx, env);
        Err::<std::future::Ready<Response>, _>(Rejection::internal())
    }

    /// Runs the entry's own middleware and then what is in it.
    fn run<'r>(cx: &mut Context<'_>, env: Env<'r, S>) -> impl Future<Output = Response> + Send {
        Self::inner(cx, env)
    }

    /// Runs the handler, or the group's field that the way names.
    fn inner<'r>(cx: &mut Context<'_>, env: Env<'r, S>) -> impl Future<Output = Response> + Send {
        leaf::<Self, S>(cx, env)
    }
}

/// Runs an async extractor ahead of the handler.
pub type Prepare<S> =
    for<'a> fn(
        &'a mut Context<'_>,
        Env<'a, S>,
        &'a mut Prepared,
    ) -> Pin<Box<dyn Future<Output = Result<(), Rejection>> + Send + 'a>>;

/// What async extractors have made: each value is taken once.
#[derive(Default)]
pub struct Prepared(std::sync::Mutex<Vec<Box<dyn Any + Send>>>);

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}

impl Prepared {
    pub(crate) fn put<T: Send + 'static>(&mut self, value: T) {
        self.0
            .get_mut()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(Box::new(value));
    }

    pub(crate) fn take<T: 'static>(&self) -> Option<T> {
        let mut values = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let idx = values.iter().position(|value| value.is::<T>())?;
        values.swap_remove(idx).downcast().ok().map(|value| *value)
    }
}

/// The innermost step: everything that the handler needs, and the handler.
async fn leaf<H: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &mut Context<'_>,
    env: Env<'_, S>,
) -> Response {
    let response = match body_of::<H, S>(cx).await {
        Ok(body) => answer::<H, S>(cx, Env { body: &body, ..env }).await,
        Err(rejection) => rejection.into_response(),
    };
    env.finish(cx, response)
}

async fn body_of<H: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &mut Context<'_>,
) -> Result<Bytes, Rejection> {
    if H::BODY {
        cx.out().read_body().await
    } else {
        Ok(Bytes::new())
    }
}

async fn answer<H: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &mut Context<'_>,
    mut env: Env<'_, S>,
) -> Response {
    let mut prepared = Prepared::default();
    for prepare in H::PREPARE.iter().flatten() {
        if let Err(rejection) = prepare(cx, env, &mut prepared).await {
            return rejection.into_response();
        }
    }
    env.prepared = &prepared;
    match H::call(cx, env) {
        Ok(future) => future.await.into_response(),
        Err(rejection) => rejection.into_response(),
    }
}

/// Answers for a group that the way ends at.
pub async fn miss<S>(cx: &mut Context<'_>, env: Env<'_, S>) -> Response
where
    S: Send + Sync + 'static,
{
    let response = match (env.way.miss, env.way.fallback) {
        (Some(miss), Some(fallback)) if miss.is_missing() => return fallback(cx, env).await,
        (Some(miss), _) => miss.answer(cx),
        (None, _) => Rejection::internal().into_response(),
    };
    env.finish(cx, response)
}

/// Runs a handler as a fallback; only a path without a route pays for the box.
pub fn fallback<'a, E: Endpoint<S>, S: Send + Sync + 'static>(
    cx: &'a mut Context<'_>,
    env: Env<'a, S>,
) -> Boxed<'a> {
    // The compiler must not need to know the handler's future to know this one is `Send`.
    fn boxed<'a, F: Future<Output = Response> + Send + 'a>(future: F) -> Boxed<'a> {
        Box::pin(future)
    }
    boxed(E::run(cx, env))
}

/// A part of a chain that is known to the compiler: a value without size.
pub trait Chain<S: Send + Sync + 'static>: Copy + Send + Sync + 'static {
    /// Runs it.
    fn call<'r>(
        self,
        cx: &mut Context<'_>,
        env: Env<'r, S>,
    ) -> impl Future<Output = Response> + Send;
}

/// A middleware: it wraps the rest of the chain. `#[middleware]` implements it.
pub trait Middleware<S: Send + Sync + 'static>: Wrap {
    /// Runs the middleware around the rest.
    fn around<'r>(
        self,
        cx: &mut Context<'_>,
        env: Env<'r, S>,
        next: impl Next,
    ) -> impl Future<Output = Response> + Send;
}

/// A middleware around the rest of a chain.
#[derive(Debug, Clone, Copy)]
pub struct Stack<M, C>(pub M, pub C);

impl<S: Send + Sync + 'static, M: Middleware<S>, C: Chain<S>> Chain<S> for Stack<M, C> {
    fn call<'r>(
        self,
        cx: &mut Context<'_>,
        env: Env<'r, S>,
    ) -> impl Future<Output = Response> + Send {
        self.0.around(cx, env, Rest { chain: self.1, env })
    }
}

/// The end of an entry's own middleware: what is in it.
pub struct Inner<E>(PhantomData<fn() -> E>);

/// An entry with its own middleware.
pub struct Whole<E>(PhantomData<fn() -> E>);

macro_rules! chain_end {
    ($name:ident, $method:ident) => {
        impl<E> $name<E> {
            /// Makes the end of a chain.
            pub const NEW: Self = Self(PhantomData);
        }

        impl<E> Clone for $name<E> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<E> Copy for $name<E> {}

        impl<E> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        impl<S: Send + Sync + 'static, E: Endpoint<S>> Chain<S> for $name<E> {
            fn call<'r>(
                self,
                cx: &mut Context<'_>,
                env: Env<'r, S>,
            ) -> impl Future<Output = Response> + Send {
                E::$method(cx, env)
            }
        }
    };
}

chain_end!(Inner, inner);
chain_end!(Whole, run);

/// The rest of a chain, with what it needs to run.
struct Rest<'f, C, S> {
    chain: C,
    env: Env<'f, S>,
}

/// A rest that can still be given locals.
trait Runnable<'f>: Next {
    fn locals(&self) -> &'f Locals<'f>;

    fn run_in(
        self,
        cx: &mut Context<'_>,
        locals: &Locals<'_>,
    ) -> impl Future<Output = Response> + Send;
}

impl<S: Send + Sync + 'static, C: Chain<S>> Next for Rest<'_, C, S> {
    fn run(self, cx: &mut Context<'_>) -> impl Future<Output = Response> + Send {
        self.chain.call(cx, self.env)
    }

    fn with<T: Send + Sync + 'static>(self, value: T) -> impl Next {
        RestWith {
            rest: self,
            value,
            base: PhantomData,
        }
    }
}

impl<'f, S: Send + Sync + 'static, C: Chain<S>> Runnable<'f> for Rest<'f, C, S> {
    fn locals(&self) -> &'f Locals<'f> {
        self.env.locals
    }

    async fn run_in(self, cx: &mut Context<'_>, locals: &Locals<'_>) -> Response {
        self.chain.call(cx, Env { locals, ..self.env }).await
    }
}

/// The rest of a chain, with one more local.
struct RestWith<'f, R, T> {
    rest: R,
    value: T,
    base: PhantomData<&'f ()>,
}

impl<'f, R: Runnable<'f>, T: Send + Sync + 'static> Next for RestWith<'f, R, T> {
    async fn run(self, cx: &mut Context<'_>) -> Response {
        let locals = self.rest.locals().push(&self.value);
        self.rest.run_in(cx, &locals).await
    }

    fn with<U: Send + Sync + 'static>(self, value: U) -> impl Next {
        RestWith {
            rest: self,
            value,
            base: PhantomData,
        }
    }
}

impl<'f, R: Runnable<'f>, T: Send + Sync + 'static> Runnable<'f> for RestWith<'f, R, T> {
    fn locals(&self) -> &'f Locals<'f> {
        self.rest.locals()
    }

    async fn run_in(self, cx: &mut Context<'_>, locals: &Locals<'_>) -> Response {
        let locals = locals.push(&self.value);
        self.rest.run_in(cx, &locals).await
    }
}
