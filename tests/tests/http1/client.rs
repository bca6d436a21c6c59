//! A client that sends the bytes of a case, and returns the result.

use std::{fmt, io, net::SocketAddr, time::Duration};

use highball::tokio;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::yield_now,
    time::timeout,
};

use crate::case::{Case, End, Step, Want};

/// The time after which a missing response counts as never sent. Every response takes much less.
const PATIENCE: Duration = Duration::from_secs(3);
/// The time without a close after which a request is sent, to see whether the connection is usable.
const QUIET: Duration = Duration::from_millis(500);
/// The maximum number of pieces into which the bytes of a step are split.
const MOST_PIECES: usize = 400;
const PROBE: &[u8] = b"GET /hello/probe HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
const PROBED: &[u8] = b"hello probe";

/// The way in which the bytes of a case are sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sending {
    Whole,
    InPieces,
}

/// The responses, and the state of the connection.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    pub(super) statuses: Vec<u16>,
    pub(super) end: End,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses = self.statuses.iter().map(|status| format!("{status} "));
        write!(f, "{}{}", statuses.collect::<String>(), self.end)
    }
}

/// The result of a case.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) outcome: Outcome,
    pub(super) text: String,
    /// Whether a part of the text is not a complete response.
    pub(super) is_torn: bool,
    /// The address of the client, by which the server identifies it.
    pub(super) client: SocketAddr,
}

/// Runs a case against a server.
pub(super) async fn play(server: SocketAddr, case: &Case, sending: Sending) -> io::Result<Played> {
    let mut talk = Talk::begin(server).await?;
    let (mut seen, mut end) = (0, End::Stuck);
    for step in &case.steps {
        match step {
            Step::Send(bytes) => talk.send(bytes, sending).await,
            // This fails if the server has already closed the connection.
            Step::Shut => drop(talk.stream.shutdown().await),
            Step::Want(wants) => {
                seen += fewest(wants);
                end = talk.wait(wants, seen, server).await?;
            }
        }
    }
    let (answers, length) = talk.answers();
    let is_torn = end != End::Left && length < talk.received.len();
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    if end == End::Open {
        // The response to the probe does not count.
        statuses.pop();
    }
    Ok(Played {
        outcome: Outcome { statuses, end },
        text: String::from_utf8_lossy(&talk.received).into_owned(),
        is_torn,
        client: talk.client,
    })
}

fn fewest(wants: &[Want]) -> usize {
    let counts = wants.iter().map(|want| want.statuses.len());
    counts.min().unwrap_or(0)
}

/// A connection, and everything that it has received.
struct Talk {
    stream: TcpStream,
    client: SocketAddr,
    received: Vec<u8>,
    ended: bool,
}

impl Talk {
    async fn begin(server: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            client: stream.local_addr()?,
            stream,
            received: Vec::new(),
            ended: false,
        })
    }

    async fn send(&mut self, bytes: &[u8], sending: Sending) {
        let size = match sending {
            Sending::Whole => bytes.len().max(1),
            Sending::InPieces => bytes.len() / MOST_PIECES + 1,
        };
        for piece in bytes.chunks(size) {
            // A server that has closed the connection does not read the rest.
            if self.ended || self.stream.write_all(piece).await.is_err() {
                return;
            }
            // Twice: first the server is woken, and then it reads.
            yield_now().await;
            yield_now().await;
            self.take_ready();
        }
    }

    /// Reads the available bytes, since a later reset could discard them.
    fn take_ready(&mut self) {
        let mut bytes = [0; 4096];
        loop {
            match self.stream.try_read(&mut bytes) {
                Ok(count) if count > 0 => self.received.extend(&bytes[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Ok(_) | Err(_) => {
                    self.ended = true;
                    return;
                }
            }
        }
    }

    /// Waits for the responses of a step, `seen` in total, and returns the state of the connection.
    async fn wait(&mut self, wants: &[Want], seen: usize, server: SocketAddr) -> io::Result<End> {
        let can_be = |end| wants.iter().any(|want| want.end == end);
        if can_be(Some(End::Left)) {
            return self.leave(server).await;
        }
        if can_be(None) || can_be(Some(End::Open)) {
            self.read(PATIENCE, |talk| talk.answers().0.len() >= seen)
                .await;
        }
        if can_be(None) {
            return Ok(End::Stuck);
        }
        if can_be(Some(End::Closed)) {
            self.read(QUIET, |_| false).await;
        }
        self.probe().await;
        Ok(self.end())
    }

    /// Sends a request whose response is the last one.
    async fn probe(&mut self) {
        self.send(PROBE, Sending::Whole).await;
        self.read(PATIENCE, |_| false).await;
    }

    fn end(&self) -> End {
        let probed = |answer: &Answer<'_>| answer.body == PROBED;
        match (self.ended, self.answers().0.last().is_some_and(probed)) {
            (true, true) => End::Open,
            (true, false) => End::Closed,
            (false, _) => End::Stuck,
        }
    }

    /// Reads until there are enough responses, the server closes the connection, or no more data arrives.
    async fn read(&mut self, patience: Duration, is_enough: impl Fn(&Self) -> bool) {
        while !self.ended && !is_enough(self) {
            match timeout(patience, self.stream.read_buf(&mut self.received)).await {
                Ok(Ok(count)) if count > 0 => {}
                Ok(_) => self.ended = true,
                Err(_) => return,
            }
        }
    }

    /// Closes the connection, and checks that the server serves the next one.
    async fn leave(&mut self, server: SocketAddr) -> io::Result<End> {
        let mut next = Self::begin(server).await?;
        std::mem::swap(&mut self.stream, &mut next.stream);
        drop(next);
        let mut next = Self::begin(server).await?;
        next.probe().await;
        Ok(if next.end() == End::Open {
            End::Left
        } else {
            End::Stuck
        })
    }

    /// Returns the complete responses, and their number of bytes.
    fn answers(&self) -> (Vec<Answer<'_>>, usize) {
        let (mut answers, mut length) = (Vec::new(), 0);
        while let Some((answer, count)) = first(&self.received[length..]) {
            answers.push(answer);
            length += count;
        }
        (answers, length)
    }
}

/// A complete response.
struct Answer<'b> {
    status: u16,
    body: &'b [u8],
}

/// Returns the first response and its length, if it is complete.
fn first(bytes: &[u8]) -> Option<(Answer<'_>, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let status = head.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    let length = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length = match (status, length) {
        (100..200 | 204 | 304, _) | (_, None) => 0,
        (_, Some((_, length))) => length.parse().ok()?,
    };
    let body = bytes.get(end..end + length)?;
    Some((Answer { status, body }, end + length))
}
