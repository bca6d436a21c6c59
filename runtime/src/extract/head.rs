//! Extractors that read the head of the request.

use std::{net::SocketAddr, ops::Deref};

use http::{HeaderMap, Method, Uri, Version};

use super::{Answers, Extract, Facts, Input, Inputs};
use crate::{
    response::Rejection,
    routes::{LocalId, LocalType, Route},
};

/// Implements an extractor that borrows a part of the head, and one that clones it.
macro_rules! from_head {
    ($($ty:ty: $read:ident $facts:expr),* $(,)?) => {$(
        impl<'r> Extract<'r> for &'r $ty {
            type State = ();
            const FACTS: Facts = $facts;
            const INPUTS: Inputs = Inputs::NONE;
            const ANSWERS: Answers = Answers::NONE;

            fn extract(input: Input<'r>) -> Result<Self, Rejection> {
                Ok(input.$read())
            }
        }

        impl<'r> Extract<'r> for $ty {
            type State = ();
            const FACTS: Facts = $facts;
            const INPUTS: Inputs = Inputs::NONE;
            const ANSWERS: Answers = Answers::NONE;

            fn extract(input: Input<'r>) -> Result<Self, Rejection> {
                Ok(input.$read().clone())
            }
        }
    )*};
}

from_head!(
    Method: method Facts::NONE,
    Uri: uri Facts::PATH.and(Facts::QUERY),
    HeaderMap: headers Facts::HEADERS,
);

impl<'r> Extract<'r> for Version {
    type State = ();
    const FACTS: Facts = Facts::NONE;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Ok(input.version())
    }
}

/// An extractor for the address of the peer. Behind a proxy it is the address of the proxy.
///
/// [`Client`](crate::extract::Client) is the client behind trusted proxies.
///
/// # Examples
/// ```
/// use highball::{extract::ConnectInfo, prelude::*};
///
/// #[get("/peer")]
/// async fn peer(peer: ConnectInfo) -> String {
///     peer.0.ip().to_string()
/// }
///
/// #[routes(app)]
/// struct Api(peer);
///
/// # highball::block_on(async {
/// let client = Api.test().peer("192.0.2.1:50000".parse().unwrap());
/// assert_eq!(client.get("/peer").send().await.text(), "192.0.2.1");
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectInfo(pub SocketAddr);

impl<'r> Extract<'r> for ConnectInfo {
    type State = ();
    const FACTS: Facts = Facts::ADDRESS;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing = || Rejection::internal().with_cause("the request has no connection");
        input.peer().map(Self).ok_or_else(missing)
    }
}

/// An extractor for the route that matched the request.
///
/// Use its pattern as a label of logs and metrics. The path is unsuitable, because it has too many values.
///
/// # Examples
/// ```
/// use highball::{extract::MatchedRoute, prelude::*};
///
/// #[get("/users/{id}")]
/// async fn show(id: u64, route: MatchedRoute) -> String {
///     format!("{} {id}", route.path())
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/users/7").send().await.text(), "/users/{id} 7");
/// # });
/// ```
#[derive(Debug, Clone, Copy)]
pub struct MatchedRoute(pub &'static Route);

impl Deref for MatchedRoute {
    type Target = Route;

    fn deref(&self) -> &Route {
        self.0
    }
}

impl<'r> Extract<'r> for MatchedRoute {
    type State = ();
    const FACTS: Facts = Facts::NONE;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing = || Rejection::internal().with_cause("no route matched the request");
        input.route().map(Self).ok_or_else(missing)
    }
}

/// An extractor for a local: a value that a guard returned, or that a middleware passed to the inner chain.
///
/// If no guard or middleware around a route provides the type, the app does not compile. The return value of a handler
/// cannot borrow from a local: clone the data, or return `cx.json(200, &*local)`. The argument `Local(id): Local<Id>`
/// binds a reference to the value.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[derive(Local)]
/// struct RequestId(u64);
///
/// #[middleware]
/// async fn request_id(cx: &mut Context<'_>, next: impl Next<RequestId>) -> Response {
///     next.with(RequestId(7)).run(cx).await
/// }
///
/// #[get("/id", with(request_id))]
/// async fn id(id: Local<'_, RequestId>) -> String {
///     id.0.to_string()
/// }
/// # #[routes(app)] struct Api(id);
/// ```
#[derive(Debug)]
pub struct Local<'r, T>(&'r T);

impl<T> Clone for Local<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Local<'_, T> {}

impl<T> Deref for Local<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0
    }
}

impl<'r, T> Local<'r, T> {
    /// Creates a local, to call a handler directly in a unit test.
    pub fn new(value: &'r T) -> Self {
        Self(value)
    }

    /// Returns the value. Generated code binds the pattern `Local(value): Local<T>` to it.
    #[doc(hidden)]
    pub fn __bind(self) -> &'r T {
        self.0
    }
}

impl<'r, T: LocalType> Extract<'r> for Local<'r, T> {
    type State = ();

    const NEEDS: &'static [LocalId] = &[T::ID];
    const FACTS: Facts = Facts::LOCAL;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing =
            || Rejection::internal().with_cause("no part of the chain provides the local");
        input.local().map(Local).ok_or_else(missing)
    }
}
