//! The bytes of a request.

use std::net::SocketAddr;

use super::plan::Part;

#[derive(Clone, Debug)]
pub(super) struct Request {
    bytes: Vec<u8>,
    /// The length of the head, with the empty line.
    head: usize,
}

impl Request {
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let head = end.map_or(bytes.len(), |end| end + 4);
        Self { bytes, head }
    }

    pub(super) fn get(addr: SocketAddr, path: &str) -> Self {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        Self::of(head.into_bytes())
    }

    pub(super) fn post(addr: SocketAddr, path: &str, body: &[u8]) -> Self {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        Self::of([head.as_bytes(), body].concat())
    }

    pub(super) fn has_body(&self) -> bool {
        self.head < self.bytes.len()
    }

    pub(super) fn part(&self, part: Part) -> &[u8] {
        let end = match part {
            Part::HalfHead => self.head / 2,
            Part::HalfBody => self.head + (self.bytes.len() - self.head) / 2,
            Part::Whole | Part::Any => self.bytes.len(),
        };
        &self.bytes[..end]
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Request};

    fn check(part: Part, expected: &str) {
        let request = Request::of(b"POST / HTTP/1.1\r\nHost: x\r\n\r\nbody".to_vec());
        assert_eq!(
            String::from_utf8_lossy(request.part(part)),
            expected,
            "{part:?}"
        );
    }

    #[test]
    fn parts_are_halves_of_the_head_and_of_the_body() {
        check(Part::Whole, "POST / HTTP/1.1\r\nHost: x\r\n\r\nbody");
        check(Part::HalfHead, "POST / HTTP/1.");
        check(Part::HalfBody, "POST / HTTP/1.1\r\nHost: x\r\n\r\nbo");
    }
}
