//! How much, and for how long, a client may ask of the server.

use std::time::Duration;

/// How much, and for how long, a client may ask of the server; the defaults are safe on the open
/// network.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// # #[get("/")] async fn hello() {}
/// # #[routes(app)] struct Api(hello);
/// use std::time::Duration;
/// use highball::Limits;
///
/// let limits = Limits::default().connections(1_000).idle_timeout(Duration::from_secs(30));
/// let _ = highball::serve(Api).limits(limits);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Limits {
    pub(crate) head_timeout: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) drain: Duration,
    pub(crate) headers: usize,
    pub(crate) head: usize,
    pub(crate) connections: usize,
    pub(crate) streams: u32,
    pub(crate) cancel: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            drain: Duration::from_secs(30),
            headers: 100,
            head: 64 * 1024,
            connections: 25_000,
            streams: 128,
            cancel: true,
        }
    }
}

impl Limits {
    /// Sets how long a client may take to send a request's head, from its first byte; 10 seconds
    /// unless set.
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.head_timeout = timeout;
        self
    }

    /// Sets how long a kept connection may be silent between requests; 75 seconds unless set.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets how long a client may take no byte of an answer; 30 seconds unless set.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.write_timeout = timeout;
        self
    }

    /// Sets how long a stop waits for open connections, and for what they have spawned; 30 seconds
    /// unless set.
    pub fn drain(mut self, deadline: Duration) -> Self {
        self.drain = deadline;
        self
    }

    /// Sets how many headers a request may have; 100 unless set.
    ///
    /// Over 100, every request costs hyper two allocations.
    pub fn headers(mut self, count: usize) -> Self {
        self.headers = count;
        self
    }

    /// Sets how many bytes a request's head may have, at least 8 KiB; 64 KiB unless set.
    pub fn head(mut self, bytes: usize) -> Self {
        // hyper's buffer is never smaller, and hyper panics when asked for less.
        self.head = bytes.max(8 * 1024);
        self
    }

    /// Sets how many connections are open at once; 25,000 unless set. Others wait unaccepted.
    pub fn connections(mut self, count: usize) -> Self {
        self.connections = count.max(1);
        self
    }

    /// Sets how many requests an HTTP/2 connection may have open at once; 128 unless set.
    pub fn streams(mut self, count: u32) -> Self {
        self.streams = count;
        self
    }

    /// Sets whether a request whose client has left is dropped; it is, unless set.
    pub fn cancel_on_disconnect(mut self, cancel: bool) -> Self {
        self.cancel = cancel;
        self
    }
}
