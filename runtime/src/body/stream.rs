//! The body of a request as a stream of chunks.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};

use super::{BoxError, ReadError, RequestBody};

/// An extractor for the body as a stream of chunks, for handlers that should not have all of it in memory.
///
/// It is limited by the `body_limit` of the app, the group or the route.
///
/// # Examples
/// ```
/// use highball::{body::BodyStream, prelude::*};
///
/// #[post("/count", body_limit = 1 << 30)]
/// async fn count(mut body: BodyStream) -> Result<String, Rejection> {
///     let mut bytes = 0;
///     while let Some(chunk) = body.chunk().await? {
///         bytes += chunk.len();
///     }
///     Ok(bytes.to_string())
/// }
///
/// #[routes(app)]
/// struct Api(count);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().post("/count").body("hello").send().await.text(), "5");
/// # });
/// ```
#[derive(Debug)]
pub struct BodyStream {
    body: RequestBody,
    /// The number of bytes that are left of the limit.
    left: u64,
}

impl BodyStream {
    pub(crate) fn new(body: RequestBody, limit: u64) -> Result<Self, ReadError> {
        // An announced length over the limit is rejected before any of the body is read.
        if body.size_hint().lower() > limit {
            return Err(ReadError::TooLarge);
        }
        Ok(Self { body, left: limit })
    }

    /// Waits for the next chunk. Returns `None` at the end of the body.
    ///
    /// # Errors
    /// Returns an error if the body is over the limit, or the client stops before its end.
    ///
    /// # Cancel safety
    /// If the future is dropped, no data is lost.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ReadError> {
        poll_fn(|task| Pin::new(&mut *self).poll_next(task))
            .await
            .transpose()
    }

    fn poll_frame_within(
        &mut self,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ReadError>>> {
        let frame = match Pin::new(&mut self.body).poll_frame(task) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(Some(Err(error))) => {
                return Poll::Ready(Some(Err(ReadError::from_error(error))));
            }
            Poll::Ready(None) => return Poll::Ready(None),
            Poll::Pending => return Poll::Pending,
        };
        let len = frame.data_ref().map_or(0, Bytes::len) as u64;
        match self.left.checked_sub(len) {
            Some(left) => {
                self.left = left;
                Poll::Ready(Some(Ok(frame)))
            }
            None => {
                self.body = RequestBody::empty();
                Poll::Ready(Some(Err(ReadError::TooLarge)))
            }
        }
    }
}

impl Stream for BodyStream {
    type Item = Result<Bytes, ReadError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.poll_frame_within(task))
                .transpose()?
                .map(Frame::into_data)
            {
                None => return Poll::Ready(None),
                Some(Ok(data)) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                // Trailers and empty chunks are skipped.
                Some(_) => {}
            }
        }
    }
}

impl Body for BodyStream {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.poll_frame_within(task).map_err(|error| error.into())
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
