//! HTTP/3 (RFC 9114), by quinn and h3: experimental, as h3 is.
//!
//! A connection is driven by its own task, which owns the tasks of its requests. QUIC itself finds out
//! that a client is gone, and keeps the number of streams.

use std::future::{pending, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use bytes::{Buf, Bytes};
use h3::error::Code;
use h3::server::{Connection, RequestResolver, RequestStream};
use http::{HeaderValue, Request, Version, header};
use http_body::{Body as _, Frame};
use quinn::crypto::rustls::QuicServerConfig;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::rustls;

use super::listener::Accepted;
use super::{HttpApp, Shared};
use crate::{
    body::{BoxError, Pace, RequestBody},
    config::Config,
    events,
    request::Transport,
    response::Response,
    server::validate,
};

mod bounded;
mod frames;

use self::bounded::{Bounded, Read};

type Quic = Bounded<h3_quinn::Connection>;
type Sending = RequestStream<h3_quinn::SendStream<Bytes>, Bytes>;
type Receiving = RequestStream<Read<h3_quinn::RecvStream>, Bytes>;

/// How often an idle client is asked whether it is there: a request may take its handler longer than QUIC
/// takes to call a silent client gone.
const PING: Duration = Duration::from_secs(10);
/// How long a client may take to hear that the connection ends, and to close it.
const LINGER: Duration = Duration::from_secs(1);

/// How long a client that has acknowledged everything has to read it and to close: what it has not read is
/// lost when the server closes.
const PARTING: Duration = Duration::from_millis(500);
/// The type of a stream that means nothing (RFC 9114 §6.2.3).
const RESERVED: u8 = 0x21;
/// How many bytes of requests wait, of a stream and of a connection, and how many of answers.
const STREAM_WINDOW: u32 = 256 * 1024;
const WINDOW: u32 = 1024 * 1024;
/// How many bytes of an answer are sent at once; a client has [`Config::write_timeout`] for them.
const SLICE: usize = 16 * 1024;

/// Makes what accepts connections of QUIC on this port.
///
/// # Errors
/// Where TLS 1.3 cannot be spoken.
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
        // Its control stream and the two of QPACK, and one that is not known.
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

/// Accepts until nobody takes what is accepted.
pub(crate) async fn accept(
    endpoint: quinn::Endpoint,
    accepted: mpsc::Sender<io::Result<Accepted>>,
) {
    // The place comes first: a stop takes what is in the channel, and nowhere else.
    while let Ok(place) = accepted.reserve().await {
        let Some(incoming) = validated(&endpoint).await else {
            return;
        };
        place.send(Ok(Accepted::Quic(Box::new(incoming), endpoint.clone())));
    }
}

/// Accepts a client whose address is its own.
async fn validated(endpoint: &quinn::Endpoint) -> Option<quinn::Incoming> {
    loop {
        let incoming = endpoint.accept().await?;
        if incoming.remote_address_validated() {
            return Some(incoming);
        }
        // Whoever has made up an address does not hear of this, and takes no place (RFC 9000 §8.1.2).
        let _may_be_retried = incoming.retry();
    }
}

/// Serves a connection to its end.
pub(super) async fn serve<A: HttpApp>(
    shared: Arc<Shared<A>>,
    incoming: quinn::Incoming,
    endpoint: quinn::Endpoint,
) {
    let peer = incoming.remote_address();
    let Some(_place) = shared.addresses.enter(Some(peer)) else {
        incoming.refuse();
        return;
    };
    let shaking_hands = async {
        let quic = incoming.accept()?.await?;
        let connection = h3::server::builder()
            .max_field_section_size(shared.config.max_head_size as u64)
            .build(Quic::new(quic.clone(), shared.config.max_head_size as u64))
            .await?;
        Ok::<_, BoxError>((connection, quic))
    };
    let shaken = timeout(shared.config.handshake_timeout, shaking_hands).await;
    let (mut connection, quic) = match shaken {
        Ok(Ok(shaken)) => shaken,
        Ok(Err(error)) => return events::handshake_failed(Some(peer), &error),
        Err(elapsed) => return events::handshake_failed(Some(peer), &elapsed),
    };
    drive(&shared, &mut connection, &origin(&quic)).await;
    until_taken(&quic, shared.config.write_timeout).await;
    drop(connection);
    if shared.stopping.has_begun() {
        // The goodbye is on its way, and the process may end with this.
        let _out_of_time = timeout(LINGER, endpoint.wait_idle()).await;
    }
}

/// Waits until the client has all that was sent, and until it closes: to close before would throw away what
/// is on its way.
async fn until_taken(quic: &quinn::Connection, write_timeout: Duration) {
    let sent = || quic.stats().frame_tx.stream;
    let (patience, all) = match timeout(LINGER, quic.open_uni()).await {
        Ok(Ok(last)) => (write_timeout, all_taken(quic, Some(last))),
        // It takes no more streams: it has all when it takes no more of them either.
        Ok(Err(_)) | Err(_) => (LINGER, all_taken(quic, None)),
    };
    let mut all = pin!(all);
    let mut before = sent();
    loop {
        tokio::select! {
            _closed = quic.closed() => return,
            () = &mut all => break,
            () = sleep(patience) => {}
        }
        if std::mem::replace(&mut before, sent()) == before {
            break;
        }
    }
    let _out_of_time = timeout(PARTING, quic.closed()).await;
}

/// Waits until nothing that was sent is on its way; without a stream it never knows.
async fn all_taken(quic: &quinn::Connection, last: Option<quinn::SendStream>) {
    let Some(mut last) = last else {
        return pending().await;
    };
    // There is room for a byte only once the client has acknowledged all others.
    quic.set_send_window(1);
    let _gone = last.write_all(&[RESERVED]).await;
}

fn origin(connection: &quinn::Connection) -> Transport {
    let mut origin = Transport::of(Some(connection.remote_address()));
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

/// Takes requests until the client ends, its silence or the server does, and waits for those that have
/// begun.
async fn drive<A: HttpApp>(
    shared: &Arc<Shared<A>>,
    connection: &mut Connection<Quic, Bytes>,
    origin: &Transport,
) {
    let session = shared.app.connect(origin);
    // What is refused holds nothing up: it ends with the connection.
    let (mut requests, mut refusals) = (JoinSet::new(), JoinSet::new());
    let mut stopped = pin!(shared.stopping.begun());
    let mut idle = pin!(sleep(shared.config.idle_timeout));
    let (mut begun, mut told) = (0, false);
    loop {
        let is_silent = requests.is_empty() && idle.is_elapsed();
        let is_over = is_silent || begun >= shared.config.max_requests_per_connection;
        if !told && (is_over || shared.stopping.has_begun()) {
            told = true;
            // A client that does not hear of it ends by its silence.
            let _goaway = timeout(LINGER, connection.shutdown(1)).await;
        }
        if told && requests.is_empty() {
            return;
        }
        tokio::select! {
            accepted = connection.accept() => match accepted {
                // It was told that this one is not answered (RFC 9114 §5.2).
                Ok(Some(refused)) if told => {
                    while refusals.try_join_next().is_some() {}
                    refusals.spawn(refuse(refused, shared.config.head_timeout));
                }
                Ok(Some(resolver)) => {
                    begun += 1;
                    requests.spawn(exchange(Arc::clone(shared), session.clone(), resolver));
                }
                Err(_) if shared.config.cancel_on_disconnect => return requests.shutdown().await,
                Ok(None) | Err(_) => break,
            },
            Some(_) = requests.join_next() => {
                idle.as_mut().reset(Instant::now() + shared.config.idle_timeout);
            }
            () = &mut idle, if requests.is_empty() => {}
            () = &mut stopped, if !told => {}
        }
    }
    while requests.join_next().await.is_some() {}
}

/// Answers one request; what goes wrong is the client's doing and ends nothing but the request.
async fn exchange<A: HttpApp>(
    shared: Arc<Shared<A>>,
    session: A::Session,
    resolver: RequestResolver<Quic, Bytes>,
) {
    let config = &shared.config;
    let resolved = timeout(config.head_timeout, resolver.resolve_request());
    let Ok(Ok((request, stream))) = resolved.await else {
        return;
    };
    let (mut sending, receiving) = stream.split();
    let length = validate::length(request.headers());
    let request = with_body(request, receiving, length.unwrap_or_default(), config);
    let response = match validate::check(&request, config, length.is_err()) {
        Ok(()) => {
            let (head, body) = request.into_parts();
            A::answer(A::begin(session, head, body)).await
        }
        Err(refusal) => A::refuse(refusal),
    };
    // To drop the stream would end the answer as if it were whole.
    if send(&mut sending, response, config).await.is_err() {
        sending.stop_stream(Code::H3_REQUEST_CANCELLED);
    }
}

/// Says of a request that nothing of it was looked at, so that it can be sent again.
async fn refuse(resolver: RequestResolver<Quic, Bytes>, head_timeout: Duration) {
    // h3 has no word for a stream whose head is not here.
    if let Ok(Ok((_, mut stream))) = timeout(head_timeout, resolver.resolve_request()).await {
        stream.stop_stream(Code::H3_REQUEST_REJECTED);
    }
}

fn with_body(
    request: Request<()>,
    receiving: Receiving,
    length: Option<u64>,
    config: &Config,
) -> Request<RequestBody> {
    let (mut parts, ()) = request.into_parts();
    parts.version = Version::HTTP_3;
    let body = Received {
        receiving,
        ended: false,
        length,
    };
    let body = match length {
        Some(0) => RequestBody::empty(),
        _ => RequestBody::new(body).paced(Pace::new(config.min_body_rate, config.body_timeout)),
    };
    Request::from_parts(parts, body)
}

/// Sends a response; a client that takes nothing for too long is not waited for.
async fn send(sending: &mut Sending, response: Response, config: &Config) -> Result<(), BoxError> {
    let (mut parts, mut body) = response.into_http(|body| body).into_parts();
    // Headers of a connection have no place here (RFC 9114 §4.2).
    parts.headers.remove(header::CONNECTION);
    parts.headers.entry(header::DATE).or_insert_with(now);
    if let Some(length) = body.len().filter(|length| *length > 0) {
        parts
            .headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    let head = http::Response::from_parts(parts, ());
    timeout(config.write_timeout, sending.send_response(head)).await??;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else {
            sending.stop_stream(Code::H3_INTERNAL_ERROR);
            return Ok(());
        };
        match frame.into_data() {
            Ok(mut data) => {
                while !data.is_empty() {
                    let slice = data.split_to(data.len().min(SLICE));
                    timeout(config.write_timeout, sending.send_data(slice)).await??;
                }
            }
            Err(frame) => {
                if let Ok(mut trailers) = frame.into_trailers() {
                    super::trailers::settle(&mut trailers);
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
    /// Nothing but trailers may come.
    ended: bool,
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
        let data = match body.ended {
            false => ready!(body.receiving.poll_recv_data(cx))?,
            true => None,
        };
        let data = data.map(|mut data| data.copy_to_bytes(data.remaining()));
        if data.is_none() {
            // h3 says of an empty frame what it says of the end; behind the end there is no more data.
            body.ended = true;
            ready!(body.receiving.poll_recv_trailers(cx))?;
        }
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
