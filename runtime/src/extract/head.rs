//! Arguments that are made from the head of the request.

use std::{net::SocketAddr, ops::Deref};

use http::{HeaderMap, Method, Uri, Version};

use super::{Extract, Input};
use crate::{
    response::Rejection,
    routes::{LocalId, LocalType, Route},
};

/// Arguments that are had by reference, or by a cheap copy of it.
macro_rules! from_head {
    ($($ty:ty: $read:ident),* $(,)?) => {$(
        impl<'r> Extract<'r> for &'r $ty {
            type State = ();

            fn extract(input: Input<'r>) -> Result<Self, Rejection> {
                Ok(input.$read())
            }
        }

        impl<'r> Extract<'r> for $ty {
            type State = ();

            fn extract(input: Input<'r>) -> Result<Self, Rejection> {
                Ok(input.$read().clone())
            }
        }
    )*};
}

from_head!(Method: method, Uri: uri, HeaderMap: headers);

impl<'r> Extract<'r> for Version {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Ok(input.version())
    }
}

/// The address at the other end of the connection; behind a proxy that is the proxy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectInfo(pub SocketAddr);

impl<'r> Extract<'r> for ConnectInfo {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing = || Rejection::internal().with_cause("the request came by no connection");
        input.peer().map(Self).ok_or_else(missing)
    }
}

/// The route that matched, for logs and metrics: its pattern has few values, the path many.
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

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing = || Rejection::internal().with_cause("no route matched, so there is none");
        input.route().map(Self).ok_or_else(missing)
    }
}

/// A value that the chain provides: what a guard returned, or a middleware handed on.
///
/// Where no guard or middleware around a route provides the type, the app does not compile.
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
    /// Makes a local, to call a handler directly in a unit test.
    pub fn new(value: &'r T) -> Self {
        Self(value)
    }
}

impl<'r, T: LocalType> Extract<'r> for Local<'r, T> {
    type State = ();

    const NEEDS: &'static [LocalId] = &[T::ID];

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing =
            || Rejection::internal().with_cause("nothing in the chain provides the local");
        input.local().map(Local).ok_or_else(missing)
    }
}
