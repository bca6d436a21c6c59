//! A response that a test reads chunk by chunk.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, response};
use http_body_util::BodyExt;

use crate::{body::Body, header_value};

/// A response that a test reads as it arrives. [`TestRequest::send_streaming`](super::TestRequest::send_streaming)
/// returns it.
///
/// Dropping it has the effect of a client that disconnects.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestStream};
///
/// #[get("/news")]
/// async fn news() -> &'static str {
///     "id: 7\ndata: hello\n\n: still here\n\n"
/// }
///
/// #[routes(app)]
/// struct Api(news);
///
/// # highball::block_on(async {
/// let mut stream: TestStream = Api.test().get("/news").send_streaming().await;
/// assert_eq!(stream.status(), 200);
/// let event = stream.next_event().await.expect("an event");
/// assert_eq!((event.id.as_deref(), &*event.data), (Some("7"), "hello"));
/// let event = stream.next_event().await.expect("a comment");
/// assert_eq!(event.comment.as_deref(), Some("still here"));
/// assert_eq!(stream.next_event().await, None);
/// # });
/// ```
pub struct TestStream {
    head: response::Parts,
    body: Body,
    /// Bytes that have arrived but are not consumed.
    rest: Vec<u8>,
    /// Whether a line was read: only the first one may begin with a byte order mark.
    has_line: bool,
    /// Whether the last line ended with a carriage return. A line feed that follows belongs to it.
    after_return: bool,
}

/// One event of a server-sent event stream (`text/event-stream`): the lines between two blank lines.
///
/// A block that contains only comments counts as an event too, so that a test sees the comments that keep a
/// connection alive.
///
/// # Examples
/// ```
/// use highball::{prelude::*, testing::TestEvent};
///
/// #[get("/news")]
/// async fn news() -> &'static str {
///     "event: price\ndata: 7\n\n"
/// }
///
/// #[routes(app)]
/// struct Api(news);
///
/// # highball::block_on(async {
/// let mut stream = Api.test().get("/news").send_streaming().await;
/// let event: TestEvent = stream.next_event().await.expect("an event");
/// assert_eq!((event.name.as_deref(), &*event.data), (Some("price"), "7"));
/// # });
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestEvent {
    /// The name of the event, from `event:`.
    pub name: Option<String>,
    /// The values of `data:`, joined by line feeds.
    pub data: String,
    /// The id of the event, from `id:`.
    pub id: Option<String>,
    /// How long a browser waits before it reconnects, from `retry:`.
    pub retry: Option<Duration>,
    /// The comments, joined by line feeds.
    pub comment: Option<String>,
}

impl TestStream {
    pub(crate) fn new(response: http::Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            head,
            body,
            rest: Vec::new(),
            has_line: false,
            after_return: false,
        }
    }

    /// Returns the status.
    pub fn status(&self) -> StatusCode {
        self.head.status
    }

    /// Returns the headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the first value of a header, or `""` if the header is absent or is not UTF-8.
    ///
    /// # Panics
    /// Panics if the name is not a valid header name.
    pub fn header(&self, name: impl TryInto<HeaderName, Error: fmt::Display>) -> &str {
        let name = name.try_into();
        let name = name.unwrap_or_else(|error| panic!("invalid header name: {error}"));
        let value = self.head.headers.get(name);
        value.and_then(header_value::text).unwrap_or_default()
    }

    /// Waits for the next chunk of the body. Returns `None` at its end.
    ///
    /// # Panics
    /// Panics if the body fails.
    ///
    /// # Cancel safety
    /// No data is lost if the future is dropped.
    pub async fn next_chunk(&mut self) -> Option<Bytes> {
        if !self.rest.is_empty() {
            return Some(std::mem::take(&mut self.rest).into());
        }
        self.read_chunk().await
    }

    /// Waits for the next event. Returns `None` at the end of the body.
    ///
    /// An event that the end of the body cuts off is discarded, as in browsers.
    ///
    /// # Panics
    /// Panics if the body fails or is not UTF-8.
    ///
    /// # Cancel safety
    /// If the future is dropped, the lines of an event that has partly arrived may be lost.
    pub async fn next_event(&mut self) -> Option<TestEvent> {
        let mut block = EventBlock::default();
        loop {
            let line = self.read_line().await?;
            if !line.is_empty() {
                block.add_line(&line);
            } else if let Some(event) = block.take() {
                return Some(event);
            }
        }
    }

    async fn read_chunk(&mut self) -> Option<Bytes> {
        loop {
            let frame = self.body.frame().await?;
            let frame = frame.unwrap_or_else(|error| panic!("the response's body failed: {error}"));
            if let Ok(bytes) = frame.into_data()
                && !bytes.is_empty()
            {
                return Some(bytes);
            }
        }
    }

    /// Reads a line. It ends with a line feed, a carriage return, or both.
    async fn read_line(&mut self) -> Option<String> {
        loop {
            if self.after_return && self.rest.first() == Some(&b'\n') {
                self.rest.remove(0);
            }
            self.after_return &= self.rest.is_empty();
            if let Some(end) = memchr::memchr2(b'\n', b'\r', &self.rest) {
                let mut line: Vec<u8> = self.rest.drain(..=end).collect();
                self.after_return = line.pop() == Some(b'\r');
                let line = String::from_utf8(line);
                let line = line.unwrap_or_else(|error| panic!("the event is not UTF-8: {error}"));
                let is_first = !std::mem::replace(&mut self.has_line, true);
                let without_mark = if is_first {
                    line.strip_prefix('\u{feff}')
                } else {
                    None
                };
                return Some(without_mark.map_or_else(|| line.clone(), str::to_owned));
            }
            let more = self.read_chunk().await?;
            self.rest.extend_from_slice(&more);
        }
    }
}

/// An event whose lines are being read.
#[derive(Default)]
struct EventBlock {
    event: TestEvent,
    data: Option<String>,
    /// Whether a line was a known field or a comment. A block without one is not an event.
    has_field: bool,
}

impl EventBlock {
    fn add_line(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => append_line(&mut self.event.comment, value),
            "data" => append_line(&mut self.data, value),
            "event" => self.event.name = Some(value.to_owned()),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                let millis = value.parse().ok();
                self.event.retry = millis.map(Duration::from_millis);
            }
            _ => return,
        }
        self.has_field = true;
    }

    fn take(&mut self) -> Option<TestEvent> {
        let mut block = std::mem::take(self);
        block.event.data = block.data.unwrap_or_default();
        block.has_field.then_some(block.event)
    }
}

fn append_line(lines: &mut Option<String>, line: &str) {
    match lines {
        Some(lines) => {
            lines.push('\n');
            lines.push_str(line);
        }
        None => *lines = Some(line.to_owned()),
    }
}

impl fmt::Debug for TestStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestStream")
            .field("status", &self.head.status)
            .finish_non_exhaustive()
    }
}
