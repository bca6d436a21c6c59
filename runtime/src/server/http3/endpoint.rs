//! The QUIC endpoint: its limits, and the connections that it accepts.

use std::{io, sync::Arc, time::Duration};

use quinn::crypto::rustls::QuicServerConfig;
use tokio::sync::mpsc;
use tokio_rustls::rustls;

use crate::{config::Config, server::listener::Accepted};

/// The interval of keep-alive pings. A handler may run for longer than QUIC's idle timeout, and the
/// pings keep such a connection open.
const PING: Duration = Duration::from_secs(10);
/// How many unread bytes of requests are buffered for one stream.
const STREAM_WINDOW: u32 = 256 * 1024;
/// How many unread bytes of requests, and unacknowledged bytes of responses, are buffered for one
/// connection.
const WINDOW: u32 = 1024 * 1024;

/// Creates the endpoint that accepts QUIC connections on this socket.
///
/// # Errors
/// Fails if the TLS configuration does not support TLS 1.3, which QUIC requires.
pub(crate) fn endpoint(
    socket: std::net::UdpSocket,
    mut tls: rustls::ServerConfig,
    config: &Config,
) -> crate::error::Result<quinn::Endpoint> {
    tls.alpn_protocols = vec![b"h3".to_vec()];
    let crypto = QuicServerConfig::try_from(tls)?;
    let mut server = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    let mut transport = quinn::TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(config.http2_max_streams.into())
        // The control stream, the two of QPACK, and one of a type that this server does not use.
        .max_concurrent_uni_streams(4_u32.into())
        .stream_receive_window(STREAM_WINDOW.into())
        .receive_window(WINDOW.into())
        .send_window(WINDOW.into())
        .datagram_receive_buffer_size(None)
        .keep_alive_interval(Some(PING))
        .max_idle_timeout(Some((PING * 3).try_into()?));
    server.transport_config(Arc::new(transport));
    let endpoint = quinn::Endpoint::new(
        quinn::EndpointConfig::default(),
        Some(server),
        socket,
        Arc::new(quinn::TokioRuntime),
    )?;
    Ok(endpoint)
}

/// Accepts connections until the receiver is dropped or the endpoint closes.
pub(crate) async fn accept(
    endpoint: quinn::Endpoint,
    accepted: mpsc::Sender<io::Result<Accepted>>,
) {
    // Reserve a slot before accepting: a stop takes over only the connections in the channel.
    while let Ok(slot) = accepted.reserve().await {
        let Some(incoming) = accept_validated(&endpoint).await else {
            return;
        };
        slot.send(Ok(Accepted::Quic(Box::new(incoming), endpoint.clone())));
    }
}

/// Waits for a connection whose client address is validated.
async fn accept_validated(endpoint: &quinn::Endpoint) -> Option<quinn::Incoming> {
    loop {
        let incoming = endpoint.accept().await?;
        if incoming.remote_address_validated() {
            return Some(incoming);
        }
        // A client with a forged address never receives this retry, so it takes no slot of the
        // address that it forged (RFC 9000 §8.1.2).
        let _may_be_retried = incoming.retry();
    }
}
