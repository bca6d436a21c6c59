//! Binds listeners to sockets. A bound socket is not yet registered with a tokio runtime.

#[cfg(feature = "http3")]
use std::net::SocketAddr;

use super::{Address, Listener};
#[cfg(any(not(unix), feature = "http3"))]
use crate::error::Error;
#[cfg(feature = "http3")]
use crate::server::{bind_socket::bind_udp, http3, listener::CustomListener, tls::Acceptor};
use crate::{
    config::Config,
    error::Result,
    server::{
        bind_socket::bind_tcp,
        listener::{Bound, ConnectionSource},
        preamble::Preamble,
    },
};

impl Listener {
    /// Binds the listener. `alone` is false if another listener uses the same port number with the
    /// other IP version.
    pub(crate) fn bind(self, alone: bool, config: &Config) -> Result<Vec<Bound>> {
        let shared = config.workers > 1;
        let own_queues = shared && matches!(self.place, Address::Addr(_));
        let reuse_port = self.reuse_port || shared;
        let source = match self.place {
            Address::Addr(addr) => ConnectionSource::Tcp(bind_tcp(addr, reuse_port, !alone)?),
            Address::Tcp(listener) => ConnectionSource::Tcp(listener.into_std()?),
            #[cfg(unix)]
            Address::Unix(path) => super::unix::bind(path, self.mode)?,
            #[cfg(not(unix))]
            Address::Unix(_) => return Err(Error::new("there are no unix sockets on this system")),
            #[cfg(all(unix, feature = "systemd"))]
            Address::BoundUnix(listener) => ConnectionSource::Unix(listener, None),
            Address::CustomListener(start) => {
                ConnectionSource::CustomListener(start, "a custom listener")
            }
        };
        #[cfg(feature = "tls")]
        let acceptor = self.tls.map(|tls| tls.acceptor()).transpose()?;
        #[cfg(feature = "http3")]
        let quic = match (self.http3, &source, &acceptor) {
            (false, ..) => None,
            (true, ConnectionSource::Tcp(listener), Some(acceptor)) => {
                let addr = listener.local_addr()?;
                let port = bind_udp(addr, !alone).map_err(|error| {
                    Error::because(format!("cannot serve HTTP/3 on {addr}"), error)
                })?;
                Some(speak_quic(port, addr, acceptor, config)?)
            }
            (true, ..) => {
                return Err(Error::new(
                    "HTTP/3 needs an address and TLS: write `listener.tls(..).http3()`",
                ));
            }
        };
        let preamble = Preamble {
            #[cfg(feature = "http3")]
            alt_svc: quic.as_ref().map(|(_, alt_svc)| alt_svc.clone()),
            #[cfg(feature = "tls")]
            tls: acceptor,
            proxied: self.proxied,
        };
        let bound = Bound::new(source, preamble, own_queues)?;
        #[cfg(feature = "http3")]
        if let Some((quic, _)) = quic {
            return Ok(vec![bound, quic]);
        }
        Ok(vec![bound])
    }

    /// Returns whether the two listeners use the same port number, one with IPv4 and one with IPv6.
    pub(crate) fn shares_port_with(&self, other: &Self) -> bool {
        match (&self.place, &other.place) {
            (Address::Addr(one), Address::Addr(other)) => {
                one.port() == other.port() && one.is_ipv4() != other.is_ipv4()
            }
            _ => false,
        }
    }
}

/// Starts QUIC on the port. Also returns the `Alt-Svc` value that advertises it on TCP.
#[cfg(feature = "http3")]
fn speak_quic(
    port: std::net::UdpSocket,
    addr: SocketAddr,
    acceptor: &Acceptor,
    config: &Config,
) -> Result<(Bound, http::HeaderValue)> {
    let endpoint = http3::endpoint(port, acceptor.config(), config)
        .map_err(|error| error.context(format!("cannot serve HTTP/3 on {addr}")))?;
    let start: CustomListener =
        Box::new(move |accepted| Box::pin(http3::accept(endpoint, accepted)));
    let alt_svc = http::HeaderValue::try_from(format!("h3=\":{}\"", addr.port()))?;
    let source = ConnectionSource::CustomListener(start, "HTTP/3 on the same port");
    Ok((Bound::new(source, Preamble::default(), false)?, alt_svc))
}
