//! hyper, tuned through its public API only. Apart from the handlers, a request allocates nothing.
//!
//! - `half_close(true)`: otherwise hyper reserves 8 KiB per request to detect that the client has disconnected.
//! - `pipeline_flush(true)`: responses to pipelined requests are sent together.
//! - The response reuses the header map of the request, so that hyper parses the next request into it.
//! - Bodies are an enum over a pooled vector, into which JSON is serialized.
//! - A body that arrives in one chunk is read in place.
//!
//! The limits are those of hyper-raw. There are no timeouts. A panic closes the connection.

mod body;

use std::{convert::Infallible, future::poll_fn, io, pin::Pin, time::Instant};

use bench_peers::{
    Comments, ITEMS, Message, Order, PLAINTEXT, STUB, TOKEN, User, addr, count, micros_since,
    next_id, run,
    table::{Found, find},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body::Body as _;
use http_body_util::BodyExt;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpListener;

use body::Body;

type Answer = Response<Body>;

fn main() -> io::Result<()> {
    run(serve())
}

async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind(addr()).await?;
    loop {
        // A client that disconnects before it is accepted must not stop the server.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        // If the option cannot be set, the connection works, but more slowly.
        let _unset = stream.set_nodelay(true);
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .half_close(true)
                .header_read_timeout(None)
                .pipeline_flush(true)
                .serve_connection(TokioIo::new(stream), service_fn(answer));
            if let Err(error) = connection.await {
                eprintln!("{error}");
            }
        });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let (mut parts, body) = request.into_parts();
    let headers = std::mem::take(&mut parts.headers);
    let answer = match find(parts.method.as_str(), parts.uri.path()) {
        Found::Ping => json(headers, &Message::PONG),
        Found::Plaintext => text(headers, PLAINTEXT),
        Found::User(id) => match id.parse() {
            Ok(id) => json(headers, &User::of(id)),
            Err(_) => empty(headers, StatusCode::BAD_REQUEST),
        },
        Found::Comments(owner, repo, number) => match number.parse() {
            Ok(number) => json(
                headers,
                &Comments {
                    owner,
                    repo,
                    number,
                },
            ),
            Err(_) => empty(headers, StatusCode::BAD_REQUEST),
        },
        Found::Echo => echo(headers, body).await,
        Found::Mw => response_time(headers).await,
        Found::Big => json(headers, &*ITEMS),
        Found::Stub(_) => text(headers, STUB),
        Found::Missing => empty(headers, StatusCode::NOT_FOUND),
    };
    Ok(answer)
}

async fn echo(headers: HeaderMap, body: Incoming) -> Answer {
    let Ok(bytes) = read(body).await else {
        return empty(headers, StatusCode::BAD_REQUEST);
    };
    match serde_json::from_slice::<Order>(&bytes) {
        Ok(order) => json(headers, &order),
        Err(_) => empty(headers, StatusCode::BAD_REQUEST),
    }
}

/// Reads a body. A body in one chunk is not copied.
async fn read(mut body: Incoming) -> hyper::Result<Bytes> {
    let first = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
    let Some(first) = first else {
        return Ok(Bytes::new());
    };
    let first = first?.into_data().unwrap_or_default();
    if body.is_end_stream() {
        return Ok(first);
    }
    let rest = body.collect().await?.to_bytes();
    Ok([first, rest].concat().into())
}

async fn response_time(headers: HeaderMap) -> Answer {
    let begun = Instant::now();
    let mut answer = counted(headers).await;
    let micros = HeaderValue::from(micros_since(begun));
    answer.headers_mut().insert("x-response-time", micros);
    answer
}

async fn counted(headers: HeaderMap) -> Answer {
    count();
    request_id(headers).await
}

async fn request_id(headers: HeaderMap) -> Answer {
    let id = next_id();
    let mut answer = frame_options(headers).await;
    if let Ok(id) = HeaderValue::from_bytes(&id) {
        answer.headers_mut().insert("x-request-id", id);
    }
    answer
}

async fn frame_options(headers: HeaderMap) -> Answer {
    let mut answer = token(headers).await;
    let deny = HeaderValue::from_static("DENY");
    answer.headers_mut().insert(header::X_FRAME_OPTIONS, deny);
    answer
}

async fn token(headers: HeaderMap) -> Answer {
    let sent = headers.get(header::AUTHORIZATION);
    if sent.is_none_or(|sent| sent != TOKEN) {
        return empty(headers, StatusCode::UNAUTHORIZED);
    }
    json(headers, &Message::PONG)
}

fn json(headers: HeaderMap, value: &impl Serialize) -> Answer {
    let mut bytes = body::buffer();
    if serde_json::to_writer(&mut bytes, value).is_err() {
        return empty(headers, StatusCode::INTERNAL_SERVER_ERROR);
    }
    typed(headers, "application/json", Body::Pooled(bytes))
}

fn text(headers: HeaderMap, text: &'static str) -> Answer {
    typed(
        headers,
        "text/plain; charset=utf-8",
        Body::Static(text.as_bytes()),
    )
}

fn typed(headers: HeaderMap, media_type: &'static str, body: Body) -> Answer {
    let mut answer = empty(headers, StatusCode::OK);
    *answer.body_mut() = body;
    let media_type = HeaderValue::from_static(media_type);
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    answer
}

fn empty(mut headers: HeaderMap, status: StatusCode) -> Answer {
    headers.clear();
    let mut answer = Response::new(Body::Empty);
    *answer.headers_mut() = headers;
    *answer.status_mut() = status;
    answer
}
