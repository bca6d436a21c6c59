use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::task::Waker;

use http_body::Body as _;

use super::*;
use crate::pool;

/// A body of these chunks, which panics if it is polled after its end.
struct Pieces {
    left: VecDeque<&'static str>,
    announced: Option<u64>,
    ended: bool,
}

fn pieces(left: &[&'static str], announced: Option<u64>) -> Pieces {
    Pieces {
        left: left.iter().copied().collect(),
        announced,
        ended: false,
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        assert!(!self.ended, "polled after the end");
        let next = self.left.pop_front();
        self.ended = next.is_none();
        Poll::Ready(match next {
            Some("fail") => Some(Err("the client left".into())),
            next => next.map(|text| Ok(Frame::data(Bytes::from_static(text.as_bytes())))),
        })
    }

    fn size_hint(&self) -> SizeHint {
        self.announced.map(SizeHint::with_exact).unwrap_or_default()
    }
}

/// Runs a future that is ready at once.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the future is not ready"),
    }
}

fn read(body: impl Into<RequestBody>, limit: u64) -> Result<Bytes, ReadError> {
    now(body.into().read(limit))
}

#[test]
fn body_of_bytes_has_a_known_length() {
    let mut buffer = pool::buffer();
    buffer.extend_from_slice(b"hello");
    let bodies: [Body; 6] = [
        "hello".into(),
        b"hello".as_slice().into(),
        String::from("hello").into(),
        Bytes::from_static(b"hello").into(),
        buffer.into(),
        Full::new(Bytes::from_static(b"hello")).into(),
    ];
    for body in bodies {
        assert_eq!(body.len(), Some(5));
        assert!(!body.is_empty());
        assert_eq!(now(body.collect(5)).expect("it fits"), "hello");
    }
}

#[test]
fn empty_body_has_ended() {
    for body in [
        Body::default(),
        "".into(),
        Bytes::new().into(),
        Full::default().into(),
    ] {
        assert!(body.is_end_stream());
        assert_eq!(body.len(), Some(0));
    }
}

#[test]
fn buffer_of_a_chunk_returns_to_the_pool() {
    std::thread::spawn(|| {
        let mut buffer = pool::buffer();
        buffer.extend_from_slice(b"hello");
        let at = buffer.as_ptr();
        let mut chunk = Chunk::from(buffer);
        chunk.advance(2);
        assert_eq!(chunk.chunk(), b"llo");
        assert_eq!(chunk.copy_to_bytes(1), "l");
        assert_eq!(chunk.remaining(), 2);
        drop(chunk);
        assert_eq!(pool::buffer().as_ptr(), at);
    })
    .join()
    .expect("the test thread passes");
}

#[test]
fn static_chunk_is_not_copied() {
    let text: &'static [u8] = b"hello";
    let mut chunk = Chunk::from(text);
    chunk.advance(1);
    let taken = chunk.copy_to_bytes(2);
    assert_eq!(taken.as_ptr(), text[1..].as_ptr());
    assert_eq!(chunk.chunk(), b"lo");
}

#[test]
fn body_in_a_body_is_not_boxed() {
    assert!(matches!(
        Body::new(Body::from("a")).kind,
        Kind::Static(b"a")
    ));
}

#[test]
fn stream_keeps_its_size_hint_and_its_error() {
    let body = Body::new(pieces(&["ab", "cd"], Some(4)));
    assert_eq!(body.len(), Some(4));
    assert_eq!(now(body.collect(4)).expect("it fits"), "abcd");
    let failed = now(Body::new(pieces(&["ab", "fail"], None)).collect(9));
    assert!(
        matches!(failed, Err(ReadError::Client(error)) if error.to_string() == "the client left")
    );
}

#[test]
fn read_concatenates_chunks() {
    let cases: [(&[&'static str], &str); 4] = [
        (&[], ""),
        (&["abc"], "abc"),
        (&["", "a", "", "bc"], "abc"),
        (&["a", "b", "c"], "abc"),
    ];
    for (given, expected) in cases {
        let body = RequestBody::new(pieces(given, None));
        assert_eq!(read(body, 3).expect("it fits"), expected);
    }
}

#[test]
fn read_of_one_chunk_does_not_copy() {
    let text = "hello";
    let bytes = read(RequestBody::new(pieces(&[text], None)), 5).expect("it fits");
    assert_eq!(bytes.as_ptr(), text.as_ptr());
}

#[test]
fn announced_length_over_the_limit_is_rejected_before_reading() {
    // A poll would return another error.
    let body = RequestBody::new(pieces(&["fail"], Some(4)));
    assert!(matches!(read(body, 3), Err(ReadError::TooLarge)));
}

#[test]
fn read_stops_at_the_limit() {
    for given in [["abcd", "fail"], ["ab", "cd"]] {
        let body = RequestBody::new(pieces(&given, None));
        assert!(matches!(read(body, 3), Err(ReadError::TooLarge)));
    }
    assert!(matches!(
        read(Bytes::from_static(b"abcd"), 3),
        Err(ReadError::TooLarge)
    ));
}

#[test]
fn second_read_is_empty() {
    let mut body = RequestBody::new(pieces(&["a", "b"], None));
    assert_eq!(now(body.read(9)).expect("it fits"), "ab");
    assert_eq!(now(body.read(9)).expect("it fits"), "");
}

#[test]
fn bodies_are_sync() {
    fn sync<T: Send + Sync>() {}
    fn send<T: Send>(_: T) {}
    sync::<Body>();
    sync::<RequestBody>();
    let mut body = RequestBody::empty();
    send(body.read(1));
}
