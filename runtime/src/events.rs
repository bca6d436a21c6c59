//! Reports to the operator of a server, with one function for each event.
//!
//! With the feature `tracing`, an event goes to the subscriber of the thread. Without the feature, or if
//! no subscriber is set, an event of the level warning or error is one line on standard error. Each event
//! is reported once: a failure that the access log contains is not reported here as well.
//!
//! Events that a client can cause at will are of the level debug, so that they cannot fill a log. They
//! are counted instead: see [`ServerCounts`].

use std::{
    error::Error,
    fmt,
    io::{self, Write as _},
    net::{IpAddr, SocketAddr},
    panic::Location,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use http::{Method, StatusCode};

use crate::panics::PanicCause;

/// Reports an event of the level warning or error.
macro_rules! report {
    ($level:ident, $($text:tt)*) => {{
        #[cfg(feature = "tracing")]
        if has_subscriber() {
            tracing::event!(target: "highball", tracing::Level::$level, $($text)*);
            return;
        }
        write_line(format_args!($($text)*));
    }};
}

/// Counts an event, and reports it at the level debug.
macro_rules! count {
    ($counter:ident, $($text:tt)*) => {{
        COUNTERS.$counter.fetch_add(1, Relaxed);
        #[cfg(feature = "tracing")]
        tracing::event!(target: "highball", tracing::Level::DEBUG, $($text)*);
        #[cfg(not(feature = "tracing"))]
        let _ = format_args!($($text)*);
    }};
}

#[cfg(feature = "tracing")]
fn has_subscriber() -> bool {
    tracing::dispatcher::get_default(|dispatch| !dispatch.is::<tracing::subscriber::NoSubscriber>())
}

fn write_line(text: fmt::Arguments<'_>) {
    // One write for the whole line, so that lines of several threads do not mix. If standard error is
    // closed, the line has no reader.
    let _ = io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// Reports a response with a 5xx status that has a cause.
pub(crate) fn request_failed(
    status: StatusCode,
    method: &Method,
    path: &str,
    cause: &(dyn Error + Send + Sync + 'static),
) {
    let status = status.as_u16();
    if cause.is::<PanicCause>() {
        // The panic hook has reported the message and the location.
        report!(ERROR, "{status} at {method} {path}: it panicked");
    } else {
        let cause = ErrorChain(cause).to_string();
        report!(ERROR, "{status} at {method} {path}: {cause}");
    }
}

/// Reports that a store has not recorded the end of a request with an `Idempotency-Key`.
#[cfg(feature = "idempotency")]
pub(crate) fn key_not_stored(error: &(dyn Error + Send + Sync + 'static)) {
    let cause = ErrorChain(error).to_string();
    report!(
        ERROR,
        "the end of a request with an `Idempotency-Key` is not stored: {cause}"
    );
}

/// Reports a response body whose length is not the one that the handler declared.
pub(crate) fn body_has_wrong_length(fault: &str) {
    report!(ERROR, "{fault}; the response is cut");
}

/// Reports that a handler set a status that HTTP does not define.
pub(crate) fn status_out_of_range(code: u16, location: &Location<'_>) {
    report!(
        ERROR,
        "the status {code} at {location} is not one of 100 to 599: the response is 500"
    );
}

/// Reports a blocked runtime, or a handler that blocks its thread.
pub(crate) fn blocked(text: &str) {
    report!(WARN, "{text}");
}

/// Reports that the process ends because of a blocked runtime.
pub(crate) fn ends(text: &str) {
    report!(ERROR, "{text}");
}

/// Reports a new certificate that cannot be used.
#[cfg(feature = "tls")]
pub(crate) fn certificate_not_renewed(error: &dyn fmt::Debug) {
    report!(
        WARN,
        "the certificate is not renewed, the previous one is kept: {error:?}"
    );
}

/// Reports a certificate that has ended or ends soon.
#[cfg(feature = "tls")]
pub(crate) fn certificate_ends(text: &str) {
    report!(WARN, "{text}");
}

/// Reports background work of a battery that has failed, and begins again unless a stop has begun.
pub(crate) fn background_failed(name: &str, fault: &str) {
    report!(ERROR, "`{name}` failed: {fault}");
}

/// Reports that a check of `/readyz` fails, after it has passed before.
pub(crate) fn check_failed(name: &str, fault: &str) {
    report!(WARN, "not ready: the check `{name}` fails: {fault}");
}

/// Reports the first connection that is refused because its address has too many.
pub(crate) fn address_is_full(address: IpAddr, most: usize) {
    report!(
        WARN,
        "closed a connection of {address}, which has {most} open: if it is a proxy, name it by `.proxies(..)`, \
         or raise `max_connections_per_address`; this is logged once"
    );
}

/// Reports the number of connections or tasks that were still running at the deadline of a stop.
pub(crate) fn cut_at_stop(count: usize, what: &str) {
    if count > 0 {
        report!(WARN, "stopped; {count} {what} were cut at the deadline");
    }
}

/// Counts a connection that is refused because its address has too many.
pub(crate) fn connection_refused(address: IpAddr) {
    count!(
        refused_connections,
        "refused a connection of {address}: it has too many"
    );
}

/// Counts a TLS handshake, or a header of the PROXY protocol, that failed or timed out.
pub(crate) fn handshake_failed(peer: Option<SocketAddr>, fault: &dyn fmt::Display) {
    count!(
        failed_handshakes,
        "the handshake of {} failed: {fault}",
        Peer(peer)
    );
}

/// Counts a connection that the server ended because of a timeout, a limit, or an error of the client.
pub(crate) fn connection_cut(peer: Option<SocketAddr>) {
    count!(cut_connections, "cut the connection of {}", Peer(peer));
}

/// Counts a request body that was slower than `min_body_rate` or `body_timeout` allow.
pub(crate) fn body_too_slow(received: u64, waited: Duration) {
    count!(
        slow_bodies,
        "the body of a request was too slow: {received} bytes in {waited:?}"
    );
}

/// The open connections of an accept loop, which are part of [`server_counts`] until it is dropped.
#[derive(Default)]
pub(crate) struct OpenConnections(usize);

impl OpenConnections {
    /// Sets their number.
    pub(crate) fn set(&mut self, open: usize) {
        // The other accept loops of the process have added theirs.
        match open.checked_sub(self.0) {
            Some(more) => COUNTERS.open_connections.fetch_add(more as u64, Relaxed),
            None => COUNTERS
                .open_connections
                .fetch_sub((self.0 - open) as u64, Relaxed),
        };
        self.0 = open;
    }
}

impl Drop for OpenConnections {
    fn drop(&mut self) {
        self.set(0);
    }
}

/// Counts a connection that was accepted.
pub(crate) fn connection_accepted() {
    COUNTERS.accepted_connections.fetch_add(1, Relaxed);
}

static COUNTERS: Counters = Counters {
    accepted_connections: AtomicU64::new(0),
    open_connections: AtomicU64::new(0),
    refused_connections: AtomicU64::new(0),
    failed_handshakes: AtomicU64::new(0),
    cut_connections: AtomicU64::new(0),
    slow_bodies: AtomicU64::new(0),
};

struct Counters {
    accepted_connections: AtomicU64,
    open_connections: AtomicU64,
    refused_connections: AtomicU64,
    failed_handshakes: AtomicU64,
    cut_connections: AtomicU64,
    slow_bodies: AtomicU64,
}

/// The connections of the servers of this process, and the bodies that they have cut, since it started.
///
/// [`server_counts`] returns it. Export it as metrics, or look at it when clients report errors that no
/// log contains: these events are logged at the level debug only, by the feature `tracing`.
///
/// # Examples
/// ```
/// use highball::serve::{ServerCounts, server_counts};
///
/// let ServerCounts { slow_bodies, .. } = server_counts();
/// assert_eq!(slow_bodies, 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerCounts {
    /// Connections that were accepted.
    pub accepted_connections: u64,
    /// Connections that are open now, those of operators included.
    pub open_connections: u64,
    /// Connections that were refused because of `max_connections_per_address`.
    pub refused_connections: u64,
    /// TLS handshakes and headers of the PROXY protocol that failed or timed out.
    pub failed_handshakes: u64,
    /// Connections that the server ended: after a timeout, at a limit, or after an error of the client.
    pub cut_connections: u64,
    /// Bodies of requests that were slower than `min_body_rate` or `body_timeout` allow.
    pub slow_bodies: u64,
}

/// Returns the counts of connections and bodies.
///
/// # Examples
/// ```
/// let counts = highball::serve::server_counts();
/// println!("{} handshakes failed", counts.failed_handshakes);
/// ```
pub fn server_counts() -> ServerCounts {
    ServerCounts {
        accepted_connections: COUNTERS.accepted_connections.load(Relaxed),
        open_connections: COUNTERS.open_connections.load(Relaxed),
        refused_connections: COUNTERS.refused_connections.load(Relaxed),
        failed_handshakes: COUNTERS.failed_handshakes.load(Relaxed),
        cut_connections: COUNTERS.cut_connections.load(Relaxed),
        slow_bodies: COUNTERS.slow_bodies.load(Relaxed),
    }
}

/// The address of a client, or a word if it has none.
struct Peer(Option<SocketAddr>);

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(peer) => peer.fmt(f),
            None => f.write_str("a client without an address"),
        }
    }
}

/// An error with its sources in one line. A source whose text is part of the text before it is left out.
pub(crate) struct ErrorChain<'e>(pub(crate) &'e (dyn Error + 'static));

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last = self.0.to_string();
        f.write_str(&last)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            source = cause.source();
            let text = cause.to_string();
            if !last.contains(&text) {
                write!(f, "; because: {text}")?;
                last = text;
            }
        }
        Ok(())
    }
}
