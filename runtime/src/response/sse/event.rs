//! One server-sent event as text.

use std::time::Duration;

use serde::Serialize;

#[cfg(doc)]
use super::Sse;

/// One event of an [`Sse`] response.
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
    /// Whether it sets the time after which the client reconnects.
    pub(super) retries: bool,
}

impl Event {
    /// Returns an event without data. The page does not see it, but the browser stores its [`id`](Self::id) and
    /// [`retry`](Self::retry).
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

    /// Returns a comment. The page does not see it. Use it for debugging, or to keep the connection alive.
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

    /// Returns an event with this text. It can have several lines.
    pub fn data(text: impl AsRef<str>) -> Self {
        let mut event = Self::new();
        event.field("data", text.as_ref());
        event
    }

    /// Returns an event with this value as JSON.
    ///
    /// # Errors
    /// Returns an error if the value cannot be serialized.
    pub fn json(value: &(impl Serialize + ?Sized)) -> serde_json::Result<Self> {
        serde_json::to_string(value).map(Self::data)
    }

    /// Sets the type of the event, for which a page can have a separate listener. Line breaks are removed, and an empty
    /// name is ignored.
    pub fn name(mut self, name: &str) -> Self {
        let name: String = name.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        if !name.is_empty() {
            self.field("event", &name);
        }
        self
    }

    /// Sets the id of the event. A client that reconnects sends the id of its last event. An empty id makes the client
    /// forget the last one.
    ///
    /// An id with a line break or a NUL is ignored. Without these characters it could be the id of another event.
    pub fn id(mut self, id: &str) -> Self {
        if !id.contains(['\r', '\n', '\0']) {
            self.field("id", id);
        }
        self
    }

    /// Sets the time after which the client reconnects.
    pub fn retry(mut self, after: Duration) -> Self {
        self.field("retry", &after.as_millis().to_string());
        self.retries = true;
        self
    }

    fn field(&mut self, name: &str, value: &str) {
        // In this format a carriage return alone ends a line, too.
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
    fn text_cannot_add_fields_to_an_event() {
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
