//! A client that sends raw bytes, and returns the reaction of the server.

use std::{io, net::SocketAddr, time::Duration};

use highball::tokio;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpSocket, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    time::timeout,
};

use crate::frame::{ACK, END_STREAM, code, frame, kind, settings};

/// The time after which a test fails. Every step takes much less.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A connection, split so that a flood can be sent while the responses are read.
pub(crate) struct Client {
    pub(crate) input: Input,
    pub(crate) output: OwnedWriteHalf,
}

/// The receiving half.
pub(crate) struct Input {
    half: OwnedReadHalf,
    bytes: Vec<u8>,
}

/// A frame from the server.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) kind: u8,
    pub(crate) flags: u8,
    pub(crate) stream: u32,
    pub(crate) payload: Vec<u8>,
}

/// The reaction of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The connection ends with this error code.
    GoAway(u32),
    /// A stream ends with this error code.
    Reset(u32),
    /// The connection is closed without GOAWAY.
    Closed,
    /// A response with this status.
    Answer(u16),
    Pong,
    /// Nothing was received before the timeout.
    Silence,
}

impl Client {
    /// Connects, and exchanges settings (RFC 9113, 3.4).
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        Self::connect_with(addr, &[]).await
    }

    pub(crate) async fn connect_with(addr: SocketAddr, values: &[(u16, u32)]) -> Self {
        let stream = TcpStream::connect(addr).await.expect("it listens");
        let mut client = Self::of(stream);
        client.greet(values).await;
        let theirs = client.input.until(kind::SETTINGS).await;
        assert_eq!(theirs.flags & ACK, 0, "their own settings come first");
        client.send(&frame(kind::SETTINGS, ACK, 0, [])).await;
        let acknowledged = client.input.until(kind::SETTINGS).await;
        assert_eq!(acknowledged.flags & ACK, ACK);
        client
    }

    /// Connects with a small receive buffer, and exchanges settings.
    pub(crate) async fn connect_deaf(addr: SocketAddr, values: &[(u16, u32)]) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("it may be small");
        let stream = socket.connect(addr).await.expect("it listens");
        let mut client = Self::of(stream);
        client.greet(values).await;
        client
    }

    pub(crate) fn of(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("it is open");
        let (half, output) = stream.into_split();
        let bytes = Vec::new();
        let input = Input { half, bytes };
        Self { input, output }
    }

    async fn greet(&mut self, values: &[(u16, u32)]) {
        let greeting = [PREFACE, &settings(values)].concat();
        self.send(&greeting).await;
    }

    /// Sends the bytes. A server that has closed the connection does not read all of them.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let sent = timeout(PATIENCE, self.output.write_all(bytes)).await;
        let _may_have_ended = sent.expect("it is read");
    }

    /// Reads until the end of a stream.
    pub(crate) async fn until_end_of_stream(&mut self) {
        loop {
            let frame = self.input.frame().await.expect("the stream ends first");
            let ends = frame.kind == kind::HEADERS || frame.kind == kind::DATA;
            if ends && frame.flags & END_STREAM != 0 {
                return;
            }
        }
    }

    /// Reads a complete response, which must be the next one, and returns its status and text.
    pub(crate) async fn answer(&mut self) -> (u16, String) {
        let head = self.input.until(kind::HEADERS).await;
        let (mut ended, mut text) = (head.flags & END_STREAM != 0, Vec::new());
        while !ended {
            let frame = self.input.until(kind::DATA).await;
            ended = frame.flags & END_STREAM != 0;
            text.extend(frame.payload);
        }
        let text = String::from_utf8(text).expect("it is text");
        (status(&head.payload), text)
    }
}

impl Input {
    /// Returns the next frame, or `None` if the connection is closed.
    pub(crate) async fn frame(&mut self) -> Option<Received> {
        loop {
            if let Some(frame) = self.take() {
                return Some(frame);
            }
            match self.half.read_buf(&mut self.bytes).await {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("it is not read: {error}"),
            }
        }
    }

