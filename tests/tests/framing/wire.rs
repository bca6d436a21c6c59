//! A client of HTTP/1 that sends raw bytes, and parses responses strictly as RFC 9112 §6.3 defines.

use std::net::SocketAddr;

use highball::tokio;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::PATIENCE;

/// A response as it was received.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Answer {
    /// Returns the values of a header, joined.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let values = self.headers.iter().filter(|(own, _)| own == name);
        let values: Vec<_> = values.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    pub(crate) fn closes(&self) -> bool {
        self.header("connection")
            .is_some_and(|value| value.contains("close"))
    }
}

/// A connection.
pub(crate) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> Self {
        let stream = TcpStream::connect(addr).await.expect("it listens");
        stream.set_nodelay(true).expect("it is open");
        let read = Vec::new();
        Self { stream, read }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream
            .write_all(bytes.as_ref())
            .await
            .expect("it is sent");
    }

    /// Sends text, and ignores an error if the server has closed the connection.
    pub(crate) async fn try_send(&mut self, bytes: impl AsRef<[u8]>) {
        let _may_have_ended = self.stream.write_all(bytes.as_ref()).await;
    }

    /// Reads the response to a request with this method. Returns `None` if the connection is closed.
    pub(crate) async fn answer(&mut self, method: &str) -> Result<Option<Answer>, String> {
        timeout(PATIENCE, self.read_answer(method))
            .await
            .expect("it comes")
    }

    /// Reads a complete response.
    pub(crate) async fn whole(&mut self, method: &str) -> Answer {
        self.answer(method)
            .await
            .expect("it is whole")
            .expect("it comes")
    }

    /// Reads until the connection is closed, and returns whether nothing was received before.
    pub(crate) async fn has_ended(&mut self) -> bool {
        matches!(self.answer("GET").await, Ok(None))
    }

    /// Reads the head of a response.
    pub(crate) async fn head(&mut self) -> Answer {
        let head = timeout(PATIENCE, self.read_head()).await.expect("it comes");
        head.expect("it is whole").expect("it comes")
    }

    /// Reads the rest of a chunk, which must be equal to this, and the chunks after it.
    pub(crate) async fn chunks_behind(&mut self, rest: &str) -> String {
        let read = async {
            assert_eq!(self.bytes(rest.len()).await?, rest.as_bytes());
            self.chunks().await
        };
        let bytes = timeout(PATIENCE, read)
            .await
            .expect("it comes")
            .expect("it is whole");
        String::from_utf8(bytes).expect("it is text")
    }

    async fn read_head(&mut self) -> Result<Option<Answer>, String> {
        loop {
            if let Some(at) = find(&self.read, b"\r\n\r\n") {
                let head: Vec<_> = self.read.drain(..at + 4).collect();
                return parse(&head).map(Some);
            }
            if !self.more().await {
                return match self.read.is_empty() {
                    true => Ok(None),
                    false => Err(format!("half a head: {}", self.read.escape_ascii())),
                };
            }
        }
    }

    async fn read_answer(&mut self, method: &str) -> Result<Option<Answer>, String> {
        let Some(mut answer) = self.read_head().await? else {
            return Ok(None);
        };
        let bytes = self.body(method, &answer).await?;
        answer.text = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        Ok(Some(answer))
    }

    async fn body(&mut self, method: &str, answer: &Answer) -> Result<Vec<u8>, String> {
        if method == "HEAD" || matches!(answer.status, 100..200 | 204 | 304) {
            return Ok(Vec::new());
        }
        if let Some(coding) = answer.header("transfer-encoding") {
            assert_eq!(coding, "chunked", "{answer:?}");
            assert_eq!(answer.header("content-length"), None, "{answer:?}");
            return self.chunks().await;
        }
        let length = answer.header("content-length").expect("a length");
        let length = length.parse().expect("one number");
        self.bytes(length).await
    }

    async fn chunks(&mut self) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        loop {
            let line = self.line().await?;
            let size = usize::from_str_radix(line.trim(), 16).map_err(|_| line.clone())?;
            if size == 0 {
                break;
            }
            all.extend(self.bytes(size).await?);
            let end = self.line().await?;
            assert_eq!(end, "\r\n");
        }
        while self.line().await? != "\r\n" {}
        Ok(all)
    }

    pub(crate) async fn line(&mut self) -> Result<String, String> {
        loop {
            if let Some(at) = find(&self.read, b"\r\n") {
                let line = self.read.drain(..at + 2).collect();
                return String::from_utf8(line).map_err(|error| error.to_string());
            }
            if !self.more().await {
                return Err("the connection ends amid a line".to_owned());
            }
        }
    }

    async fn bytes(&mut self, length: usize) -> Result<Vec<u8>, String> {
        while self.read.len() < length {
            if !self.more().await {
                return Err(format!("{} of {length} bytes", self.read.len()));
            }
        }
        Ok(self.read.drain(..length).collect())
    }

    async fn more(&mut self) -> bool {
        let read = self.stream.read_buf(&mut self.read).await;
        read.is_ok_and(|count| count > 0)
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn parse(head: &[u8]) -> Result<Answer, String> {
    let text = String::from_utf8_lossy(head);
    let mut lines = text.trim_end().split("\r\n");
    let first = lines.next().unwrap_or_default();
    let status = first
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5));
    let status = status.and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| format!("no answer: {text:?}"))?;
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(Answer {
        status,
        headers: headers.collect(),
        text: String::new(),
    })
}
