//! The app: a root group with its route table, and what it answers where no route matches.

use std::convert::Infallible;

use bytes::Buf;

use crate::{
    app::service::OfFunction,
    body::{Body, BoxError, RequestBody},
    chain::{Endpoint, Render},
    request::Shared,
    routes::{Entry, MountedGroup, Route, Segment},
    table::{Table, spelling},
};

mod dispatch;
mod method_override;
mod preflight;
mod response_framing;
pub(crate) mod service;

pub(crate) use dispatch::{RoutedRequest, exchange};
pub use service::{Service, forward};

/// A root group: `#[routes(app, ..)]` on a tuple struct, a module or an impl block.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app",
    label = "a group, but no root",
    note = "mark the root with `app`: `#[routes(app)]`"
)]
pub trait App: Entry {
    /// Makes a service that answers request values.
    fn service<S: Send + Sync + 'static>(self, state: S) -> Service<Self, S> {
        Service::new(Shared::new(state), None)
    }

    /// Makes a service of tower's, for its layers, and to mount the app in another framework.
    ///
    /// Its future is not boxed. A server that runs nothing around the app is better served by
    /// [`serve`](fn@crate::serve), which has no layer between hyper and the routes.
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
        OfFunction(move |request: http::Request<B>| {
            let service = service.clone();
            async move { Ok(service.call(request.map(RequestBody::new)).await) }
        })
    }

    /// The route table.
    const TABLE: Table;
    /// The routes, by their number in the table.
    const LISTING: &'static [Route];
    /// How a rejection is written.
    const RENDER: Render;
    /// Whether a header may name another method than POST.
    const METHOD_OVERRIDE: bool = false;
}

/// Returns whether the path lies under the group's prefix.
fn holds(group: &MountedGroup, path: &str) -> bool {
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/');
    group
        .segments
        .iter()
        .all(|segment| parts.next().is_some_and(|part| is_at(segment, part)))
}

/// Returns whether the segment of a pattern takes this segment of a path, as it is written.
fn is_at(segment: &Segment, written: &str) -> bool {
    let written = written.as_bytes();
    match segment {
        Segment::Static(text) => spelling::same(written, text.as_bytes()),
        Segment::Param { prefix, suffix, .. } => {
            spelling::value(written, prefix.as_bytes(), suffix.as_bytes()).is_some()
        }
        Segment::CatchAll { .. } => true,
    }
}

/// Returns the way to the group with the longest prefix that the path lies under; of equals, to
/// the outermost.
pub(crate) fn nearest<A: App>(path: &str) -> &'static [u16] {
    let holding = A::GROUPS.iter().filter(|group| holds(group, path));
    // `max_by_key` would take the last of equals, the innermost.
    let longest = holding.reduce(|best, group| {
        if group.segments.len() > best.segments.len() {
            group
        } else {
            best
        }
    });
    longest.map_or(&[], |group| group.field_path.steps())
}
