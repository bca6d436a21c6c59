//! Events that a server sends (the HTML standard's server-sent events).

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderValue, header};
use tokio::time::{Instant, Sleep, sleep};

use super::{IntoResponse, Response};
use crate::{
    body::{Body, BoxError},
    tasks::{Later, Stopping},
};

mod event;

pub use event::Event;

/// A stream of events, `text/event-stream`, for a page's `EventSource`.
///
/// When nothing has come for fifteen seconds a comment is sent, so that proxies keep the connection and a
/// client that has left is noticed; then the stream is dropped. A client that comes back says what it has
/// seen: see [`LastEventId`].
///
/// When the server stops, the events that are ready are sent, for at most half a second, and the stream ends;
/// the page's `EventSource` comes back after a second, or after what [`Event::retry`] has told it, and
/// reaches the server's successor. [`to_the_end`](Self::to_the_end) has the stream go on.
///
/// # Examples
/// ```
/// use highball::{body::produce, prelude::*, sse::{Event, Sse}};
///
/// #[get("/countdown")]
/// async fn countdown() -> Sse {
///     Sse::new(produce(|events| async move {
///         for number in (0..3).rev() {
///             events.send(Event::data(number.to_string())).await;
///         }
///     }))
/// }
///
/// #[routes(app)]
/// struct Api(countdown);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/countdown").send().await;
/// assert_eq!(response.text(), "data: 2\n\ndata: 1\n\ndata: 0\n\n");
/// # });
/// ```
#[must_use]
pub struct Sse {
    events: Pin<Box<dyn Stream<Item = Event> + Send>>,
    keep_alive: Duration,
    /// Whether it ends at a stop, before its events do.
    stops: bool,
}

/// For how long events that are ready are sent at a stop.
const GRACE: Duration = Duration::from_millis(500);

/// How long nothing comes before a comment is sent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

impl Sse {
    /// Makes an answer of a stream of events.
    pub fn new(events: impl Stream<Item = Event> + Send + 'static) -> Self {
        Self {
            events: Box::pin(events),
            keep_alive: KEEP_ALIVE,
            stops: true,
        }
    }

    /// Sets how long nothing comes before a comment is sent, in place of fifteen seconds.
    pub fn keep_alive(mut self, after: Duration) -> Self {
        self.keep_alive = after;
        self
    }

    /// Goes on at a stop of the server until the events have ended, as long as
    /// [`Config::drain`](crate::Config::drain) lets it: for events that have an end, those of one answer of a
    /// model say.
    ///
    /// # Examples
    /// ```
    /// use highball::{body::produce, prelude::*, sse::{Event, Sse}};
    ///
    /// #[get("/words")]
    /// async fn words() -> Sse {
    ///     let events = produce(|events| async move {
    ///         for word in ["one", "answer"] {
    ///             events.send(Event::data(word)).await;
    ///         }
    ///     });
    ///     Sse::new(events).to_the_end()
    /// }
    /// # #[routes(app)] struct Api(words);
    /// ```
    pub fn to_the_end(mut self) -> Self {
        self.stops = false;
        self
    }
}

impl IntoResponse for Sse {
    fn into_response(self) -> Response {
        let stream = KeptAlive {
            events: Some(self.events),
            after: self.keep_alive,
            quiet: Box::pin(sleep(self.keep_alive)),
            stop: StopState {
                signal: Later::default(),
                stopping: None,
                until: None,
            },
            stops: self.stops,
            retries: false,
        };
        let content_type = HeaderValue::from_static("text/event-stream");
        let mut response = Response::typed(content_type, Body::stream(stream));
        response.set_header(header::CACHE_CONTROL, "no-cache");
        // Nginx would gather the events.
        response.set_header("x-accel-buffering", "no");
        response
    }
}

impl fmt::Debug for Sse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sse")
            .field("keep_alive", &self.keep_alive)
            .finish_non_exhaustive()
    }
}

/// Events, and comments where none come.
struct KeptAlive {
    /// Those that are to come, until they or the server end.
    events: Option<Pin<Box<dyn Stream<Item = Event> + Send>>>,
    after: Duration,
    quiet: Pin<Box<Sleep>>,
    stop: StopState,
    stops: bool,
    /// Whether an event has said when the client shall come back.
    retries: bool,
}

/// The server's stop, as a stream sees it.
struct StopState {
    signal: Later,
    stopping: Option<Stopping>,
    /// Until when events that are ready are sent.
    until: Option<Instant>,
}

impl StopState {
    /// Returns until when events are sent, if the server stops.
    fn poll(&mut self, task: &mut Context<'_>) -> Option<Instant> {
        self.signal.look();
        let signal = &self.signal;
        let stopping = self.stopping.get_or_insert_with(|| signal.stopping());
        if Pin::new(stopping).poll(task).is_pending() {
            return None;
        }
        Some(*self.until.get_or_insert_with(|| Instant::now() + GRACE))
    }
}

impl KeptAlive {
    /// Ends the stream: a client that has not been told when to come back is.
    fn end(&mut self) -> Option<Bytes> {
        self.events = None;
        (!self.retries).then(|| Bytes::from_static(b"retry: 1000\n\n"))
    }
}

impl Stream for KeptAlive {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let until = if this.stops {
            this.stop.poll(task)
        } else {
            None
        };
        let Some(events) = &mut this.events else {
            return Poll::Ready(None);
        };
        if until.is_some_and(|until| Instant::now() >= until) {
            return Poll::Ready(this.end().map(Ok));
        }
        let text = match events.as_mut().poll_next(task) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(event)) => {
                this.retries |= event.retries;
                Bytes::from(event.text + "\n")
            }
            Poll::Pending if until.is_some() => return Poll::Ready(this.end().map(Ok)),
            Poll::Pending => {
                ready!(this.quiet.as_mut().poll(task));
                Bytes::from_static(b":\n\n")
            }
        };
        let next = Instant::now() + this.after;
        this.quiet.as_mut().reset(next);
        Poll::Ready(Some(Ok(text)))
    }
}
