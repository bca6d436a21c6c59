//! A client with one connection, which waits for each response.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::failure::Failure;

/// A response, as far as it is compared.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A persistent connection.
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

    /// Sends a request, and reads the response.
    pub(crate) fn send(&mut self, request: &[u8]) -> Result<Response, Failure> {
        self.stream.write_all(request)?;
        loop {
            if let Some((response, len)) = parse_response(&self.read)? {
                self.read.drain(..len);
                return Ok(response);
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

/// Parses a response. Returns it with its length, or `None` if it is incomplete.
fn parse_response(read: &[u8]) -> Result<Option<(Response, usize)>, Failure> {
    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&read[..end])?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    let mut response = Response {
        status: status.ok_or("a response has no status")?.parse()?,
        headers: headers.collect(),
        body: Vec::new(),
    };
    let from = end + 4;
    let body = match response.header("content-length") {
        Some(len) => read
            .get(from..from + len.parse::<usize>()?)
            .map(|body| (body.to_vec(), body.len())),
        None if response.header("transfer-encoding") == Some("chunked") => {
            parse_chunked(&read[from..])?
        }
        None => return Err("a response has no length".into()),
    };
    Ok(body.map(|(body, len)| {
        response.body = body;
        (response, from + len)
    }))
}

/// Parses a chunked body. Returns it with its length, or `None` if the last chunk is missing.
fn parse_chunked(read: &[u8]) -> Result<Option<(Vec<u8>, usize)>, Failure> {
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
