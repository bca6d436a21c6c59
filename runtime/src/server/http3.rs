//! HTTP/3 (RFC 9114) over quinn and h3. It is experimental because h3 is.
//!
//! One task drives each connection and owns the tasks of its requests. QUIC detects clients that
//! have disconnected and limits the number of streams.

use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, SystemTime};

use bytes::{Buf, Bytes};
use h3::error::Code;
use h3::server::{Connection, RequestResolver, RequestStream};
use http::{HeaderValue, Request, Version, header};
use http_body::{Body as _, Frame};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::{HttpApp, Shared};
use crate::{
    body::{BoxError, RequestBody},
    clock::Clock,
    events,
    request::Transport,
    response::Response,
    server::validate,
};

mod bounded;
mod endpoint;
mod frames;

pub(super) use self::endpoint::{accept, endpoint};

use self::bounded::{Bounded, LimitedStream};

type Quic = Bounded<h3_quinn::Connection>;
type Sending = RequestStream<h3_quinn::SendStream<Bytes>, Bytes>;
type Receiving = RequestStream<LimitedStream<h3_quinn::RecvStream>, Bytes>;

/// How long a client may take to receive GOAWAY and to close the connection.
const LINGER: Duration = Duration::from_secs(1);

/// How long a client that has acknowledged all data may take to close the connection. Data that it
/// has not read by then is lost when the server closes.
const PARTING: Duration = Duration::from_millis(500);
/// A reserved stream type, which clients ignore (RFC 9114 §6.2.3).
const RESERVED: u8 = 0x21;
/// How many bytes of a response are sent at once. A client has [`Config::write_timeout`] for them.
const SLICE: usize = 16 * 1024;