    fn take(&mut self) -> Option<Received> {
        let head = self.bytes.first_chunk::<9>()?;
        let len = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let (kind, flags) = (head[3], head[4]);
        let stream = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
        let payload = self.bytes.get(9..9 + len)?.to_vec();
        self.bytes.drain(..9 + len);
        Some(Received {
            kind,
            flags,
            stream,
            payload,
        })
    }

    /// Returns the next frame of this kind.
    pub(crate) async fn until(&mut self, kind: u8) -> Received {
        let found = async {
            loop {
                let frame = self.frame().await.expect("it is open");
                if frame.kind == kind {
                    return frame;
                }
            }
        };
        timeout(PATIENCE, found).await.expect("it comes")
    }

    /// Returns the next frame that is an outcome.
    pub(crate) async fn outcome(&mut self) -> Outcome {
        let found = async {
            loop {
                match self.frame().await {
                    None => return Outcome::Closed,
                    Some(frame) => {
                        if let Some(outcome) = Outcome::of(&frame) {
                            return outcome;
                        }
                    }
                }
            }
        };
        timeout(PATIENCE, found).await.unwrap_or(Outcome::Silence)
    }

    /// Returns how the connection ends, and ignores other outcomes before.
    pub(crate) async fn end(&mut self) -> Outcome {
        self.end_or_answer(0).await
    }

    /// Returns how the connection ends, or the response on this stream, if it is received first.
    pub(crate) async fn end_or_answer(&mut self, stream: u32) -> Outcome {
        while let Some(frame) = self.frame().await {
            let is_wanted = frame.kind == kind::HEADERS && frame.stream == stream;
            if is_wanted || frame.kind == kind::GOAWAY {
                return Outcome::of(&frame).expect("it is one");
            }
        }
        Outcome::Closed
    }
}

impl Outcome {
    fn of(frame: &Received) -> Option<Self> {
        let word = |from: usize| {
            let bytes = frame.payload.get(from..).and_then(<[u8]>::first_chunk);
            u32::from_be_bytes(*bytes.expect("it has a code"))
        };
        match frame.kind {
            kind::GOAWAY => Some(Self::GoAway(word(4))),
            // The response was sent before the end of the request, whose rest the server does not need (8.1).
            kind::RST_STREAM if word(0) == code::NO_ERROR => None,
            kind::RST_STREAM => Some(Self::Reset(word(0))),
            kind::HEADERS => Some(Self::Answer(status(&frame.payload))),
            kind::PING if frame.flags & ACK != 0 => Some(Self::Pong),
            _ => None,
        }
    }
}

/// Decodes the status, the first field of a response (RFC 7541, appendix A). This client has no dynamic table, so an
/// index of it cannot be decoded.
fn status(block: &[u8]) -> u16 {
    const STATIC: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];
    match *block {
        [index @ 0x88..=0x8e, ..] => STATIC[usize::from(index - 0x88)],
        [0x08 | 0x48, 3, a, b, c, ..] => digits(&[a, b, c]),
        [0x08 | 0x48, len @ 0x82..=0x83, ..] => huffman(&block[2..2 + usize::from(len & 0x7f)]),
        _ => panic!("no status: {block:x?}"),
    }
}

fn digits(text: &[u8]) -> u16 {
    let digits = text.iter().map(|digit| u16::from(digit - b'0'));
    digits.fold(0, |number, digit| number * 10 + digit)
}

/// Decodes three digits. In the Huffman code, 0 to 2 have five bits, and the others have six (RFC 7541, appendix B).
fn huffman(bytes: &[u8]) -> u16 {
    let mut bits = bytes
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| u16::from(byte >> at & 1)));
    let mut number = 0;
    for _ in 0..3 {
        let five = bits.by_ref().take(5).fold(0, |code, bit| code << 1 | bit);
        let digit = match five {
            0..=2 => five,
            _ => (five << 1 | bits.next().expect("six bits")) - 0x19 + 3,
        };
        number = number * 10 + digit;
    }
    number
}
