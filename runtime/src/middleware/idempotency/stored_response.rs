//! A response that is sent again for a retry.

use bytes::{Buf, BufMut, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::response::{IntoResponse, Rejection, Response};

/// The response of a completed request, which a [`Store`](super::Store) keeps.
///
/// It has no body if that was a stream or too large.
///
/// # Examples
/// ```
/// use highball::{http::{HeaderMap, StatusCode}, middleware::idempotency::StoredResponse};
///
/// let stored = StoredResponse::new(StatusCode::CREATED, HeaderMap::new(), Some("order 1".into()));
/// let read = StoredResponse::decode(&stored.encode()).unwrap();
/// assert_eq!(read.status(), 201);
/// assert_eq!(read.body().unwrap(), "order 1");
/// ```
#[derive(Debug, Clone)]
pub struct StoredResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Option<Bytes>,
}

/// The first byte of [`StoredResponse::encode`].
const VERSION: u8 = 1;

const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

impl StoredResponse {
    /// Returns a response. Without a body a retry is a 409.
    pub const fn new(status: StatusCode, headers: HeaderMap, body: Option<Bytes>) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// Returns what is stored of a response: all of it, or only the status if the body is a stream or too large.
    pub(super) fn of(response: &Response, max: usize) -> Self {
        let body = response.body().whole().filter(|body| body.len() <= max);
        let headers = body.map(|_| response.headers().clone());
        Self {
            status: response.status(),
            headers: headers.unwrap_or_default(),
            body: body.map(Bytes::copy_from_slice),
        }
    }

    /// Returns the status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers, cookies among them.
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body, if it was stored.
    pub const fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// Removes the headers and the body.
    pub(super) fn without_body(self) -> Self {
        Self::new(self.status, HeaderMap::new(), None)
    }

    /// Returns the response to a retry.
    pub(super) fn replay(self) -> Response {
        let Some(body) = self.body else {
            return not_stored(self.status).into_response();
        };
        let mut response = Response::new(body);
        response.set_status(self.status);
        *response.headers_mut() = self.headers;
        response.set_header(REPLAYED, HeaderValue::from_static("true"));
        response
    }

    /// Returns the number of bytes of the headers and the body.
    pub(super) fn size(&self) -> usize {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len());
        headers.sum::<usize>() + self.body.as_ref().map_or(0, Bytes::len)
    }

    /// Returns the response as bytes, for a column of a table or a value of a cache.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.size() + 64);
        bytes.put_u8(VERSION);
        bytes.put_u16(self.status.as_u16());
        bytes.put_u32(self.headers.len() as u32);
        for (name, value) in &self.headers {
            for part in [name.as_str().as_bytes(), value.as_bytes()] {
                bytes.put_u32(part.len() as u32);
                bytes.put_slice(part);
            }
        }
        bytes.put_u8(u8::from(self.body.is_some()));
        bytes.put_slice(self.body.as_deref().unwrap_or_default());
        bytes
    }

    /// Reads the bytes of [`encode`](Self::encode). Returns `None` if they are malformed.
    pub fn decode(mut bytes: &[u8]) -> Option<Self> {
        if bytes.try_get_u8().ok()? != VERSION {
            return None;
        }
        let status = StatusCode::from_u16(bytes.try_get_u16().ok()?).ok()?;
        let mut headers = HeaderMap::new();
        for _ in 0..bytes.try_get_u32().ok()? {
            let name = HeaderName::from_bytes(text(&mut bytes)?).ok()?;
            headers.append(name, HeaderValue::from_bytes(text(&mut bytes)?).ok()?);
        }
        let body = match bytes.try_get_u8().ok()? {
            0 => None,
            _ => Some(Bytes::copy_from_slice(bytes)),
        };
        Some(Self::new(status, headers, body))
    }
}

/// Splits off a text with its length before it.
fn text<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let len = bytes.try_get_u32().ok()?;
    let (text, rest) = bytes.split_at_checked(len as usize)?;
    *bytes = rest;
    Some(text)
}

fn not_stored(status: StatusCode) -> Rejection {
    let status = status.as_u16();
    let detail = format!(
        "the request with this `Idempotency-Key` has completed with the status {status}, and its response was not stored"
    );
    Rejection::new(StatusCode::CONFLICT, detail)
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    #[test]
    fn bytes_are_read_back() {
        let mut headers = HeaderMap::new();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("a=1"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static("b=2"));
        for body in [
            None,
            Some(Bytes::new()),
            Some(Bytes::from_static(b"\0body")),
        ] {
            let stored = StoredResponse::new(StatusCode::ACCEPTED, headers.clone(), body.clone());
            let bytes = stored.encode();
            let read = StoredResponse::decode(&bytes).expect("it is valid");
            assert_eq!(
                (read.status, &read.headers),
                (StatusCode::ACCEPTED, &headers)
            );
            assert_eq!(read.body, body);
        }
    }

    #[test]
    fn malformed_bytes_are_no_response() {
        let mut headers = HeaderMap::new();
        headers.append(header::VARY, HeaderValue::from_static("accept"));
        let bytes = StoredResponse::new(StatusCode::OK, headers, None).encode();
        for len in 0..bytes.len() {
            assert!(StoredResponse::decode(&bytes[..len]).is_none(), "{len}");
        }
        assert!(StoredResponse::decode(&[2, 0, 200, 0, 0, 0, 0, 0]).is_none());
        assert!(StoredResponse::decode(&[1, 0, 200, 255, 255, 255, 255, 0]).is_none());
    }
}
