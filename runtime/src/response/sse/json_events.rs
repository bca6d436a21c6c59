//! Server-sent events whose data is JSON of one type.

use std::{
    fmt,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_core::Stream;
use pin_project_lite::pin_project;
use serde::Serialize;

use super::{Event, Sse};
use crate::{
    body::BoxError,
    response::{IntoResponse, Response},
    routes::{Answer, Answers, Facts},
};

/// A response of server-sent events whose data is a value of one type, as JSON.
///
/// It is an [`Sse`] whose documents and clients have the type of the data. Use [`Sse`] for events of several types.
///
/// A value that cannot be serialized ends the response with an error, which is logged.
///
/// # Examples
/// ```
/// use highball::{body::produce, prelude::*, sse::JsonEvents};
///
/// #[derive(serde::Serialize)]
/// struct Price {
///     cents: u32,
/// }
///
/// #[get("/prices")]
/// async fn prices() -> JsonEvents<Price> {
///     JsonEvents::new(produce(|prices| async move {
///         for cents in [250, 260] {
///             prices.send(Price { cents }).await;
///         }
///     }))
/// }
///
/// #[routes(app)]
/// struct Api(prices);
///
/// # highball::block_on(async {
/// let response = Api.test().get("/prices").send().await;
/// assert_eq!(response.text(), "data: {\"cents\":250}\n\ndata: {\"cents\":260}\n\n");
/// # });
/// ```
#[must_use]
pub struct JsonEvents<T> {
    sse: Sse,
    data: PhantomData<fn() -> T>,
}

impl<T: Serialize + 'static> JsonEvents<T> {
    /// Returns a response of an event for each value.
    pub fn new(values: impl Stream<Item = T> + Send + 'static) -> Self {
        Self::with(values, |event, _| event)
    }

    /// Returns a response of an event for each value, with the id or the name that the function adds.
    ///
    /// # Examples
    /// ```
    /// use highball::{body::produce, prelude::*, sse::JsonEvents};
    ///
    /// #[get("/numbers")]
    /// async fn numbers() -> JsonEvents<u8> {
    ///     let numbers = produce(|numbers| async move {
    ///         numbers.send(7).await;
    ///     });
    ///     JsonEvents::with(numbers, |event, number| event.id(&number.to_string()))
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(numbers);
    ///
    /// # highball::block_on(async {
    /// let response = Api.test().get("/numbers").send().await;
    /// assert_eq!(response.text(), "data: 7\nid: 7\n\n");
    /// # });
    /// ```
    pub fn with(
        values: impl Stream<Item = T> + Send + 'static,
        change: impl Fn(Event, &T) -> Event + Send + 'static,
    ) -> Self {
        Self {
            sse: Sse::of(AsEvents { values, change }),
            data: PhantomData,
        }
    }

    /// Sets the time without an event after which a comment is sent, as [`Sse::keep_alive`] does.
    pub fn keep_alive(mut self, after: Duration) -> Self {
        self.sse = self.sse.keep_alive(after);
        self
    }

    /// Continues at a shutdown until the events have ended, as [`Sse::to_the_end`] does.
    pub fn to_the_end(mut self) -> Self {
        self.sse = self.sse.to_the_end();
        self
    }
}

impl<T: Serialize> IntoResponse for JsonEvents<T> {
    const FACTS: Facts = Facts::STREAM;
    const ANSWERS: Answers = Answers::one(Answer::of::<T>(200, "text/event-stream"));

    fn into_response(self) -> Response {
        self.sse.into_response()
    }
}

impl<T> fmt::Debug for JsonEvents<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.sse.fmt(f)
    }
}

pin_project! {
    /// A stream of values as events.
    struct AsEvents<S, F> {
        #[pin]
        values: S,
        change: F,
    }
}

impl<S, F> Stream for AsEvents<S, F>
where
    S: Stream<Item: Serialize>,
    F: Fn(Event, &S::Item) -> Event,
{
    type Item = Result<Event, BoxError>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let value = ready!(this.values.poll_next(task));
        Poll::Ready(value.map(|value| {
            let event = Event::json(&value)?;
            Ok((this.change)(event, &value))
        }))
    }
}
