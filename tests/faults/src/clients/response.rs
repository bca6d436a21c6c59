//! Reads a response as far as its status and its end.

use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// The part of a response that has arrived.
#[derive(Debug, Default)]
pub(super) struct Response {
    bytes: Vec<u8>,
    /// The server has closed the connection in order.
    ended: bool,
}

impl Response {
    /// Reads until the response or the connection ends. If the future is dropped, the bytes are kept.
    pub(super) async fn read(&mut self, stream: &mut TcpStream) {
        while !self.is_complete() {
            match stream.read_buf(&mut self.bytes).await {
                Ok(0) => {
                    self.ended = true;
                    return;
                }
                Ok(_) => {}
                // A reset.
                Err(_) => return,
            }
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        let line = self.bytes.strip_prefix(b"HTTP/1.")?;
        let digits = std::str::from_utf8(line.get(2..5)?).ok()?;
        digits.parse().ok()
    }

    pub(super) fn is_complete(&self) -> bool {
        let Some(head) = self.head() else {
            return false;
        };
        let body = &self.bytes[head.len()..];
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        if let Some(length) = field(&head, "content-length") {
            return length.parse().is_ok_and(|length| body.len() >= length);
        }
        if field(&head, "transfer-encoding").is_some() {
            return body.ends_with(b"0\r\n\r\n");
        }
        let without_body = matches!(self.status(), Some(204 | 304));
        without_body || self.ended
    }

    fn head(&self) -> Option<&[u8]> {
        let end = self.bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        Some(&self.bytes[..end + 4])
    }
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    let mut values = fields.filter(|(each, _)| *each == name);
    values.next().map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::Response;

    fn check(text: &str, ended: bool, expected: bool) {
        let bytes = text.as_bytes().to_vec();
        let response = Response { bytes, ended };
        assert_eq!(response.is_complete(), expected, "{text:?}");
    }

    #[test]
    fn response_ends_with_its_body() {
        check("HTTP/1.1 200 OK\r\n", true, false);
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", true, false);
        check(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab",
            false,
            true,
        );
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
            true,
            false,
        );
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            false,
            true,
        );
        check("HTTP/1.1 204 No Content\r\n\r\n", false, true);
        check("HTTP/1.1 200 OK\r\n\r\na", false, false);
        check("HTTP/1.1 200 OK\r\n\r\na", true, true);
    }
}
