//! hyper in its usual form: `service_fn`, `Full<Bytes>`, and a `match` for the routes.
//!
//! The limits of hyper apply: a head of 100 headers and about 400 KiB. There are no timeouts, since no timer is set.
//! A panic closes the connection.

use std::{convert::Infallible, io, time::Instant};

use bench_peers::{
    Comments, ITEMS, Message, Order, PLAINTEXT, STUB, TOKEN, User, addr, count, micros_since,
    next_id, run,
    table::{Found, find},
};
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
#[cfg(not(feature = "http2"))]
use hyper::server::conn::http1;
#[cfg(feature = "http2")]
use hyper::server::conn::http2;
use hyper::{body::Incoming, service::service_fn};
#[cfg(feature = "http2")]
use hyper_util::rt::TokioExecutor;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use tokio::net::TcpListener;

type Answer = Response<Full<Bytes>>;

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
            let service = service_fn(answer);
            #[cfg(not(feature = "http2"))]
            let builder = http1::Builder::new();
            #[cfg(feature = "http2")]
            let builder = http2::Builder::new(TokioExecutor::new());
            let connection = builder.serve_connection(TokioIo::new(stream), service);
            if let Err(error) = connection.await {
                eprintln!("{error}");
            }
        });
    }
}

async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let answer = match find(request.method().as_str(), request.uri().path()) {
        Found::Ping => json(&Message::PONG),
        Found::Plaintext => text(PLAINTEXT),
        Found::User(id) => match id.parse() {
            Ok(id) => json(&User::of(id)),
            Err(_) => empty(StatusCode::BAD_REQUEST),
        },
        Found::Comments(owner, repo, number) => match number.parse() {
            Ok(number) => json(&Comments {
                owner,
                repo,
                number,
            }),
            Err(_) => empty(StatusCode::BAD_REQUEST),
        },
        Found::Echo => echo(request).await,
        Found::Mw => response_time(request).await,
        Found::Big => json(&*ITEMS),
        Found::Stub(_) => text(STUB),
        Found::Missing => empty(StatusCode::NOT_FOUND),
    };
    Ok(answer)
}

async fn echo(request: Request<Incoming>) -> Answer {
    let Ok(body) = request.into_body().collect().await else {
        return empty(StatusCode::BAD_REQUEST);
    };
    match serde_json::from_slice::<Order>(&body.to_bytes()) {
        Ok(order) => json(&order),
        Err(_) => empty(StatusCode::BAD_REQUEST),
    }
}

async fn response_time(request: Request<Incoming>) -> Answer {
    let begun = Instant::now();
    let mut answer = counted(request).await;
    let micros = HeaderValue::from(micros_since(begun));
    answer.headers_mut().insert("x-response-time", micros);
    answer
}

async fn counted(request: Request<Incoming>) -> Answer {
    count();
    request_id(request).await
}

async fn request_id(request: Request<Incoming>) -> Answer {
    let id = next_id();
    let mut answer = frame_options(request).await;
    if let Ok(id) = HeaderValue::from_bytes(&id) {
        answer.headers_mut().insert("x-request-id", id);
    }
    answer
}

async fn frame_options(request: Request<Incoming>) -> Answer {
    let mut answer = token(request).await;
    let deny = HeaderValue::from_static("DENY");
    answer.headers_mut().insert(header::X_FRAME_OPTIONS, deny);
    answer
}

async fn token(request: Request<Incoming>) -> Answer {
    let sent = request.headers().get(header::AUTHORIZATION);
    if sent.is_none_or(|sent| sent != TOKEN) {
        return empty(StatusCode::UNAUTHORIZED);
    }
    json(&Message::PONG)
}

fn json(value: &impl Serialize) -> Answer {
    let Ok(bytes) = serde_json::to_vec(value) else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    typed("application/json", Bytes::from(bytes))
}

fn text(text: &'static str) -> Answer {
    typed(
        "text/plain; charset=utf-8",
        Bytes::from_static(text.as_bytes()),
    )
}

fn typed(media_type: &'static str, bytes: Bytes) -> Answer {
    let mut answer = Response::new(Full::new(bytes));
    let media_type = HeaderValue::from_static(media_type);
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    answer
}

fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = status;
    answer
}
