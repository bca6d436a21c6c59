//! Streams as bodies, and streams from async closures.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Frame;
use tokio::sync::mpsc;

use super::{Body, BoxError};
use crate::tasks::{Later, Stopping};

impl Body {
    /// Returns a body of a stream. Each item is sent at once, and the stream is polled again when the client has
    /// received it.
    ///
    /// If the client disconnects, the stream is dropped. After an error the connection is closed, so that the client
    /// sees that the body is incomplete.
    ///
    /// # Examples
    /// ```
    /// use highball::{Body, body::{BoxError, produce}, prelude::*};
    ///
    /// #[get("/numbers")]
    /// async fn numbers() -> Body {
    ///     Body::stream(produce(|lines| async move {
    ///         for number in 0..3 {
    ///             lines.send(Ok::<_, BoxError>(format!("{number}\n"))).await;
    ///         }
    ///     }))
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(numbers);
    ///
    /// # highball::block_on(async {
    /// assert_eq!(Api.test().get("/numbers").send().await.text(), "0\n1\n2\n");
    /// # });
    /// ```
    pub fn stream<T, E>(stream: impl Stream<Item = Result<T, E>> + Send + 'static) -> Self
    where
        T: Into<Bytes>,
        E: Into<BoxError>,
    {
        Self::new(Streamed(Box::pin(stream)))
    }
}

/// A stream as a body.
struct Streamed<S>(Pin<Box<S>>);

impl<S, T, E> http_body::Body for Streamed<S>
where
    S: Stream<Item = Result<T, E>>,
    T: Into<Bytes>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let next = self.0.as_mut().poll_next(task);
        next.map(|item| {
            item.map(|item| {
                item.map(|data| Frame::data(data.into()))
                    .map_err(Into::into)
            })
        })
    }
}

/// Returns a stream of the items that an async closure sends.
///
/// The closure runs on the task that polls the stream, and waits in [`Sender::send`] until the item is taken. It is
/// dropped with the stream. At a shutdown it continues, so that a download is complete. A closure that would never
/// end must also wait for [`Sender::stopping`].
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
/// # #[routes(app)] struct Api(countdown);
/// ```
pub fn produce<T, W>(make: impl FnOnce(Sender<T>) -> W) -> impl Stream<Item = T> + Send
where
    T: Send + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(1);
    let stop = Later::default();
    let sender = Sender {
        items: sender,
        stop: stop.clone(),
    };
    Produced {
        work: Some(Box::pin(make(sender))),
        receiver,
        stop,
    }
}

/// Sends the items of the closure of [`produce`] to its stream.
///
/// # Examples
/// ```
/// use highball::{Body, body::{BoxError, Sender, produce}, prelude::*};
///
/// async fn count(lines: Sender<Result<String, BoxError>>) {
///     for number in 0..3 {
///         lines.send(Ok(format!("{number}\n"))).await;
///     }
/// }
///
/// #[get("/numbers")]
/// async fn numbers() -> Body {
///     Body::stream(produce(count))
/// }
///
/// #[routes(app)]
/// struct Api(numbers);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/numbers").send().await.text(), "0\n1\n2\n");
/// # });
/// ```
pub struct Sender<T> {
    items: mpsc::Sender<T>,
    stop: Later,
}

impl<T> Sender<T> {
    /// Sends an item. It waits if the stream has not taken the item before.
    ///
    /// # Cancel safety
    /// If the future is dropped before it is ready, the item is not sent.
    pub async fn send(&self, item: T) {
        // The receiver belongs to the stream, which is dropped together with this future, so this cannot fail.
        let _ = self.items.send(item).await;
    }

    /// Returns a future that completes when the server that sends the stream shuts down: see [`Stopping`].
    ///
    /// # Examples
    /// ```
    /// use highball::{Body, body::{BoxError, produce}, prelude::*, tokio};
    ///
    /// /// Sends a line each second until the server shuts down.
    /// #[get("/ticks")]
    /// async fn ticks() -> Body {
    ///     Body::stream(produce(|lines| async move {
    ///         let mut stopping = lines.stopping();
    ///         loop {
    ///             tokio::select! {
    ///                 () = tokio::time::sleep(secs(1)) => lines.send(Ok::<_, BoxError>("tick\n")).await,
    ///                 () = &mut stopping => break,
    ///             }
    ///         }
    ///         lines.send(Ok("the end\n")).await;
    ///     }))
    /// }
    /// # #[routes(app)] struct Api(ticks);
    /// ```
    pub fn stopping(&self) -> Stopping {
        self.stop.stopping()
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

struct Produced<T, W> {
    work: Option<Pin<Box<W>>>,
    receiver: mpsc::Receiver<T>,
    stop: Later,
}

impl<T, W: Future<Output = ()>> Stream for Produced<T, W> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        this.stop.look();
        if let Some(work) = &mut this.work
            && work.as_mut().poll(task).is_ready()
        {
            this.work = None;
        }
        this.receiver.poll_recv(task)
    }
}
