//! Streams: what a body can be made of, and how to make one without combinators.

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
    /// Makes a body of a stream: each piece is sent when it comes, and the next one is asked for when the
    /// client has taken it.
    ///
    /// Where the client leaves, the stream is dropped. After an error the connection is cut, so that nobody
    /// takes what has come for the whole.
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

/// Makes a stream of what an async closure sends.
///
/// The closure runs when the stream is asked for its next item, on the same task, and waits until that has
/// been taken; it is dropped with the stream. At a stop of the server it goes on, since a download shall be
/// whole: one that would never end waits for [`Sender::stopping`] as well.
///
/// # Examples
/// See [`Body::stream`] and [`Sse`](crate::sse::Sse).
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

/// Where the closure of [`produce`] puts what it makes.
pub struct Sender<T> {
    items: mpsc::Sender<T>,
    stop: Later,
}

impl<T> Sender<T> {
    /// Hands an item over, and waits until there is room for the next one.
    pub async fn send(&self, item: T) {
        // The stream, which has the other end, is dropped together with what runs here.
        let _ = self.items.send(item).await;
    }

    /// Returns what waits until the server that sends the stream stops: see [`Stopping`].
    ///
    /// # Examples
    /// ```
    /// use highball::{Body, body::{BoxError, produce}, prelude::*, tokio};
    ///
    /// /// A line each second, until the server stops.
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
