//! Server-sent events (the HTML standard, `text/event-stream`).

use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_core::Stream;
use http::{HeaderValue, header};
use pin_project_lite::pin_project;
use tokio::time::Instant;

use super::{IntoResponse, Response};
use crate::{
    body::{Body, BoxError},
    clock::{Clock, Sleep},
    routes::{Answer, Answers, Facts},
    tasks::{Later, Stopping},
};

mod event;
mod json_events;

pub use event::Event;
pub use json_events::JsonEvents;

/// A response of server-sent events, `text/event-stream`, for the `EventSource` of a page.
///
/// If there is no event for fifteen seconds, a comment is sent. It makes proxies keep the connection, and shows
/// whether the client has disconnected. If it has, the stream is dropped. A client that reconnects sends the id of its
/// last event: see [`LastEventId`](crate::extract::LastEventId).
///
/// When the server shuts down, the events that are ready are sent for at most half a second, and the stream ends. The
/// `EventSource` reconnects after one second, or after the time of [`Event::retry`], and reaches the next server. With
/// [`to_the_end`](Self::to_the_end) the stream continues until its events end.
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
    events: EventStream,
    keep_alive: Duration,
    /// Whether it ends at a shutdown, before its events do.
    stops: bool,
}

/// A stream of [`Event`]s, for [`Sse::new`]. It is implemented for each `Stream<Item = Event>`.
///
/// # Examples
/// ```
/// use highball::{prelude::*, sse::{Events, Sse}};
///
/// /// Returns a response with a comment after five seconds without an event.
/// fn live(events: impl Events + Send + 'static) -> Sse {
///     Sse::new(events).keep_alive(secs(5))
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream of events",
    label = "`Sse` sends values of the type `Event`",
    note = "make each item an event: `Event::data(text)`, or `Event::json(&value)?`"
)]
pub trait Events: Stream<Item = Event> {}

#[diagnostic::do_not_recommend]
impl<S: Stream<Item = Event> + ?Sized> Events for S {}

/// The events of a response. An error ends it.
type EventStream = Pin<Box<dyn Stream<Item = Result<Event, BoxError>> + Send>>;

pin_project! {
    /// Events without errors.
    struct AlwaysEvents<S> {
        #[pin]
        events: S,
    }
}

impl<S: Events> Stream for AlwaysEvents<S> {
    type Item = Result<Event, BoxError>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let event = ready!(self.project().events.poll_next(task));
        Poll::Ready(event.map(Ok))
    }
}

/// How long events that are ready are sent after the shutdown has begun.
const GRACE: Duration = Duration::from_millis(500);

/// The time without an event after which a comment is sent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

impl Sse {
    /// Returns a response of these events.
    pub fn new(events: impl Events + Send + 'static) -> Self {
        Self::of(AlwaysEvents { events })
    }

    fn of(events: impl Stream<Item = Result<Event, BoxError>> + Send + 'static) -> Self {
        Self {
            events: Box::pin(events),
            keep_alive: KEEP_ALIVE,
            stops: true,
        }
    }

    /// Sets the time without an event after which a comment is sent, instead of fifteen seconds.
    pub fn keep_alive(mut self, after: Duration) -> Self {
        self.keep_alive = after;
        self
    }

    /// Continues at a shutdown until the events have ended, for at most [`Config::shutdown_timeout`](crate::Config::shutdown_timeout).
    ///
    /// It is for events that end soon, for example the tokens of one answer of a language model.
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
    const FACTS: Facts = Facts::STREAM;
    const ANSWERS: Answers = Answers::one(Answer::new(200, "text/event-stream"));

    fn into_response(self) -> Response {
        let stream = KeptAlive {
            events: Some(self.events),
            after: self.keep_alive,
            quiet: None,
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
        // nginx would buffer the events.
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

/// The stream of events, with comments that keep the connection alive.
struct KeptAlive {
    /// The events, until they or the server end.
    events: Option<EventStream>,
    after: Duration,
    /// Ends when a comment is due. It is made at the first wait, because only then the server's clock is known.
    quiet: Option<Pin<Box<Sleep>>>,
    stop: StopState,
    stops: bool,
    /// Whether an event has set the time after which the client reconnects.
    retries: bool,
}

/// The shutdown of the server, as a stream sees it.
struct StopState {
    signal: Later,
    stopping: Option<Stopping>,
    /// The time until which events that are ready are sent.
    until: Option<Instant>,
}

impl StopState {
    /// Returns the time until which events are sent, if the server shuts down.
    fn poll(&mut self, task: &mut Context<'_>, clock: &Clock) -> Option<Instant> {
        let signal = &self.signal;
        let stopping = self.stopping.get_or_insert_with(|| signal.stopping());
        if Pin::new(stopping).poll(task).is_pending() {
            return None;
        }
        Some(*self.until.get_or_insert_with(|| clock.now() + GRACE))
    }
}

impl KeptAlive {
    /// Ends the stream. If no event has set the time after which the client reconnects, this sets it.
    fn end(&mut self) -> Option<Bytes> {
        self.events = None;
        (!self.retries).then(|| Bytes::from_static(b"retry: 1000\n\n"))
    }
}

impl Stream for KeptAlive {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        this.stop.signal.look();
        let clock = this.stop.signal.clock();
        let until = if this.stops {
            this.stop.poll(task, &clock)
        } else {
            None
        };
        let Some(events) = &mut this.events else {
            return Poll::Ready(None);
        };
        if until.is_some_and(|until| clock.now() >= until) {
            return Poll::Ready(this.end().map(Ok));
        }
        let text = match events.as_mut().poll_next(task) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => {
                this.events = None;
                return Poll::Ready(Some(Err(error)));
            }
            Poll::Ready(Some(Ok(event))) => {
                this.retries |= event.retries;
                Bytes::from(event.text + "\n")
            }
            Poll::Pending if until.is_some() => return Poll::Ready(this.end().map(Ok)),
            Poll::Pending => {
                let quiet = this
                    .quiet
                    .get_or_insert_with(|| Box::pin(clock.sleep(this.after)));
                ready!(quiet.as_mut().poll(task));
                Bytes::from_static(b":\n\n")
            }
        };
        if let Some(quiet) = &mut this.quiet {
            quiet.as_mut().reset(clock.now() + this.after);
        }
        Poll::Ready(Some(Ok(text)))
    }
}
