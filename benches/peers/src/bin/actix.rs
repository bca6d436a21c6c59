//! actix-web, with its app, its extractors and `middleware::from_fn`.
//!
//! Its timeouts apply: 5 s for a head and 5 s of inactivity. Its limits apply: JSON of 2 MiB, and 25,000 connections
//! per thread. It has no middleware that catches panics, so a panic closes the connection.

use std::{io, time::Instant};

use actix_web::{
    App, HttpResponse, HttpServer, Responder,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{AUTHORIZATION, HeaderName, HeaderValue, X_FRAME_OPTIONS},
    middleware::{Next, from_fn},
    web::{self, Json, JsonConfig, Path, PathConfig},
};
use bench_peers::{
    Comments, ITEMS, Message, Order, PLAINTEXT, STUB, TOKEN, User, addr, count, micros_since,
    next_id, threads,
};

type Answer<B> = Result<ServiceResponse<B>, actix_web::Error>;

#[actix_web::main]
async fn main() -> io::Result<()> {
    let server = HttpServer::new(|| {
        let bad = |error, _: &_| actix_web::error::ErrorBadRequest(error);
        let bad_path = |error, _: &_| actix_web::error::ErrorBadRequest(error);
        let behind = web::resource("/mw")
            .wrap(from_fn(token))
            .wrap(from_fn(frame_options))
            .wrap(from_fn(request_id))
            .wrap(from_fn(counted))
            .wrap(from_fn(response_time))
            .route(web::get().to(pong));
        App::new()
            .app_data(JsonConfig::default().error_handler(bad))
            .app_data(PathConfig::default().error_handler(bad_path))
            .route("/ping", web::get().to(pong))
            .route("/plaintext", web::get().to(plaintext))
            .route("/users/{id}", web::get().to(user))
            .service(
                web::resource("/repos/{owner}/{repo}/issues/{number}/comments")
                    .route(web::get().to(comments))
                    .route(web::post().to(comment)),
            )
            .route("/echo", web::post().to(echo))
            .route("/big", web::get().to(big))
            .service(behind)
            .configure(table)
    })
    .workers(threads())
    .tcp_nodelay(true);
    #[cfg(not(feature = "http2"))]
    let server = server.bind(addr())?;
    #[cfg(feature = "http2")]
    let server = server.bind_auto_h2c(addr())?;
    server.run().await
}

macro_rules! table {
    ($($path:literal => $($name:ident $method:ident $upper:ident),+;)*) => {
        $($(async fn $name() -> &'static str {
            STUB
        })+)*

        fn table(config: &mut web::ServiceConfig) {
            $(
                let resource = web::resource($path)$(.route(web::$method().to($name)))+;
                config.service(resource);
            )*
        }
    };
}

bench_peers::routes!(table);

async fn pong() -> impl Responder {
    Json(Message::PONG)
}

async fn plaintext() -> &'static str {
    PLAINTEXT
}

async fn user(id: Path<u64>) -> impl Responder {
    Json(User::of(*id))
}

async fn comments(path: Path<(String, String, u64)>) -> impl Responder {
    let (owner, repo, number) = path.into_inner();
    Json(Comments {
        owner,
        repo,
        number,
    })
}

async fn comment() -> &'static str {
    STUB
}

async fn echo(order: Json<Order>) -> Json<Order> {
    order
}

async fn big() -> HttpResponse {
    HttpResponse::Ok().json(&*ITEMS)
}

async fn response_time<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answer<B> {
    let begun = Instant::now();
    let mut answer = next.call(request).await?;
    let name = HeaderName::from_static("x-response-time");
    let micros = HeaderValue::from(micros_since(begun));
    answer.headers_mut().insert(name, micros);
    Ok(answer)
}

async fn counted<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answer<B> {
    count();
    next.call(request).await
}

async fn request_id<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answer<B> {
    let id = next_id();
    let mut answer = next.call(request).await?;
    if let Ok(id) = HeaderValue::from_bytes(&id) {
        let name = HeaderName::from_static("x-request-id");
        answer.headers_mut().insert(name, id);
    }
    Ok(answer)
}

async fn frame_options<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answer<B> {
    let mut answer = next.call(request).await?;
    let deny = HeaderValue::from_static("DENY");
    answer.headers_mut().insert(X_FRAME_OPTIONS, deny);
    Ok(answer)
}

async fn token<B: MessageBody>(request: ServiceRequest, next: Next<B>) -> Answer<EitherBody<B>> {
    let sent = request.headers().get(AUTHORIZATION);
    if sent.is_none_or(|sent| sent != TOKEN) {
        // An `Err` would pass the other middleware through their `?`, and the response would lack their headers.
        let refused = HttpResponse::Unauthorized().finish();
        return Ok(request.into_response(refused).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}
