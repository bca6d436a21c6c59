//! axum, with its router, its extractors and `middleware::from_fn`. tower-http catches panics.
//!
//! A body limit of 2 MiB and the limits of hyper apply. There are no timeouts.

use std::{io, time::Instant};

use axum::{
    Json, Router,
    extract::{Path, Request, rejection::JsonRejection},
    http::{HeaderValue, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
    serve::ListenerExt,
};
use bench_peers::{
    Comments, ITEMS, Item, Message, Order, PLAINTEXT, STUB, TOKEN, User, addr, count, micros_since,
    next_id, run,
};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;

fn main() -> io::Result<()> {
    run(async {
        let listener = TcpListener::bind(addr()).await?.tap_io(|stream| {
            // If the option cannot be set, the connection works, but more slowly.
            let _unset = stream.set_nodelay(true);
        });
        axum::serve(listener, router()).await
    })
}

macro_rules! table {
    ($($path:literal => $($name:ident $method:ident $upper:ident),+;)*) => {
        $($(async fn $name() -> &'static str {
            STUB
        })+)*

        fn table() -> Router {
            Router::new()$(.route($path, MethodRouter::new()$(.$method($name))+))*
        }
    };
}

bench_peers::routes!(table);

fn router() -> Router {
    let behind = Router::new()
        .route("/mw", get(pong))
        .route_layer(from_fn(token))
        .route_layer(from_fn(frame_options))
        .route_layer(from_fn(request_id))
        .route_layer(from_fn(counted))
        .route_layer(from_fn(response_time));
    table()
        .route("/ping", get(pong))
        .route("/plaintext", get(|| async { PLAINTEXT }))
        .route("/users/{id}", get(user))
        .route(
            "/repos/{owner}/{repo}/issues/{number}/comments",
            get(comments).post(comment),
        )
        .route("/echo", post(echo))
        .route("/big", get(big))
        .merge(behind)
        .layer(CatchPanicLayer::new())
}

async fn pong() -> Json<Message> {
    Json(Message::PONG)
}

async fn user(Path(id): Path<u64>) -> Json<User> {
    Json(User::of(id))
}

async fn comments(
    Path((owner, repo, number)): Path<(String, String, u64)>,
) -> Json<Comments<String>> {
    Json(Comments {
        owner,
        repo,
        number,
    })
}

async fn comment() -> &'static str {
    STUB
}

/// Responds with 400 to a body that is not JSON, and to JSON that is not an order.
async fn echo(order: Result<Json<Order>, JsonRejection>) -> Response {
    match order {
        Ok(order) => order.into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

async fn big() -> Json<&'static Vec<Item>> {
    Json(&ITEMS)
}

async fn response_time(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let mut answer = next.run(request).await;
    let micros = HeaderValue::from(micros_since(begun));
    answer.headers_mut().insert("x-response-time", micros);
    answer
}

async fn counted(request: Request, next: Next) -> Response {
    count();
    next.run(request).await
}

async fn request_id(request: Request, next: Next) -> Response {
    let id = next_id();
    let mut answer = next.run(request).await;
    if let Ok(id) = HeaderValue::from_bytes(&id) {
        answer.headers_mut().insert("x-request-id", id);
    }
    answer
}

async fn frame_options(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let deny = HeaderValue::from_static("DENY");
    answer.headers_mut().insert(header::X_FRAME_OPTIONS, deny);
    answer
}

async fn token(request: Request, next: Next) -> Response {
    let sent = request.headers().get(header::AUTHORIZATION);
    if sent.is_none_or(|sent| sent != TOKEN) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    next.run(request).await
}
