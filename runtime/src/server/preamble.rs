//! What a connection begins with, before HTTP: the header of a proxy, the handshake of TLS.

use std::io;
use std::sync::Arc;

use super::addresses::{AddressSlot, Addresses};
use super::socket::Socket;
use crate::request::{Proxies, Transport};
#[cfg(feature = "tls")]
use crate::server::tls::Acceptor;

/// What the connections of one listener begin with.
#[derive(Default)]
pub(crate) struct Preamble {
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Acceptor>,
    /// Where the same is spoken by HTTP/3, as `Alt-Svc` says it.
    #[cfg(feature = "http3")]
    pub(crate) alt_svc: Option<http::HeaderValue>,
    /// Those whose connections begin with the header of the PROXY protocol.
    pub(crate) proxied: Option<Proxies>,
}

impl Preamble {
    pub(super) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return "https";
        }
        "http"
    }

    /// Returns whether HTTP begins at once.
    pub(super) fn is_nothing(&self) -> bool {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return false;
        }
        self.proxied.is_none()
    }

    /// Goes through what stands before HTTP, and takes the connection's place among those of its
    /// address: behind a proxy that says whose it is, among the client's.
    ///
    /// # Errors
    /// Where the client does not do its part, or has too many; the connection is then closed.
    pub(super) async fn pass(
        &self,
        addresses: &Arc<Addresses>,
        #[allow(unused_mut)] mut socket: Socket,
        #[allow(unused_mut)] mut origin: Transport,
    ) -> io::Result<(Socket, Transport, AddressSlot)> {
        #[cfg(feature = "proxy-protocol")]
        if let Some(from) = &self.proxied
            && origin
                .peer
                .is_none_or(|peer| from.trusts(peer.ip().to_canonical()))
        {
            origin.peer = super::proxy_protocol::read(&mut socket)
                .await?
                .or(origin.peer);
        }
        let too_many = || io::Error::from(io::ErrorKind::QuotaExceeded);
        let place = addresses.enter(origin.peer).ok_or_else(too_many)?;
        #[cfg(feature = "http3")]
        origin.alt_svc.clone_from(&self.alt_svc);
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            let (socket, origin) = tls.accept(socket, origin).await?;
            return Ok((socket, origin, place));
        }
        Ok((socket, origin, place))
    }
}
