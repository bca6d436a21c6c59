//! A client of one connection, which waits for each answer.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::failure::Failure;

/// An answer, as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A kept connection.
pub(crate) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(addr: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(addr)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(Self {
            stream,
            read: Vec::new(),
        })
    }

    /// Sends a request, and reads its answer.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        self.stream.write_all(request)?;
        loop {
            if let Some((answer, len)) = whole(&self.read)? {
                self.read.drain(..len);
                return Ok(answer);
            }
            let mut more = [0; 64 * 1024];
            let count = self.stream.read(&mut more)?;
            if count == 0 {
                return Err("the server has closed the connection".into());
            }
            self.read.extend_from_slice(&more[..count]);
        }
    }
}

/// Returns the first answer and how long it is, if all of it is here.
fn whole(read: &[u8]) -> Result<Option<(Answer, usize)>, Failure> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&read[..end])?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    let mut answer = Answer {
        status: status.ok_or("no status")?.parse()?,
        headers: headers.collect(),
        body: Vec::new(),
    };
    let from = end + 4;
    let body = match answer.header("content-length") {
        Some(len) => read
            .get(from..from + len.parse::<usize>()?)
            .map(|body| (body.to_vec(), body.len())),
        None if answer.header("transfer-encoding") == Some("chunked") => chunks(&read[from..])?,
        None => return Err("an answer has no length".into()),
    };
    Ok(body.map(|(body, len)| {
        answer.body = body;
        (answer, from + len)
    }))
}

/// Returns the body of all chunks and how long they are, if the last is here.
fn chunks(read: &[u8]) -> Result<Option<(Vec<u8>, usize)>, Failure> {
    let (mut body, mut from) = (Vec::new(), 0);
    loop {
        let Some(end) = read[from..].windows(2).position(|two| two == b"\r\n") else {
            return Ok(None);
        };
        let size = std::str::from_utf8(&read[from..from + end])?;
        let size = usize::from_str_radix(size, 16)?;
        from += end + 2;
        let Some(chunk) = read.get(from..from + size + 2) else {
            return Ok(None);
        };
        body.extend_from_slice(&chunk[..size]);
        from += size + 2;
        if size == 0 {
            return Ok(Some((body, from)));
        }
    }
}
