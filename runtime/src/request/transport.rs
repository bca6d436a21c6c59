//! The data of a connection that its requests can read.

use std::net::SocketAddr;
use std::sync::Arc;

/// The data of a connection that its requests can read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transport {
    /// The address of the other end. A unix socket has none.
    pub(crate) peer: Option<SocketAddr>,
    /// Whether the connection is encrypted.
    pub(crate) is_secure: bool,
    /// Whether the TLS handshake negotiated HTTP/2. `None` without TLS.
    #[cfg_attr(not(any(feature = "http2", feature = "tls")), expect(dead_code))]
    pub(crate) is_http2: Option<bool>,
    /// The client's certificate in DER, which was verified.
    pub(crate) certificate: Option<Arc<[u8]>>,
    /// The value of `Alt-Svc`, which names the address of HTTP/3.
    #[cfg(feature = "http3")]
    pub(crate) alt_svc: Option<http::HeaderValue>,
}

impl Transport {
    pub(crate) fn of(peer: Option<SocketAddr>) -> Self {
        Self {
            peer,
            ..Self::default()
        }
    }

    /// Records the outcome of a TLS handshake.
    #[cfg(feature = "tls")]
    pub(crate) fn secure(&mut self, is_http2: bool, certificate: Option<&[u8]>) {
        self.is_secure = true;
        self.is_http2 = Some(is_http2);
        self.certificate = certificate.map(Arc::from);
    }
}
