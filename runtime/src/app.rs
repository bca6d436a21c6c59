//! The app: a root group with its route table, and how it responds to a request.

use std::convert::Infallible;

use bytes::Buf;

use crate::{
    app::service::ServiceFn,
    body::{Body, BoxError, RequestBody},
    chain::{Endpoint, Render},
    request::Shared,
    routes::{Entry, MountedGroup, Route},
    table::{Layout, Table},
};

mod dispatch;
mod method_override;
mod open_exchange;
mod preflight;
mod response_framing;
mod routing;
#[cfg(debug_assertions)]
mod seen_answers;
pub(crate) mod service;
mod target;

pub(crate) use dispatch::{RoutedRequest, handle_request, route_request};
pub use service::{Service, forward};

/// An app: a group of routes with the route table of all of them.
///
/// `#[routes(app, ..)]` on a tuple struct, a module or an impl block implements it. [`serve`](fn@crate::serve)
/// serves an app over the network, [`service`](Self::service) calls it with request values, and `Api.test()`
/// ([`TestApp`](crate::testing::TestApp)) makes requests in tests.
///
/// # Examples
/// ```
/// use highball::{App, prelude::*};
///
/// #[get("/ping")]
/// async fn ping() -> &'static str {
///     "pong"
/// }
///
/// #[routes(app)]
/// struct Api(ping);
///
/// /// Returns the patterns of an app's routes.
/// fn patterns<A: App>() -> Vec<&'static str> {
///     A::ROUTES.iter().map(|route| route.path()).collect()
/// }
///
/// assert_eq!(patterns::<Api>(), ["/ping"]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app",
    label = "this group is not marked as an app",
    note = "mark the root with `app`: `#[routes(app)]`"
)]
pub trait App: Entry {
    /// Returns a service that takes request values and returns responses, without a socket.
    ///
    /// # Examples
    /// ```
    /// use highball::{http::Request, prelude::*};
    ///
    /// #[get("/ping")]
    /// async fn ping() -> &'static str {
    ///     "pong"
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(ping);
    ///
    /// # highball::block_on(async {
    /// let service = Api.service(());
    /// let response = service.call(Request::get("/ping").body(()).unwrap()).await;
    /// assert_eq!(response.status(), 200);
    /// # });
    /// ```
    fn service<S: Send + Sync + 'static>(self, state: S) -> Service<Self, S> {
        Service::new(Shared::new(state), None)
    }

    /// Returns a [tower](https://docs.rs/tower) service, to put tower layers around the app or to mount it in
    /// another framework.
    ///
    /// Its future is not boxed. If nothing runs around the app, prefer [`serve`](fn@crate::serve), which calls
    /// the routes from hyper without a service between them.
    ///
    /// # Examples
    /// ```
    /// use highball::{http::Request, prelude::*};
    /// use tower_service::Service as _;
    ///
    /// #[get("/ping")]
    /// async fn ping() -> &'static str {
    ///     "pong"
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(ping);
    ///
    /// # highball::block_on(async {
    /// let mut service = Api.into_service(());
    /// let request = Request::get("/ping").body(Body::empty()).unwrap();
    /// let Ok(response) = service.call(request).await;
    /// assert_eq!(response.status(), 200);
    /// # });
    /// ```
    fn into_service<B, S>(
        self,
        state: S,
    ) -> impl tower_service::Service<
        http::Request<B>,
        Response = http::Response<Body>,
        Error = Infallible,
        Future: Send + 'static,
    > + Clone
    + Send
    + Sync
    + 'static
    where
        Self: Endpoint<S>,
        S: Send + Sync + 'static,
        B: http_body::Body<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        let service = self.service(state);
        ServiceFn(move |request: http::Request<B>| {
            let service = service.clone();
            async move { Ok(service.call(request.map(RequestBody::new)).await) }
        })
    }

    /// The sizes of the app's table.
    #[doc(hidden)]
    type Sizes: Layout<Self>;
    /// The route table.
    #[doc(hidden)]
    const TABLE: Table = <Self::Sizes as Layout<Self>>::TABLE;
    /// All routes of the app, in the order of the source.
    const ROUTES: &'static [Route] = <Self::Sizes as Layout<Self>>::ROUTES;
    /// The groups of the app, the app itself first.
    #[doc(hidden)]
    const GROUPS: &'static [MountedGroup] = <Self::Sizes as Layout<Self>>::GROUPS;
    /// The function that turns a rejection into a response.
    const RENDER: Render;
    /// Whether `X-HTTP-Method-Override` may change the method of a POST.
    const METHOD_OVERRIDE: bool = false;
    /// Whether it is an app for operators.
    #[doc(hidden)]
    const IS_ADMIN: bool = false;
}

/// The root of an app: `A` is the app itself. `#[routes(app)]` implements it, next to [`App`].
///
/// It lets [`serve`](fn@crate::serve) report a value once if it is not an app: rustc cannot infer `A` from such a
/// value, so it does not report the methods of the server.
///
/// # Examples
/// ```
/// use highball::{App, prelude::*, serve::{Root, Serve}};
///
/// /// Returns a server that prints nothing at its start.
/// fn quiet<A: App>(app: impl Root<A>) -> Serve<A> {
///     highball::serve(app).quiet()
/// }
///
/// #[get("/ping")]
/// async fn ping() -> &'static str {
///     "pong"
/// }
///
/// #[routes(app)]
/// struct Api(ping);
///
/// let server: Serve<Api> = quiet(Api);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app",
    label = "only an app can be served",
    note = "an app is the outermost group of routes: write `#[routes(app)]` above its struct; one with `#[routes(admin)]` belongs in `.admin(..)` of another app"
)]
pub trait Root<A> {}

/// The root of an app for operators: `A` is the app itself. `#[routes(admin)]` implements it, next to [`App`].
///
/// [`Serve::admin`](crate::serve::Serve::admin) takes it.
///
/// # Examples
/// ```
/// use highball::{App, prelude::*, serve::AdminRoot};
///
/// /// Returns the number of routes for operators.
/// fn count<A: App>(_: impl AdminRoot<A>) -> usize {
///     A::ROUTES.len()
/// }
///
/// #[routes(admin)]
/// struct Inside(highball::serve::readyz);
///
/// # fn main() {
/// assert_eq!(count(Inside), 1);
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app for operators",
    label = "only routes for operators are served here",
    note = "write `#[routes(admin)]` above its struct"
)]
pub trait AdminRoot<A> {}

/// Returns the routes of an app. All code of the runtime reads them through this function, because a constant has a
/// copy in each unit of generated code that names it, and the routes are compared by their addresses.
#[inline(never)]
pub(crate) fn routes_of<A: App>() -> &'static [Route] {
    A::ROUTES
}

/// Returns the route table of an app, like [`routes_of`].
#[inline(never)]
pub(crate) fn table_of<A: App>() -> &'static Table {
    &A::TABLE
}
