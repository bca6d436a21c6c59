//! The extractor of the header `Last-Event-ID`, for server-sent events.

use super::{Answers, Extract, Facts, Input, Inputs};
use crate::{header_value, response::Rejection};

/// An extractor for the id of the last event that a client of server-sent events has received (`Last-Event-ID`).
///
/// A browser sends it when it reconnects.
///
/// # Examples
/// ```
/// use highball::{body::produce, extract::LastEventId, prelude::*, sse::{Event, Sse}};
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
    /// Returns the id, or `None` on the first connection.
    pub fn id(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl<'r> Extract<'r> for LastEventId {
    type State = ();
    const FACTS: Facts = crate::routes::header_facts!("last-event-id");
    const INPUTS: Inputs = Inputs::maybe(&Inputs::header("last-event-id"));
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let value = input.headers().get("last-event-id");
        let text = value.and_then(header_value::text);
        Ok(Self(text.map(str::to_owned)))
    }
}
