//! The finished exchange that observers receive, and the record that is kept for them.

use std::{
    any::Any,
    fmt::{self, Write as _},
    net::{IpAddr, SocketAddr},
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use http::{Method, StatusCode, Uri, Version};

use crate::{
    body::Outcome, header_value, panics::discard, request::head::Head, response::Rejection,
    routes::Route,
};

/// A finished exchange of a request and its response, as an observer sees it.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[observer]
/// fn slow(exchange: &Exchange<'_>) {
///     if exchange.duration().as_secs() >= 1 {
///         println!("{} took {:?}", exchange.path(), exchange.duration());
///     }
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(slow))]
/// struct Api(home);
/// ```
pub struct Exchange<'x> {
    head: &'x Head,
    record: &'x Record,
}

/// The record of an exchange for its observers.
#[derive(Debug)]
pub(crate) struct Record {
    observers: Vec<Observe>,
    /// The connection, whose type is known to the functions in `observers`.
    connection: Option<Arc<dyn Any + Send + Sync>>,
    started: Instant,
    answered: Option<Instant>,
    status: Option<StatusCode>,
    bytes: u64,
    outcome: Outcome,
    errors: Vec<Rejection>,
    /// Whether the access log contains the exchange with its errors.
    is_logged: AtomicBool,
    notes: Vec<(&'static str, Range<usize>)>,
    /// The values of the notes, concatenated.
    text: String,
}

/// How many bytes of notes a pooled record keeps memory for.
const MOST_TEXT: usize = 4096;

/// Runs an observer.
pub(crate) type Observe = fn(&Exchange<'_>, &Arc<dyn Any + Send + Sync>);

impl Default for Record {
    fn default() -> Self {
        Self {
            observers: Vec::new(),
            connection: None,
            started: Instant::now(),
            answered: None,
            status: None,
            bytes: 0,
            outcome: Outcome::Cancelled,
            errors: Vec::new(),
            is_logged: AtomicBool::new(false),
            notes: Vec::new(),
            text: String::new(),
        }
    }
}

impl Record {
    /// Adds an observer. The first one starts the clock.
    pub(crate) fn observe(
        &mut self,
        observe: Observe,
        connection: impl FnOnce() -> Arc<dyn Any + Send + Sync>,
    ) {
        if self.observers.is_empty() {
            self.started = Instant::now();
            self.connection = Some(connection());
        }
        self.observers.push(observe);
    }

    pub(crate) fn is_observed(&self) -> bool {
        !self.observers.is_empty()
    }

    /// Records a panic. It counts even if a middleware replaces the response.
    pub(crate) fn panicked(&mut self) {
        self.outcome = Outcome::Panicked;
    }

    pub(crate) fn note(&mut self, key: &'static str, value: &dyn fmt::Display) {
        let start = self.text.len();
        // Writing to a `String` cannot fail. If the value's `Display` fails, the note ends there.
        let _cut = write!(self.text, "{value}");
        self.notes.push((key, start..self.text.len()));
    }

    pub(crate) fn error(&mut self, rejection: Rejection) {
        if self.is_observed() {
            self.errors.push(rejection);
        }
    }

    /// Records that the head of the response is ready.
    pub(crate) fn responded(&mut self, status: StatusCode, outcome: Outcome) {
        if self.is_observed() {
            self.answered = Some(Instant::now());
        }
        self.status = Some(status);
        self.outcome = outcome;
    }

    /// Counts bytes of the response's body that were passed to the connection.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// Records how the response's body ended. An outcome that was recorded before stays.
    pub(crate) fn ended(&mut self, outcome: Outcome) {
        if self.outcome == Outcome::Cancelled {
            self.outcome = outcome;
        }
    }

    /// Runs the observers, outermost first, and clears the record.
    pub(crate) fn run_observers(&mut self, head: &Head) {
        if let Some(connection) = self.connection.take() {
            let exchange = Exchange { head, record: self };
            for observe in &self.observers {
                // A panic, which the panic hook logs, must not keep the other observers from running.
                let observed = catch_unwind(AssertUnwindSafe(|| observe(&exchange, &connection)));
                let _reported = observed.map_err(discard);
            }
            if !self.is_logged.load(Relaxed) {
                for error in &self.errors {
                    // The cause is the app's own, and its `Display` may panic.
                    let report = AssertUnwindSafe(|| error.report(&head.method, head.uri.path()));
                    let _reported = catch_unwind(report).map_err(discard);
                }
            }
        }
        *self.is_logged.get_mut() = false;
        self.observers.clear();
        self.answered = None;
        self.status = None;
        self.bytes = 0;
        self.outcome = Outcome::Cancelled;
        self.errors.clear();
        self.notes.clear();
        self.text.clear();
        // One large note must not keep its memory in the pool.
        self.text.shrink_to(MOST_TEXT);
    }
}

impl<'x> Exchange<'x> {
    /// Notes that the access log contains the exchange, so that its errors are not reported again.
    pub(crate) fn mark_logged(&self) {
        self.record.is_logged.store(true, Relaxed);
    }

    pub(crate) fn head(&self) -> &'x Head {
        self.head
    }

    /// Returns the request's method.
    pub fn method(&self) -> &'x Method {
        &self.head.method
    }

