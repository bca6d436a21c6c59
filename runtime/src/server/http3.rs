//! HTTP/3 (RFC 9114), by quinn and h3: experimental, as h3 is.
//!
//! A connection is driven by its own task, which owns the tasks of its requests. What HTTP/1 and 2 keep
//! by the connection's timer, QUIC keeps itself: silence, and the number of streams.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::{Buf, Bytes};
use h3::error::Code;
use h3::server::{Connection, RequestResolver, RequestStream};
use http::{HeaderValue, Request, Response, Version, header};
use http_body::{Body as _, Frame};
use quinn::crypto::rustls::QuicServerConfig;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::rustls;

use super::listener::Accepted;
use super::origin::Origin;
use super::{Answer, Shared, strict};
use crate::body::{Body, BoxError, Pace, RequestBody};
use crate::config::Config;

type Quic = h3_quinn::Connection;
type Sending = RequestStream<h3_quinn::SendStream<Bytes>, Bytes>;
type Receiving = RequestStream<h3_quinn::RecvStream, Bytes>;

/// Makes what accepts connections of QUIC on this port.
///
/// # Errors
/// Where the port cannot be had, or TLS 1.3 cannot be spoken.
pub(crate) fn endpoint(
    addr: SocketAddr,
    mut tls: rustls::ServerConfig,
    config: &Config,
) -> crate::Result<quinn::Endpoint> {
    tls.alpn_protocols = vec![b"h3".to_vec()];
    let crypto = QuicServerConfig::try_from(tls)?;
    let mut server = quinn::ServerConfig::with_crypto(Arc::new(crypto));
    let mut transport = quinn::TransportConfig::default();
    transport
        .max_concurrent_bidi_streams(config.streams.into())
        // Its control stream and the two of QPACK, and one that is not known.
        .max_concurrent_uni_streams(4_u32.into())
        .max_idle_timeout(config.idle_timeout.try_into().ok());
    server.transport_config(Arc::new(transport));
    let socket = std::net::UdpSocket::bind(addr)?;
    let endpoint = quinn::Endpoint::new(
        quinn::EndpointConfig::default(),
        Some(server),
        socket,
        Arc::new(quinn::TokioRuntime),
    )?;
    Ok(endpoint)
}

/// Accepts until nobody takes what is accepted.
pub(crate) async fn accept(
    endpoint: quinn::Endpoint,
    accepted: mpsc::Sender<io::Result<Accepted>>,
) {
    while let Some(incoming) = endpoint.accept().await {
        if !incoming.remote_address_validated() {
            // Whoever has made up an address does not hear of this, and takes no place (RFC 9000 §8.1.2).
            let _may_be_retried = incoming.retry();
            continue;
        }
        let sent = accepted.send(Ok(Accepted::Quic(Box::new(incoming))));
        if sent.await.is_err() {
            return;
        }
    }
}

/// Serves a connection to its end.
pub(super) async fn serve<A: Answer>(shared: Arc<Shared<A>>, incoming: quinn::Incoming) {
    let Some(_place) = shared.addresses.enter(Some(incoming.remote_address())) else {
        incoming.refuse();
        return;
    };
    let shaking_hands = async {
        let connection = incoming.accept()?.await?;
        let origin = origin(&connection);
        let connection = h3::server::builder()
            .max_field_section_size(shared.config.head as u64)
            .build(Quic::new(connection))
            .await?;
        Ok::<_, BoxError>((connection, origin))
    };
    let timeout = timeout(shared.config.handshake_timeout, shaking_hands);
    if let Ok(Ok((connection, origin))) = timeout.await {
        drive(&shared, connection, &origin).await;
    }
}

fn origin(connection: &quinn::Connection) -> Origin {
    let mut origin = Origin::of(Some(connection.remote_address()));
    let identity = connection.peer_identity();
    let chain = identity.and_then(|identity| {
        identity
            .downcast::<Vec<rustls::pki_types::CertificateDer<'static>>>()
            .ok()
    });
    let certificate = chain.as_ref().and_then(|chain| chain.first());
    origin.secure(false, certificate.map(AsRef::as_ref));
    origin
}

