//! The bytes of a connection before HTTP: the PROXY protocol header and the TLS handshake.

use std::io;
use std::sync::Arc;

use super::addresses::{AddressSlot, Addresses};
use super::socket::Socket;
use crate::request::{Proxies, Transport};
#[cfg(feature = "tls")]
use crate::server::tls::Acceptor;

/// The steps with which each connection of a listener begins.
#[derive(Default)]
pub(crate) struct Preamble {
    /// Performs the TLS handshake, if the listener has TLS.
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<Acceptor>,
    /// The `Alt-Svc` value of responses, if HTTP/3 is served as well.
    #[cfg(feature = "http3")]
    pub(crate) alt_svc: Option<http::HeaderValue>,
    /// The peers whose connections begin with a PROXY protocol header.
    pub(crate) proxied: Option<Proxies>,
}

impl Preamble {
    /// Returns the URL scheme of the listener.
    pub(super) fn scheme(&self) -> &'static str {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return "https";
        }
        "http"
    }

    /// Returns whether a connection begins with HTTP.
    pub(super) fn is_empty(&self) -> bool {
        #[cfg(feature = "tls")]
        if self.tls.is_some() {
            return false;
        }
        self.proxied.is_none()
    }

    /// Reads the PROXY header, takes a slot of the client's address and performs the TLS handshake.
    ///
    /// The slot comes after the header, so that a connection through a proxy counts for the client's
    /// address, and before the handshake, so that handshakes are limited, too.
    ///
    /// # Errors
    /// Fails if the header or the handshake is invalid, or if the address has too many connections.
    /// The connection is then closed.
    pub(super) async fn run(
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
            origin.peer = super::proxy_protocol::read_header(&mut socket)
                .await?
                .or(origin.peer);
        }
        let too_many = || io::Error::from(io::ErrorKind::QuotaExceeded);
        let slot = addresses.take_slot(origin.peer).ok_or_else(too_many)?;
        #[cfg(feature = "http3")]
        origin.alt_svc.clone_from(&self.alt_svc);
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            let (socket, origin) = tls.accept(socket, origin).await?;
            return Ok((socket, origin, slot));
        }
        Ok((socket, origin, slot))
    }
}
