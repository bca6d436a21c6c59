//! The app: a root group with its route table, and what it answers where no route matches.

use std::{convert::Infallible, fmt};

use bytes::Buf;
use http::{HeaderValue, StatusCode, header};

use crate::{
    body::{Body, BoxError, RequestBody},
    chain::{Endpoint, PartKind, Render},
    client::TestClient,
    context::Context,
    entry::{Definition, Entry, Field, Mounted, MountedGroup},
    rejection::Rejection,
    response::{IntoResponse, Response, location},
    route::{Priority, Segment},
    service::{OfFunction, Service},
    state::Shared,
    table::{Allowed, Table},
};

mod listing;
mod suggest;

pub use listing::{routes, text, text_len};

/// A root group: `#[routes(app, ..)]` on a tuple struct, a module or an impl block.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an app",
    label = "a group, but no root",
    note = "mark the root with `app`: `#[routes(app)]`"
)]
pub trait App: Entry {
    /// Makes a client that calls the app without a socket.
    fn test(self) -> TestClient<Self> {
        TestClient::new()
    }

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

/// A route of an app, with everything around it.
#[derive(Clone, Copy)]
pub struct Route {
    mounted: &'static Mounted,
    /// The whole pattern, which is text.
    path: &'static [u8],
    /// The fields of the app, where the way to the handler begins.
    fields: &'static [Field],
}

impl Route {
    /// Returns the methods, in order; empty where the route answers every method.
    pub fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.mounted.definition.methods.names()
    }

    /// Returns the pattern with every prefix: `/api/users/{id}`.
    pub const fn path(&self) -> &'static str {
        match std::str::from_utf8(self.path) {
            Ok(path) => path,
            // It was composed of whole texts.
            Err(_) => "",
        }
    }

    /// Returns the names of the parameters, in the pattern's order.
    pub fn params(&self) -> impl Iterator<Item = &'static str> {
        self.segments().iter().filter_map(Segment::name)
    }

    /// Returns the handler's name with its module path.
    pub const fn handler(&self) -> &'static str {
        self.mounted.definition.handler
    }

    /// Returns the file of the handler.
    pub const fn file(&self) -> &'static str {
        self.mounted.definition.file
    }

    /// Returns the line of the handler's name.
    pub const fn line(&self) -> u32 {
        self.mounted.definition.line
    }

    /// Returns the doc comment.
    pub const fn doc(&self) -> &'static str {
        self.mounted.definition.doc
    }

    /// Returns the names of the guards before the handler, outermost first, each with its module path.
    ///
    /// # Examples
    /// ```
    /// use highball::{SecurityHeaders, prelude::*};
    ///
    /// #[guard]
    /// fn signed_in(cx: &Context<'_>) -> Result<(), StatusCode> {
    ///     match cx.header("authorization") {
    ///         Some(_) => Ok(()),
    ///         None => Err(StatusCode::UNAUTHORIZED),
    ///     }
    /// }
    ///
    /// #[get("/", with(signed_in))]
    /// async fn home() {}
    ///
    /// #[routes(app, with(SecurityHeaders::new()))]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// // Whether any route can be reached without a login.
    /// let open = Api::ROUTES.iter().filter(|route| {
    ///     !route.guards().any(|guard| guard.ends_with("::signed_in"))
    /// });
    /// assert_eq!(open.count(), 0);
    /// assert_eq!(Api::ROUTES[0].middleware().count(), 1);
    /// # }
    /// ```
    pub fn guards(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Guard)
    }

    /// Returns the names of the middleware around the handler, outermost first, each with its module
    /// path.
    pub fn middleware(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Middleware)
    }

    /// Returns the names of the observers of the handler, outermost first, each with its module path.
    pub fn observers(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Observer)
    }

    /// Returns the tower layers around the handler, outermost first, as they are written.
    pub fn layers(&self) -> impl Iterator<Item = &'static str> {
        self.parts(PartKind::Layer)
    }

    pub(crate) fn parts(&self, kind: PartKind) -> impl Iterator<Item = &'static str> {
        let fields = (0..self.mounted.way.len()).filter_map(|depth| self.field(depth));
        let around = fields.flat_map(|field| field.level.with);
        let parts = around.chain(self.mounted.definition.with);
        let parts = parts.filter(move |part| part.kind == kind);
        // What stands under a `#[cfg]` that does not hold has no name.
        parts.map(|part| part.name).filter(|name| !name.is_empty())
    }

    /// Returns the arguments of the handler, as written.
    pub const fn arguments(&self) -> &'static [crate::entry::Argument] {
        self.mounted.definition.arguments
    }

    /// Returns the return type of the handler, as written.
    pub const fn returns(&self) -> &'static str {
        self.mounted.definition.returns
    }

    /// Returns whether the handler finishes where its client leaves: `on_disconnect = finish`.
    pub const fn finishes(&self) -> bool {
        matches!(self.mounted.manner.finish, Some(true))
    }

    /// Returns who goes first under overload: `priority = ..`.
    pub const fn priority(&self) -> Priority {
        match self.mounted.manner.priority {
            Some(priority) => priority,
            None => Priority::Normal,
        }
    }

    /// Returns the pattern, parsed.
    pub(crate) const fn segments(&self) -> &'static [Segment] {
        self.mounted.segments
    }

    /// Returns the data of the handler's attribute.
    pub(crate) const fn definition(&self) -> &'static Definition {
        self.mounted.definition
    }

    /// Returns whether a group of this name is around the handler.
    pub(crate) const fn passes(&self, group: &str) -> bool {
        let mut depth = 0;
        while let Some(field) = self.field(depth) {
            if crate::text::equal(field.level.group, group) {
                return true;
            }
            depth += 1;
        }
        false
    }

    /// Returns the numbers of the fields that lead to the handler, innermost first.
    pub(crate) fn steps(&self) -> &'static [u16] {
        self.mounted.way.steps()
    }

    /// Returns whether anything but guards is on the route itself, and not on a group around it.
    pub(crate) fn has_own_parts(&self) -> bool {
        let innermost = self.mounted.way.len().checked_sub(1);
        let field = innermost.and_then(|depth| self.field(depth));
        let of_field = field.and_then(|field| field.level.with.get(field.level.n_group..));
        let own = of_field.into_iter().chain([self.mounted.definition.with]);
        own.flatten()
            .any(|part| part.kind != PartKind::Guard && !part.name.is_empty())
    }

    const fn field(&self, depth: usize) -> Option<&'static Field> {
        self.mounted.way.field(self.fields, depth)
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("methods", &self.mounted.definition.methods)
            .field("path", &self.path())
            .field("handler", &self.mounted.definition.handler)
            .finish_non_exhaustive()
    }
}

