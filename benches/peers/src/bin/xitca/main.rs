//! xitca-web, with its router, its extractors and `enclosed_fn`. Its `CatchUnwind` catches panics.
//!
//! Its timeouts apply: 5 s for a head and 5 s of inactivity. Its limits apply: a head of 64 headers and 1 MiB, and
//! JSON of 1 MiB.

mod middleware;

use std::{io, net::TcpListener};

use bench_peers::{Comments, ITEMS, Item, Message, Order, PLAINTEXT, STUB, User, addr, threads};
use middleware::{counted, frame_options, request_id, response_time, token};
use socket2::SockRef;
use xitca_web::{
    App,
    handler::{handler_service, json::Json, params::Params},
    middleware::CatchUnwind,
    route::{get, post, put},
    service::ServiceExt,
};

/// Generates the handlers of the table, and the app that contains them.
macro_rules! table {
    ($(
        $path:literal => $first_name:ident $first:ident $first_upper:ident
            $(, $name:ident $method:ident $upper:ident)*;
    )*) => {
        $(
            async fn $first_name() -> &'static str {
                STUB
            }

            $(async fn $name() -> &'static str {
                STUB
            })*
        )*

        fn main() -> io::Result<()> {
            App::new()
                $(.at(
                    $path,
                    $first(handler_service($first_name))$(.$method(handler_service($name)))*,
                ))*
                .at("/ping", get(handler_service(pong)))
                .at("/plaintext", get(handler_service(plaintext)))
                .at("/users/{id}", get(handler_service(user)))
                .at(
                    "/repos/{owner}/{repo}/issues/{number}/comments",
                    get(handler_service(comments)).post(handler_service(comment)),
                )
                .at("/echo", post(handler_service(echo)))
                .at("/big", get(handler_service(big)))
                .at(
                    "/mw",
                    get(handler_service(pong)
                        .enclosed_fn(token)
                        .enclosed_fn(frame_options)
                        .enclosed_fn(request_id)
                        .enclosed_fn(counted)
                        .enclosed_fn(response_time)),
                )
                .enclosed(CatchUnwind)
                .serve()
                .worker_threads(threads())
                .listen(listener()?)?
                .run()
                .wait()
        }
    };
}

bench_peers::routes!(table);

/// Returns a listening socket with `TCP_NODELAY`, which accepted sockets inherit, because xitca-web has no setting
/// for it.
fn listener() -> io::Result<TcpListener> {
    let listener = TcpListener::bind(addr())?;
    SockRef::from(&listener).set_tcp_nodelay(true)?;
    Ok(listener)
}

async fn pong() -> Json<Message> {
    Json(Message::PONG)
}

async fn plaintext() -> &'static str {
    PLAINTEXT
}

async fn user(Params(id): Params<u64>) -> Json<User> {
    Json(User::of(id))
}

async fn comments(
    Params((owner, repo, number)): Params<(String, String, u64)>,
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

async fn echo(Json(order): Json<Order>) -> Json<Order> {
    Json(order)
}

async fn big() -> Json<&'static Vec<Item>> {
    Json(&ITEMS)
}
