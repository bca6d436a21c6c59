//! The input of an extractor.

use std::{fmt, net::SocketAddr};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri, Version};

use super::scope::{OpenScope, Scope};
use crate::{
    request::{Head, Locals, State, View},
    routes::Route,
};

/// The parts of a request that an extractor can read.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// struct Page {
///     path: String,
///     query: String,
/// }
///
/// impl<'r> Extract<'r> for Page {
///     type State = ();
///
///     fn extract(input: Input<'r>) -> Result<Self, Rejection> {
///         Ok(Page {
///             path: input.uri().path().to_owned(),
///             query: input.query().to_owned(),
///         })
///     }
/// }
///
/// #[get("/page")]
/// async fn show(page: Page) -> String {
///     format!("{} {}", page.path, page.query)
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/page?n=2").send().await.text(), "/page n=2");
/// # });
/// ```
pub struct Input<'r, T: 'static = ()> {
    pub(crate) head: &'r Head,
    /// The whole body, or no bytes for an extractor that does not take it.
    pub(crate) body: &'r Bytes,
    /// The scopes that are open around the handler.
    pub(crate) scopes: &'r [Box<dyn OpenScope>],
    /// The values that guards and middleware have provided.
    pub(crate) locals: &'r Locals<'r>,
    /// The part of the app state, as a borrow or as a shared value.
    pub(crate) state: &'r dyn View<T>,
}

impl<T: 'static> Clone for Input<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Input<'_, T> {}

impl<'r, T: 'static> Input<'r, T> {
    /// Returns the method.
    pub fn method(&self) -> &'r Method {
        &self.head.method
    }

    /// Returns the request target.
    pub fn uri(&self) -> &'r Uri {
        &self.head.uri
    }

    /// Returns the HTTP version.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// Returns the headers.
    pub fn headers(&self) -> &'r HeaderMap {
        &self.head.headers
    }

    /// Returns the query without the `?`, or `""` if there is none.
    pub fn query(&self) -> &'r str {
        self.head.uri.query().unwrap_or_default()
    }

    /// Returns a path parameter, percent-decoded.
    pub fn param(&self, name: &str) -> Option<&'r str> {
        self.head.param_named(name)
    }

    /// Returns the route that matched.
    pub fn route(&self) -> Option<&'static Route> {
        self.head.route
    }

    /// Returns the address of the peer, or `None` if the request has no connection.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer
    }

    /// Returns the body. It is empty unless `BODY` of the extractor is true.
    pub fn body(&self) -> &'r Bytes {
        self.body
    }

    /// Returns the value of this type that a guard or a middleware of the chain has provided, if there is one.
    pub fn local<L: 'static>(&self) -> Option<&'r L> {
        self.locals.get()
    }

    /// Returns the scope of this type, if the extractor has opened it (`OPENS`).
    pub fn opened<X: Scope>(&self) -> Option<&'r X> {
        let mut open = self.scopes.iter().map(|scope| scope.as_any());
        open.find_map(|scope| scope.downcast_ref())
    }

    /// Returns the part of the app state that the extractor reads.
    pub fn state(&self) -> &'r T {
        self.state.value()
    }

    pub(crate) fn head(&self) -> &'r Head {
        self.head
    }

    pub(crate) fn share_state(&self) -> State<T> {
        self.state.share()
    }
}

impl<T: 'static> fmt::Debug for Input<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input")
            .field("path", &self.uri().path())
            .finish_non_exhaustive()
    }
}