/// Takes requests until the client or the server ends, and waits for those that have begun.
async fn drive<A: Answer>(
    shared: &Arc<Shared<A>>,
    mut connection: Connection<Quic, Bytes>,
    origin: &Origin,
) {
    let session = shared.app.connect(origin);
    let mut requests = JoinSet::new();
    let mut stopped = pin!(shared.stopping.begun());
    let mut told = false;
    loop {
        if shared.stopping.has_begun() && !told {
            told = true;
            // A client that does not hear of it ends by its silence.
            let _goaway = connection.shutdown(0).await;
        }
        if told && requests.is_empty() {
            break;
        }
        tokio::select! {
            accepted = connection.accept() => match accepted {
                Ok(Some(resolver)) => {
                    requests.spawn(exchange(Arc::clone(shared), session.clone(), resolver));
                }
                Ok(None) => break,
                Err(_) if shared.config.cancel_on_disconnect => {
                    requests.shutdown().await;
                    return;
                }
                Err(_) => break,
            },
            Some(_) = requests.join_next() => {}
            () = &mut stopped, if !told => {}
        }
    }
    while requests.join_next().await.is_some() {}
}

/// Answers one request; what goes wrong is the client's doing and ends nothing but the request.
async fn exchange<A: Answer>(
    shared: Arc<Shared<A>>,
    session: A::Session,
    resolver: RequestResolver<Quic, Bytes>,
) {
    let config = &shared.config;
    let resolved = timeout(config.head_timeout, resolver.resolve_request());
    let Ok(Ok((request, stream))) = resolved.await else {
        return;
    };
    let (sending, receiving) = stream.split();
    let request = with_body(request, receiving, config);
    let response = match strict::check(&request, config, false) {
        Ok(()) => A::answer(session, request).await,
        Err(refusal) => A::refuse(refusal),
    };
    let _gone = send(sending, response, config).await;
}

fn with_body(request: Request<()>, receiving: Receiving, config: &Config) -> Request<RequestBody> {
    let (mut parts, ()) = request.into_parts();
    parts.version = Version::HTTP_3;
    let length = parts.headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
    let body = Received { receiving, length };
    let body = match length {
        Some(0) => RequestBody::empty(),
        _ => RequestBody::new(body).paced(Pace::new(config.body_rate, config.body_timeout)),
    };
    Request::from_parts(parts, body)
}

/// Sends a response; a client that takes nothing for too long is not waited for.
async fn send(
    mut sending: Sending,
    response: Response<Body>,
    config: &Config,
) -> Result<(), BoxError> {
    let (mut parts, mut body) = response.into_parts();
    // Headers of a connection have no place here (RFC 9114 §4.2).
    parts.headers.remove(header::CONNECTION);
    parts.headers.entry(header::DATE).or_insert_with(now);
    if let Some(length) = body.len().filter(|length| *length > 0) {
        parts
            .headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    let head = Response::from_parts(parts, ());
    timeout(config.write_timeout, sending.send_response(head)).await??;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else {
            sending.stop_stream(Code::H3_INTERNAL_ERROR);
            return Ok(());
        };
        match frame.into_data() {
            Ok(data) => timeout(config.write_timeout, sending.send_data(data)).await??,
            Err(frame) => {
                if let Ok(trailers) = frame.into_trailers() {
                    timeout(config.write_timeout, sending.send_trailers(trailers)).await??;
                }
            }
        }
    }
    timeout(config.write_timeout, sending.finish()).await??;
    Ok(())
}

fn now() -> HeaderValue {
    let now = httpdate::fmt_http_date(SystemTime::now());
    HeaderValue::from_str(&now).unwrap_or(HeaderValue::from_static(""))
}

/// The body of a request as it is received.
struct Received {
    receiving: Receiving,
    /// How many bytes the client has announced and not sent yet.
    length: Option<u64>,
}

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let body = self.get_mut();
        let received = std::task::ready!(body.receiving.poll_recv_data(cx))?;
        let data = received.map(|mut data| data.copy_to_bytes(data.remaining()));
        let sent = data.as_ref().map_or(0, |data| data.len() as u64);
        if let Some(length) = &mut body.length {
            match (length.checked_sub(sent), &data) {
                (Some(left), Some(_)) => *length = left,
                (Some(0), None) => {}
                // RFC 9114 §4.1.2: the request is malformed.
                _ => return Poll::Ready(Some(Err("the body is not as long as it says".into()))),
            }
        }
        Poll::Ready(data.map(|data| Ok(Frame::data(data))))
    }

    fn size_hint(&self) -> http_body::SizeHint {
        match self.length {
            Some(length) => http_body::SizeHint::with_exact(length),
            None => http_body::SizeHint::default(),
        }
    }
}
