//! Where a connection comes from.

use std::net::SocketAddr;
use std::sync::Arc;

/// Where a connection comes from, as far as the server knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transport {
    /// The address of the other side; a unix socket has none.
    pub(crate) peer: Option<SocketAddr>,
    /// The connection is encrypted.
    pub(crate) is_secure: bool,
    /// Whether HTTP/2 was agreed on; nothing was, unless it is TLS.
    #[cfg_attr(not(any(feature = "http2", feature = "tls")), expect(dead_code))]
    pub(crate) is_http2: Option<bool>,
    /// The client's certificate, in DER, once it was found good.
    pub(crate) certificate: Option<Arc<[u8]>>,
    /// Where the same is spoken by HTTP/3.
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
    /// Notes what was agreed on in a handshake.
    #[cfg(feature = "tls")]
    pub(crate) fn secure(&mut self, is_http2: bool, certificate: Option<&[u8]>) {
        self.is_secure = true;
        self.is_http2 = Some(is_http2);
        self.certificate = certificate.map(Arc::from);
    }
}
