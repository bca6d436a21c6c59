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
use serde::Serialize;
use tokio::time::{Instant, Sleep, sleep};

use super::{IntoResponse, Response};
use crate::{
    body::{Body, BoxError},
    extract::{Extract, Input},
    header_value,
    rejection::Rejection,
};

/// A stream of events, `text/event-stream`, for a page's `EventSource`.
///
/// When nothing has come for fifteen seconds a comment is sent, so that proxies keep the connection and a
/// client that has left is noticed; then the stream is dropped. A client that comes back says what it has
/// seen: see [`LastEventId`].
///
/// # Examples
/// ```
/// use highball::{Event, Sse, prelude::*, produce};
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
}

/// How long nothing comes before a comment is sent.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

impl Sse {
    /// Makes an answer of a stream of events.
    pub fn new(events: impl Stream<Item = Event> + Send + 'static) -> Self {
        Self {
            events: Box::pin(events),
            keep_alive: KEEP_ALIVE,
        }
    }

    /// Sets how long nothing comes before a comment is sent, in place of fifteen seconds.
    pub fn keep_alive(mut self, after: Duration) -> Self {
        self.keep_alive = after;
        self
    }
}

impl IntoResponse for Sse {
    fn into_response(self) -> Response {
        let stream = Kept {
            events: self.events,
            after: self.keep_alive,
            quiet: Box::pin(sleep(self.keep_alive)),
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
struct Kept {
    events: Pin<Box<dyn Stream<Item = Event> + Send>>,
    after: Duration,
    quiet: Pin<Box<Sleep>>,
}

impl Stream for Kept {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let text = match self.events.as_mut().poll_next(task) {
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Ready(Some(event)) => Bytes::from(event.text + "\n"),
            Poll::Pending => {
                ready!(self.quiet.as_mut().poll(task));
                Bytes::from_static(b":\n\n")
            }
        };
        let next = Instant::now() + self.after;
        self.quiet.as_mut().reset(next);
        Poll::Ready(Some(Ok(text)))
    }
}

/// One event of [`Sse`].
///
/// # Examples
/// ```
/// use highball::{Event, json};
///
/// let event = Event::json(&json!({ "user": "zoe" }))?.name("joined").id("7");
/// # Ok::<(), highball::serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Event {
    /// The lines, without the empty one that ends them.
    text: String,
}

impl Event {
    /// Makes an event with this text; its lines arrive as they are.
    pub fn data(text: impl AsRef<str>) -> Self {
        let mut event = Self {
            text: String::new(),
        };
        event.field("data", text.as_ref());
        event
    }

    /// Makes an event with this value as JSON.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON.
    pub fn json(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Self> {
        serde_json::to_string(value).map(Self::data)
    }

    /// Names the kind of event, for which a page has a listener of its own.
    pub fn name(mut self, name: &str) -> Self {
        self.line("event", name);
        self
    }

    /// Gives the event an id, which a client that comes back says as the last that it has seen.
    pub fn id(mut self, id: &str) -> Self {
        self.line("id", id);
        self
    }

    /// Tells the client how long to wait before it comes back.
    pub fn retry(mut self, after: Duration) -> Self {
        self.line("retry", &after.as_millis().to_string());
        self
    }

    /// Adds a field of one line; what would end it, or the id, is left out.
    fn line(&mut self, name: &str, value: &str) {
        let value: String = value
            .chars()
            .filter(|c| !matches!(c, '\r' | '\n' | '\0'))
            .collect();
        self.field(name, &value);
    }

    fn field(&mut self, name: &str, value: &str) {
        // A lone carriage return ends a line as well.
        let value = value.replace("\r\n", "\n").replace('\r', "\n");
        for line in value.split('\n') {
            self.text += name;
            self.text += ": ";
            self.text += line;
            self.text.push('\n');
        }
    }
}

/// The id of the last event that a client has seen, if it comes back (`Last-Event-ID`).
///
/// # Examples
/// ```
/// use highball::{Event, LastEventId, Sse, prelude::*, produce};
///
/// #[get("/news")]
/// async fn news(last: LastEventId) -> Sse {
///     let next = last.id().and_then(|id| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
///     Sse::new(produce(move |events| async move {
///         for id in next.. {
///             events.send(Event::data("news").id(&id.to_string())).await;
///             # break;
///         }
///     }))
/// }
/// # #[routes(app)] struct Api(news);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastEventId(Option<String>);

impl LastEventId {
    /// Returns the id.
    pub fn id(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'r> Extract<'r> for LastEventId {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let value = input.headers().get("last-event-id");
        let text = value.and_then(header_value::text);
        Ok(Self(text.map(str::to_owned)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event: Event, expected: &str) {
        assert_eq!(event.text, expected);
    }

    #[test]
    fn lines_stay_lines_and_fields_stay_fields() {
        check(Event::data("a"), "data: a\n");
        check(Event::data(""), "data: \n");
        check(
            Event::data("a\nb\r\nc\rd"),
            "data: a\ndata: b\ndata: c\ndata: d\n",
        );
        check(
            Event::data("a").name("b\ndata: c"),
            "data: a\nevent: bdata: c\n",
        );
        check(Event::data("a").id("7\0\r\n"), "data: a\nid: 7\n");
        check(
            Event::data("a").retry(Duration::from_secs(2)),
            "data: a\nretry: 2000\n",
        );
    }
}
