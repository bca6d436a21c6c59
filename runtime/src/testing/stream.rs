//! An answer that is read piece by piece.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode, response};
use http_body_util::BodyExt;

use crate::{body::Body, header_value};

/// An answer that a test reads as it comes: [`TestRequest::send_streaming`](super::TestRequest::send_streaming)
/// makes it.
///
/// When it is dropped the app sees that the client has left.
///
/// # Examples
/// ```
/// use highball::prelude::*;
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
/// let mut answer = Api.test().get("/news").send_streaming().await;
/// assert_eq!(answer.status(), 200);
/// let event = answer.next_event().await.expect("there is an event");
/// assert_eq!((event.id.as_deref(), &*event.data), (Some("7"), "hello"));
/// let event = answer.next_event().await.expect("there is a comment");
/// assert_eq!(event.comment.as_deref(), Some("still here"));
/// assert_eq!(answer.next_event().await, None);
/// # });
/// ```
pub struct TestStream {
    head: response::Parts,
    body: Body,
    /// What has come and is not read yet.
    rest: Vec<u8>,
    is_begun: bool,
    /// Whether the last line ended with a carriage return, so that a line feed belongs to it.
    after_return: bool,
}

/// An event of a stream of events (`text/event-stream`): what stands between two blank lines.
///
/// A block of comments only is one too, so that a test sees what keeps a connection alive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TestEvent {
    /// The event's name, from `event:`.
    pub name: Option<String>,
    /// The lines of `data:`, joined by line feeds.
    pub data: String,
    /// The event's id.
    pub id: Option<String>,
    /// How long a browser waits before it connects again.
    pub retry: Option<Duration>,
    /// The lines of comments, joined by line feeds.
    pub comment: Option<String>,
}

impl TestStream {
    pub(crate) fn new(response: http::Response<Body>) -> Self {
        let (head, body) = response.into_parts();
        Self {
            head,
            body,
            rest: Vec::new(),
            is_begun: false,
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

    /// Returns the first value of a header, or the empty text if there is none or it is not UTF-8.
    ///
    /// # Panics
    /// Where the name is none that a header can have.
    pub fn header(&self, name: impl TryInto<HeaderName, Error: fmt::Display>) -> &str {
        let name = name.try_into();
        let name = name.unwrap_or_else(|error| panic!("the header's name: {error}"));
        let value = self.head.headers.get(name);
        value.and_then(header_value::text).unwrap_or_default()
    }

    /// Waits for the next piece of the body, or its end.
    ///
    /// # Panics
    /// Where the body fails.
    pub async fn next_chunk(&mut self) -> Option<Bytes> {
        if !self.rest.is_empty() {
            return Some(std::mem::take(&mut self.rest).into());
        }
        self.piece().await
    }

    /// Waits for the next event, or the body's end. An event that is cut off by the end counts for none, as in
    /// browsers.
    ///
    /// # Panics
    /// Where the body fails, or is not UTF-8.
    pub async fn next_event(&mut self) -> Option<TestEvent> {
        let mut event = Block::default();
        loop {
            let line = self.line().await?;
            if !line.is_empty() {
                event.read(&line);
            } else if let Some(event) = event.take() {
                return Some(event);
            }
        }
    }

    async fn piece(&mut self) -> Option<Bytes> {
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

    /// Reads a line, which ends with a line feed, a carriage return or both.
    async fn line(&mut self) -> Option<String> {
        loop {
            if self.after_return && self.rest.first() == Some(&b'\n') {
                self.rest.remove(0);
            }
            self.after_return &= self.rest.is_empty();
            if let Some(end) = memchr::memchr2(b'\n', b'\r', &self.rest) {
                let mut line: Vec<u8> = self.rest.drain(..=end).collect();
                self.after_return = line.pop() == Some(b'\r');
                let line = String::from_utf8(line);
                let line = line.unwrap_or_else(|error| panic!("the event: {error}"));
                let is_first = !std::mem::replace(&mut self.is_begun, true);
                let mark = if is_first {
                    line.strip_prefix('\u{feff}')
                } else {
                    None
                };
                return Some(mark.map_or_else(|| line.clone(), str::to_owned));
            }
            let more = self.piece().await?;
            self.rest.extend_from_slice(&more);
        }
    }
}

/// An event that is being read.
#[derive(Default)]
struct Block {
    event: TestEvent,
    data: Option<String>,
    has_any: bool,
}

impl Block {
    fn read(&mut self, line: &str) {
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => add_line(&mut self.event.comment, value),
            "data" => add_line(&mut self.data, value),
            "event" => self.event.name = Some(value.to_owned()),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                let millis = value.parse().ok();
                self.event.retry = millis.map(Duration::from_millis);
            }
            _ => return,
        }
        self.has_any = true;
    }

    fn take(&mut self) -> Option<TestEvent> {
        let mut block = std::mem::take(self);
        block.event.data = block.data.unwrap_or_default();
        block.has_any.then_some(block.event)
    }
}

fn add_line(lines: &mut Option<String>, line: &str) {
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
