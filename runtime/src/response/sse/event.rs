//! One event, as it is written.

use std::time::Duration;

use serde::Serialize;

#[cfg(doc)]
use super::Sse;

/// One event of [`Sse`].
///
/// # Examples
/// ```
/// use highball::{json, sse::Event};
///
/// let event = Event::json(&json!({ "user": "zoe" }))?.name("joined").id("7");
/// # Ok::<(), highball::serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Event {
    /// The lines, without the empty one that ends them.
    pub(super) text: String,
    pub(super) retries: bool,
}

impl Event {
    /// Makes an event without data: a page does not see it, but its client keeps the
    /// [`id`](Self::id) or the [`retry`](Self::retry) that it is given.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, sse::Event};
    ///
    /// let wait = Event::new().retry(secs(30));
    /// let seen = Event::new().id("7");
    /// ```
    pub fn new() -> Self {
        Self {
            text: String::new(),
            retries: false,
        }
    }

    /// Makes a comment, which no page sees: for whoever looks at the stream, or to keep it from being
    /// silent.
    ///
    /// # Examples
    /// ```
    /// use highball::sse::Event;
    ///
    /// let welcome = Event::comment("news of the last hour follow");
    /// ```
    pub fn comment(text: impl AsRef<str>) -> Self {
        let mut event = Self::new();
        event.field("", text.as_ref());
        event
    }

    /// Makes an event with this text; its lines arrive as they are.
    pub fn data(text: impl AsRef<str>) -> Self {
        let mut event = Self::new();
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

    /// Names the kind of event, for which a page has a listener of its own; line breaks are left out, and an
    /// empty name is none.
    pub fn name(mut self, name: &str) -> Self {
        let name: String = name.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        if !name.is_empty() {
            self.field("event", &name);
        }
        self
    }

    /// Gives the event an id, which a client that comes back says as the last that it has seen; the empty one
    /// has it forget the last.
    ///
    /// One that cannot be sent as it is, for a line break or a NUL in it, is left out: to change it could
    /// make it another event's.
    pub fn id(mut self, id: &str) -> Self {
        if !id.contains(['\r', '\n', '\0']) {
            self.field("id", id);
        }
        self
    }

    /// Tells the client how long to wait before it comes back.
    pub fn retry(mut self, after: Duration) -> Self {
        self.field("retry", &after.as_millis().to_string());
        self.retries = true;
        self
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

impl Default for Event {
    fn default() -> Self {
        Self::new()
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
        check(Event::data("a").id("7"), "data: a\nid: 7\n");
        for id in ["7\0", "7\r", "7\n", "\r\n"] {
            check(Event::data("a").id(id), "data: a\n");
        }
        check(Event::data("a").id(""), "data: a\nid: \n");
        check(Event::data("a").name(""), "data: a\n");
        check(Event::data(" a"), "data:  a\n");
        check(Event::data("a\n"), "data: a\ndata: \n");
        check(
            Event::data("a\n\rb\r\r\n"),
            "data: a\ndata: \ndata: b\ndata: \ndata: \n",
        );
        check(Event::new(), "");
        check(Event::new().id("7"), "id: 7\n");
        check(
            Event::new().retry(Duration::from_millis(1500)),
            "retry: 1500\n",
        );
        check(Event::comment("a\r\nb"), ": a\n: b\n");
        check(Event::comment("a").id("7"), ": a\nid: 7\n");
        check(
            Event::data("a").retry(Duration::from_secs(2)),
            "data: a\nretry: 2000\n",
        );
    }
}