    /// Returns the request's target.
    pub fn uri(&self) -> &'x Uri {
        &self.head.uri
    }

    /// Returns the path of the request, not percent-decoded.
    pub fn path(&self) -> &'x str {
        self.head.uri.path()
    }

    /// Returns the HTTP version of the request.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// Returns the first value of a request header. Returns `None` if there is none or it is not UTF-8.
    pub fn header(&self, name: &str) -> Option<&'x str> {
        header_value::text(self.head.headers.get(name)?)
    }

    /// Returns the address of the peer, the other end of the connection. A unix socket has none.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer
    }

    /// Returns the client's address: the peer's, or the one that trusted [`Proxies`](crate::serve::Proxies) forward.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.head.client_ip()
    }

    /// Returns the route of the request, or `None` if no route matched.
    pub fn route(&self) -> Option<&'static Route> {
        self.head.route
    }

    /// Returns the routes of the app, in the order of its constant `ROUTES`.
    pub fn routes(&self) -> &'static [Route] {
        self.head.routes
    }

    /// Returns the index of the route in [`routes`](Self::routes), or `None` if no route matched.
    ///
    /// An observer that keeps a value for each route finds it by the index, without a search.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    ///
    /// static REQUESTS: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];
    ///
    /// #[observer]
    /// fn count(exchange: &Exchange<'_>) {
    ///     if let Some(idx) = exchange.route_index() {
    ///         REQUESTS[idx].fetch_add(1, Relaxed);
    ///     }
    /// }
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[get("/books")]
    /// async fn books() {}
    ///
    /// #[routes(app, with(count))]
    /// struct Api(home, books);
    ///
    /// # highball::block_on(async {
    /// Api.test().get("/books").send().await;
    /// assert_eq!(REQUESTS[1].load(Relaxed), 1);
    /// # });
    /// ```
    pub fn route_index(&self) -> Option<usize> {
        let routes = self.head.routes;
        // The route is an element of the list, so the addresses lead to its index.
        let address = ptr::from_ref(self.route()?).addr();
        Some(address.checked_sub(routes.as_ptr().addr())? / size_of::<Route>())
    }

    /// Returns the status, or `None` if the client disconnected before the response was ready.
    pub fn status(&self) -> Option<StatusCode> {
        self.record.status
    }

    /// Returns how many bytes of the response's body were passed to the connection.
    pub fn bytes(&self) -> u64 {
        self.record.bytes
    }

    /// Returns the time from when the request reached the outermost observer to the end of the response's body.
    pub fn duration(&self) -> Duration {
        self.record.started.elapsed()
    }

    /// Returns the time until the head of the response was ready.
    pub fn time_to_answer(&self) -> Option<Duration> {
        let answered = self.record.answered?;
        Some(answered.saturating_duration_since(self.record.started))
    }

    /// Returns how the exchange ended.
    pub fn outcome(&self) -> Outcome {
        self.record.outcome
    }

    /// Returns the rejections of the exchange, with the causes that the client did not see.
    ///
    /// The failure of an extractor and the error of a handler are here once each.
    pub fn errors(&self) -> &'x [Rejection] {
        &self.record.errors
    }

    /// Returns the notes that [`Context::note`](crate::Context::note) added, in order.
    pub fn notes(&self) -> impl Iterator<Item = (&'static str, &'x str)> + use<'x> {
        let record = self.record;
        let notes = record.notes.iter();
        notes.map(|(key, range)| (*key, record.text.get(range.clone()).unwrap_or_default()))
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers and notes may hold secrets, so they are not shown.
        f.debug_struct("Exchange")
            .field("method", self.method())
            .field("path", &self.path())
            .field("status", &self.status())
            .field("outcome", &self.outcome())
            .finish_non_exhaustive()
    }
}