/// Serves a connection to its end.
pub(super) async fn serve<A: HttpApp>(
    shared: Arc<Shared<A>>,
    incoming: quinn::Incoming,
    endpoint: quinn::Endpoint,
) {
    let peer = incoming.remote_address();
    let Some(_slot) = shared.addresses.take_slot(Some(peer)) else {
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
    let within = shared.config.handshake_timeout;
    let (mut connection, quic) = match shared.clock.timeout(within, shaking_hands).await {
        Ok(Ok(shaken)) => shaken,
        Ok(Err(error)) => return events::handshake_failed(Some(peer), &error),
        Err(elapsed) => return events::handshake_failed(Some(peer), &elapsed),
    };
    let was_busy = drive(&shared, &mut connection, &origin(&quic)).await;
    if quic
        .close_reason()
        .is_some_and(|reason| is_cut(&reason, was_busy))
    {
        events::connection_cut(Some(peer));
    }
    wait_until_received(&quic, shared.config.write_timeout).await;
    drop(connection);
    if shared.stopping.has_begun() {
        // The process may exit when this returns, so give the close frame time to be sent.
        let _out_of_time = timeout(LINGER, endpoint.wait_idle()).await;
    }
}

/// Returns whether the server ended the connection, and not its client.
///
/// A client that disappears between requests is not counted, like an idle connection of HTTP/1.
fn is_cut(reason: &quinn::ConnectionError, was_busy: bool) -> bool {
    use quinn::ConnectionError as E;
    match reason {
        // A limit, or an error of HTTP/3 or QUIC. The orderly close by the server comes after this check.
        E::LocallyClosed | E::TransportError(_) | E::CidsExhausted | E::VersionMismatch => true,
        E::TimedOut => was_busy,
        E::ApplicationClosed(_) | E::ConnectionClosed(_) | E::Reset => false,
    }
}

/// Waits until the client has acknowledged all data and closes. If the server closed first, data in
/// flight would be lost. The times are those of the system and not of the server's clock, because
/// the packets are real in a test, too.
async fn wait_until_received(quic: &quinn::Connection, write_timeout: Duration) {
    let sent = || quic.stats().frame_tx.stream;
    let (patience, all) = match timeout(LINGER, quic.open_uni()).await {
        Ok(Ok(last)) => (write_timeout, wait_until_acknowledged(quic, Some(last))),
        // The client allows no more streams, so its acknowledgements cannot be observed. Wait until
        // no more data is sent.
        Ok(Err(_)) | Err(_) => (LINGER, wait_until_acknowledged(quic, None)),
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

/// Waits until the client has acknowledged all data. Without a stream this never resolves.
async fn wait_until_acknowledged(quic: &quinn::Connection, last: Option<quinn::SendStream>) {
    let Some(mut last) = last else {
        return pending().await;
    };
    // quinn has no call for this. With a send window of one byte, the write below completes only
    // when the client has acknowledged all other data.
    quic.set_send_window(1);
    let _gone = last.write_all(&[RESERVED]).await;
}

fn origin(connection: &quinn::Connection) -> Transport {
    let mut origin = Transport::of(Some(connection.remote_address()));
    let identity = connection.peer_identity();
    let chain = identity.and_then(|identity| {
        identity
            .downcast::<Vec<tokio_rustls::rustls::pki_types::CertificateDer<'static>>>()
            .ok()
    });
    let certificate = chain.as_ref().and_then(|chain| chain.first());
    origin.secure(false, certificate.map(AsRef::as_ref));
    origin
}

/// Accepts requests until the client closes, the connection is idle for too long or the server
/// stops. Then waits for the open requests, and returns whether there were some.
async fn drive<A: HttpApp>(
    shared: &Arc<Shared<A>>,
    connection: &mut Connection<Quic, Bytes>,
    origin: &Transport,
) -> bool {
    let session = shared.app.connect(origin);
    // Rejections run on separate tasks, which end with the connection, so a client that does not
    // read its rejection cannot delay the shutdown.
    let (mut requests, mut rejections) = (JoinSet::new(), JoinSet::new());
    let mut stopped = pin!(shared.stopping.begun());
    let clock = &shared.clock;
    let mut idle = pin!(clock.sleep(shared.config.idle_timeout));
    let (mut begun, mut told) = (0, false);
    loop {
        let is_silent = requests.is_empty() && idle.is_elapsed();
        let is_over = is_silent || begun >= shared.config.max_requests_per_connection;
        if !told && (is_over || shared.stopping.has_begun()) {
            told = true;
            // If GOAWAY does not reach the client, its connection ends by the idle timeout.
            let _goaway = timeout(LINGER, connection.shutdown(1)).await;
        }
        if told && requests.is_empty() {
            return false;
        }
        tokio::select! {
            accepted = connection.accept() => match accepted {
                // GOAWAY has announced that this request is not processed (RFC 9114 §5.2).
                Ok(Some(rejected)) if told => {
                    while rejections.try_join_next().is_some() {}
                    rejections.spawn(reject_request(Arc::clone(shared), rejected));
                }
                Ok(Some(resolver)) => {
                    begun += 1;
                    requests.spawn(serve_request(Arc::clone(shared), session.clone(), resolver));
                }
                Ok(None) => break,
                Err(_) => {
                    if shared.config.cancel_on_disconnect {
                        requests.abort_all();
                    }
                    break;
                }
            },
            Some(_) = requests.join_next() => {
                idle.as_mut().reset(clock.now() + shared.config.idle_timeout);
            }
            () = &mut idle, if requests.is_empty() => {}
            () = &mut stopped, if !told => {}
        }
    }
    let is_busy = !requests.is_empty();
    while requests.join_next().await.is_some() {}
    is_busy
}

/// Serves one request. An error ends this request only.
async fn serve_request<A: HttpApp>(
    shared: Arc<Shared<A>>,
    session: A::Session,
    resolver: RequestResolver<Quic, Bytes>,
) {
    let config = &shared.config;
    let clock = &shared.clock;
    let resolved = clock.timeout(config.head_timeout, resolver.resolve_request());
    let Ok(Ok((request, stream))) = resolved.await else {
        return;
    };
    let (mut sending, receiving) = stream.split();
    let length = validate::content_length(request.headers());
    let request = with_body(request, receiving, length.unwrap_or_default(), &shared);
    let response = match validate::check_head(&request, config, length.is_err()) {
        Ok(()) => {
            let (head, body) = request.into_parts();
            A::respond(A::route(session, head, body)).await
        }
        Err(reason) => A::reject(reason),
    };
    // Dropping the stream would finish it, and a truncated response would look complete.
    if send_response(&mut sending, response, clock, config.write_timeout)
        .await
        .is_err()
    {
        sending.stop_stream(Code::H3_REQUEST_CANCELLED);
    }
}

/// Rejects a request with H3_REQUEST_REJECTED: it was not processed, so the client can retry it.
async fn reject_request<A>(shared: Arc<Shared<A>>, resolver: RequestResolver<Quic, Bytes>) {
    // h3 can reset a stream only after its head has arrived.
    let resolved = resolver.resolve_request();
    let resolved = shared.clock.timeout(shared.config.head_timeout, resolved);
    if let Ok(Ok((_, mut stream))) = resolved.await {
        stream.stop_stream(Code::H3_REQUEST_REJECTED);
    }
}

fn with_body<A>(
    request: Request<()>,
    receiving: Receiving,
    length: Option<u64>,
    shared: &Shared<A>,
) -> Request<RequestBody> {
    let (mut parts, ()) = request.into_parts();
    parts.version = Version::HTTP_3;
    let body = ReceivedBody {
        receiving,
        ended: false,
        length,
    };
    let body = match length {
        Some(0) => RequestBody::empty(),
        _ => RequestBody::new(body).paced(shared.pace()),
    };
    Request::from_parts(parts, body)
}

/// Sends a response. Fails if the client takes no data for [`Config::write_timeout`].
async fn send_response(
    sending: &mut Sending,
    response: Response,
    clock: &Clock,
    write_timeout: Duration,
) -> Result<(), BoxError> {
    let (mut parts, mut body) = response.into_http(|body| body).into_parts();
    // HTTP/3 forbids connection-specific headers (RFC 9114 §4.2).
    parts.headers.remove(header::CONNECTION);
    parts.headers.entry(header::DATE).or_insert_with(date);
    if let Some(length) = body.len().filter(|length| *length > 0) {
        parts
            .headers
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    let head = http::Response::from_parts(parts, ());
    clock
        .timeout(write_timeout, sending.send_response(head))
        .await??;
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let Ok(frame) = frame else {
            sending.stop_stream(Code::H3_INTERNAL_ERROR);
            return Ok(());
        };
        match frame.into_data() {
            Ok(mut data) => {
                while !data.is_empty() {
                    let slice = data.split_to(data.len().min(SLICE));
                    clock
                        .timeout(write_timeout, sending.send_data(slice))
                        .await??;
                }
            }
            Err(frame) => {
                if let Ok(mut trailers) = frame.into_trailers() {
                    super::trailers::remove_forbidden(&mut trailers);
                    clock
                        .timeout(write_timeout, sending.send_trailers(trailers))
                        .await??;
                }
            }
        }
    }
    clock.timeout(write_timeout, sending.finish()).await??;
    Ok(())
}

fn date() -> HeaderValue {
    let now = httpdate::fmt_http_date(SystemTime::now());
    HeaderValue::from_str(&now).unwrap_or(HeaderValue::from_static(""))
}

/// The body of a request.
struct ReceivedBody {
    receiving: Receiving,
    /// Whether the data has ended, so that only trailers may follow.
    ended: bool,
    /// How many bytes of the announced length have not arrived yet.
    length: Option<u64>,
}

impl http_body::Body for ReceivedBody {
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
            // h3 returns the same for an empty frame as for the end of the data. After the end it
            // must not be polled for data again.
            body.ended = true;
            ready!(body.receiving.poll_recv_trailers(cx))?;
        }
        let sent = data.as_ref().map_or(0, |data| data.len() as u64);
        if let Some(length) = &mut body.length {
            match (length.checked_sub(sent), &data) {
                (Some(left), Some(_)) => *length = left,
                (Some(0), None) => {}
                // RFC 9114 §4.1.2: the request is malformed.
                _ => {
                    let message = "the body's length differs from its `content-length`";
                    return Poll::Ready(Some(Err(message.into())));
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_end_by_the_server_is_a_cut() {
        use quinn::ConnectionError::{LocallyClosed, Reset, TimedOut};
        for (reason, if_idle, if_busy) in [
            (LocallyClosed, true, true),
            (TimedOut, false, true),
            (Reset, false, false),
        ] {
            assert_eq!(is_cut(&reason, false), if_idle, "{reason}");
            assert_eq!(is_cut(&reason, true), if_busy, "{reason}");
        }
    }
}