/// Returns whether the path lies under the group's prefix.
fn holds(group: &MountedGroup, path: &str) -> bool {
    let mut parts = path.strip_prefix('/').unwrap_or(path).split('/');
    group
        .segments
        .iter()
        .all(|segment| parts.next().is_some_and(|part| segment.holds(part)))
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
    longest.map_or(&[], |group| group.way.steps())
}

/// Why no handler answers.
#[derive(Debug)]
pub(crate) enum Miss {
    /// No route has the path.
    Missing,
    /// Routes have the path, but not the method.
    WrongMethod(Allowed),
    /// The method is OPTIONS, and no route answers it itself.
    Options(Allowed),
    /// The method is OPTIONS, and a browser asks for a route of the path; the methods that may be
    /// listed. The way leads to that route, whose handler does not run.
    Preflight(String),
    /// `OPTIONS *`: the question is about the whole server.
    Server,
    /// A route has the path with another trailing slash.
    Redirect(String),
    /// The request is refused before its handler.
    Refused(std::sync::Mutex<Option<Rejection>>),
}

impl Miss {
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Answers in place of a handler.
    pub(crate) fn answer(&self, cx: &Context<'_>) -> Response {
        match self {
            Self::Missing => suggest::missing(cx).into_response(),
            Self::WrongMethod(allowed) => wrong_method(cx, allowed).into_response(),
            Self::Options(allowed) => options(allowed.to_string()),
            Self::Preflight(allow) => options(allow.clone()),
            Self::Server => Response::empty(StatusCode::NO_CONTENT),
            Self::Redirect(target) => redirect(target),
            Self::Refused(rejection) => {
                let mut rejection = rejection.lock().unwrap_or_else(|e| e.into_inner());
                rejection
                    .take()
                    .unwrap_or_else(Rejection::internal)
                    .into_response()
            }
        }
    }
}

fn wrong_method(cx: &Context<'_>, allowed: &Allowed) -> Rejection {
    let allow = allowed.to_string();
    let detail = format!(
        "`{}` does not answer {}; it answers {allow}",
        cx.path(),
        cx.method()
    );
    let rejection = Rejection::new(StatusCode::METHOD_NOT_ALLOWED, detail);
    match HeaderValue::try_from(allow) {
        Ok(value) => rejection.with_header(header::ALLOW, value),
        Err(_) => rejection,
    }
}

fn options(allow: String) -> Response {
    let mut response = Response::empty(StatusCode::NO_CONTENT);
    response.set_header(header::ALLOW, allow);
    response
}

fn redirect(target: &str) -> Response {
    let mut response = Response::empty(StatusCode::PERMANENT_REDIRECT);
    response.set_header(header::LOCATION, location(target));
    response
}
