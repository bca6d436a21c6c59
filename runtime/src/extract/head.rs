//! Arguments that are made from the head of the request.

use std::{fmt, net::SocketAddr, ops::Deref};

use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version, header};

use super::{Extract, Input};
use crate::{
    app::Route,
    local::{LocalId, LocalType},
    rejection::Rejection,
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

/// The token of `Authorization: Bearer ..` (RFC 6750); 401 without one.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/me")]
/// async fn me(token: Bearer) -> String {
///     format!("a token of {} characters", token.token().len())
/// }
/// # #[routes(app)] struct Api(me);
/// ```
#[derive(Clone)]
pub struct Bearer {
    value: HeaderValue,
    start: usize,
}

impl Bearer {
    /// Returns the token.
    pub fn token(&self) -> &str {
        // `extract` has seen that the value is text.
        self.value.to_str().map_or("", |text| &text[self.start..])
    }

    fn of(value: &HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let (scheme, rest) = text.split_once(' ')?;
        let token = rest.trim_start_matches(' ');
        let well_formed = scheme.eq_ignore_ascii_case("bearer") && is_token68(token);
        well_formed.then(|| Self {
            value: value.clone(),
            start: text.len() - token.len(),
        })
    }
}

/// RFC 9110 §11.2: what a token may be made of.
fn is_token68(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(known)
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(..)") // The token is a secret.
    }
}

impl<'r> Extract<'r> for Bearer {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let mut values = input.headers().get_all(header::AUTHORIZATION).iter();
        let token = values
            .next()
            .filter(|_| values.next().is_none())
            .and_then(Self::of);
        token.ok_or_else(|| {
            Rejection::new(StatusCode::UNAUTHORIZED, "a bearer token is needed")
                .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
        })
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
