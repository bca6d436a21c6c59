//! Observers: what looks at an exchange when all of it is over.

use std::{
    any::Any,
    fmt::{self, Write as _},
    net::{IpAddr, SocketAddr},
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
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

/// A finished exchange, as an observer sees it.
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

/// What is kept of an exchange for its observers.
#[derive(Debug)]
pub(crate) struct Record {
    observers: Vec<Observe>,
    /// The connection, whose type the observers know.
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
    /// The values of the notes, one behind the other.
    text: String,
}

/// How many bytes of notes a kept record has room for.
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
    /// Adds an observer; the first one starts the clock.
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

    /// Something in the chain has panicked, whatever becomes of the answer further out.
    pub(crate) fn panicked(&mut self) {
        self.outcome = Outcome::Panicked;
    }

    pub(crate) fn note(&mut self, key: &'static str, value: &dyn fmt::Display) {
        let start = self.text.len();
        // Text takes whatever is written; a value whose `Display` fails is cut there.
        let _cut = write!(self.text, "{value}");
        self.notes.push((key, start..self.text.len()));
    }

    pub(crate) fn error(&mut self, rejection: Rejection) {
        if self.is_observed() {
            self.errors.push(rejection);
        }
    }

    /// The head of the answer is ready.
    pub(crate) fn responded(&mut self, status: StatusCode, outcome: Outcome) {
        if self.is_observed() {
            self.answered = Some(Instant::now());
        }
        self.status = Some(status);
        self.outcome = outcome;
    }

    /// A piece of the answer's body was handed over.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
    }

    /// The answer's body has ended; what was lost before stays lost.
    pub(crate) fn ended(&mut self, outcome: Outcome) {
        if self.outcome == Outcome::Cancelled {
            self.outcome = outcome;
        }
    }

    /// Runs the observers, outermost first, and forgets the exchange.
    pub(crate) fn run_observers(&mut self, head: &Head) {
        if let Some(connection) = self.connection.take() {
            let exchange = Exchange { head, record: self };
            for observe in &self.observers {
                // One that panics, which the panic hook reports, harms nobody.
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
        // A rare huge note must not hold its memory for ever.
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

    /// Returns the request's path as it came.
    pub fn path(&self) -> &'x str {
        self.head.uri.path()
    }

    /// Returns the version of HTTP that the request came by.
    pub fn version(&self) -> Version {
        self.head.version
    }

    /// Returns the first value of a request header, if it is there and UTF-8.
    pub fn header(&self, name: &str) -> Option<&'x str> {
        header_value::text(self.head.headers.get(name)?)
    }

    /// Returns the address at the other end of the connection, where there is a connection.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.head.peer
    }

    /// Returns the client's address: the peer's, or what the trusted [`Proxies`](crate::serve::Proxies) say.
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.head.client_ip()
    }

    /// Returns the route that matched, or `None` where none did.
    pub fn route(&self) -> Option<&'static Route> {
        self.head.route
    }

    /// Returns the status, or `None` where the client left before the answer was ready.
    pub fn status(&self) -> Option<StatusCode> {
        self.record.status
    }

    /// Returns how many bytes of the answer's body were handed to the connection.
    pub fn bytes(&self) -> u64 {
        self.record.bytes
    }

    /// Returns the time from the outermost observer on the way in to the end of the body.
    pub fn duration(&self) -> Duration {
        self.record.started.elapsed()
    }

    /// Returns the time until the head of the answer was ready.
    pub fn time_to_answer(&self) -> Option<Duration> {
        let answered = self.record.answered?;
        Some(answered.saturating_duration_since(self.record.started))
    }

    /// Returns how it ended.
    pub fn outcome(&self) -> Outcome {
        self.record.outcome
    }

    /// Returns what was refused on the way, with causes that no client has seen; an extractor's
    /// failure and a handler's error are here once each.
    pub fn errors(&self) -> &'x [Rejection] {
        &self.record.errors
    }

    /// Returns what was noted by [`Context::note`](crate::Context::note), in order.
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
