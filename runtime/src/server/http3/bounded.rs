//! Wraps a QUIC connection to limit the length of frames.
//!
//! h3 buffers a frame until it is complete and does not limit its length. This wrapper closes the
//! connection when a client announces a frame that is too long.

use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use h3::error::Code;
use h3::quic::{self, ConnectionErrorIncoming, StreamErrorIncoming, StreamId, WriteBuf};
use h3_quinn::{BidiStream, Connection, OpenStreams, RecvStream, SendStream};

use super::frames::StreamFrames;

/// A QUIC connection with limited frames, or its stream opener.
pub(super) struct Bounded<C> {
    inner: C,
    /// The connection itself, to close it.
    quic: quinn::Connection,
    /// The longest frame that is accepted, unless it is part of a body.
    most: u64,
}

impl Bounded<Connection> {
    /// Limits all frames but DATA to `most` bytes.
    pub(super) fn new(quic: quinn::Connection, most: u64) -> Self {
        Self {
            inner: Connection::new(quic.clone()),
            quic,
            most,
        }
    }
}

impl<C> Bounded<C> {
    fn limit<S>(&self, stream: S, frames: StreamFrames) -> LimitedStream<S> {
        LimitedStream {
            stream,
            frames,
            quic: self.quic.clone(),
        }
    }
}

/// A stream whose frame lengths are checked as it is read.
pub(super) struct LimitedStream<S> {
    stream: S,
    frames: StreamFrames,
    quic: quinn::Connection,
}

impl<S: quic::RecvStream<Buf = Bytes>> quic::RecvStream for LimitedStream<S> {
    type Buf = Bytes;

    fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        let data = ready!(self.stream.poll_data(cx))?;
        let read = data
            .as_ref()
            .map_or(Ok(()), |data| self.frames.follow(data));
        if read.is_err() {
            let message = "a frame is longer than this server accepts";
            let code = Code::H3_EXCESSIVE_LOAD.value();
            self.quic.close(
                quinn::VarInt::try_from(code).unwrap_or_default(),
                message.as_bytes(),
            );
            return Poll::Ready(Err(StreamErrorIncoming::ConnectionErrorIncoming {
                connection_error: ConnectionErrorIncoming::InternalError(message.to_owned()),
            }));
        }
        Poll::Ready(Ok(data))
    }

    fn stop_sending(&mut self, error_code: u64) {
        self.stream.stop_sending(error_code);
    }

    fn recv_id(&self) -> StreamId {
        self.stream.recv_id()
    }
}

impl<B: Buf, S: quic::SendStream<B>> quic::SendStream<B> for LimitedStream<S> {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.stream.poll_ready(cx)
    }

    fn send_data<T: Into<WriteBuf<B>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        self.stream.send_data(data)
    }

    fn poll_finish(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.stream.poll_finish(cx)
    }

    fn reset(&mut self, reset_code: u64) {
        self.stream.reset(reset_code);
    }

    fn send_id(&self) -> StreamId {
        self.stream.send_id()
    }
}

impl<B: Buf> quic::BidiStream<B> for LimitedStream<BidiStream<B>> {
    type SendStream = SendStream<B>;
    type RecvStream = LimitedStream<RecvStream>;

    fn split(self) -> (SendStream<B>, LimitedStream<RecvStream>) {
        let (sending, stream) = quic::BidiStream::split(self.stream);
        let receiving = LimitedStream {
            stream,
            frames: self.frames,
            quic: self.quic,
        };
        (sending, receiving)
    }
}

impl<B: Buf, C> quic::OpenStreams<B> for Bounded<C>
where
    C: quic::OpenStreams<B, BidiStream = BidiStream<B>, SendStream = SendStream<B>>,
{
    type BidiStream = LimitedStream<BidiStream<B>>;
    type SendStream = SendStream<B>;

    fn poll_open_bidi(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::BidiStream, StreamErrorIncoming>> {
        let stream = ready!(self.inner.poll_open_bidi(cx))?;
        Poll::Ready(Ok(self.limit(stream, StreamFrames::of_request(self.most))))
    }

    fn poll_open_send(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::SendStream, StreamErrorIncoming>> {
        self.inner.poll_open_send(cx)
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        self.inner.close(code, reason);
    }
}

impl<B: Buf> quic::Connection<B> for Bounded<Connection> {
    type RecvStream = LimitedStream<RecvStream>;
    type OpenStreams = Bounded<OpenStreams>;

    fn poll_accept_recv(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::RecvStream, ConnectionErrorIncoming>> {
        let stream = ready!(quic::Connection::<B>::poll_accept_recv(&mut self.inner, cx))?;
        Poll::Ready(Ok(self.limit(stream, StreamFrames::of_one_way())))
    }

    fn poll_accept_bidi(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Self::BidiStream, ConnectionErrorIncoming>> {
        let stream = ready!(quic::Connection::<B>::poll_accept_bidi(&mut self.inner, cx))?;
        Poll::Ready(Ok(self.limit(stream, StreamFrames::of_request(self.most))))
    }

    fn opener(&self) -> Bounded<OpenStreams> {
        Bounded {
            inner: quic::Connection::<B>::opener(&self.inner),
            quic: self.quic.clone(),
            most: self.most,
        }
    }
}
