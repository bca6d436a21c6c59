//! The app for operators on an address that other machines can reach, with client certificates.

use std::future::IntoFuture;

use highball::{prelude::*, serve::Listener, tokio};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::oneshot,
};

use crate::{Api, certificate_authority::Authority, connect, soon};

#[routes(admin)]
struct Operators(highball::serve::readyz);

async fn everywhere() -> TcpListener {
    let listener = TcpListener::bind("0.0.0.0:0").await;
    listener.expect("a port is free")
}

#[tokio::test]
async fn a_required_certificate_is_a_credential_of_operators() {
    let authority = Authority::new();
    let tls = authority.tls().client_ca(authority.path("ca.pem"));
    let (clients, operators) = (everywhere().await, everywhere().await);
    let port = operators.local_addr().expect("it is bound").port();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = highball::serve(Api)
        .admin(Operators)
        .listen(clients)
        .admin_listen(Listener::from(operators).tls(tls))
        .quiet();
    let serving = serving.stop(async {
        let _ = stopped.await;
    });
    let server = tokio::spawn(serving.into_future());
    let identity = Some(authority.sign("client"));
    let addr = ([127, 0, 0, 1], port).into();
    let mut stream = connect(&authority, addr, &[], identity)
        .await
        .expect("its certificate is valid");
    // The name of another machine is no alias that a page has made, since a page has no certificate.
    let request = "GET /readyz HTTP/1.1\r\nhost: shop.internal:8081\r\nconnection: close\r\n\r\n";
    stream
        .write_all(request.as_bytes())
        .await
        .expect("it is sent");
    let mut response = String::new();
    soon(stream.read_to_string(&mut response))
        .await
        .expect("it is text");
    assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    drop(stop);
    soon(server)
        .await
        .expect("it does not panic")
        .expect("it served");
}

#[tokio::test]
async fn an_optional_certificate_is_no_credential_of_operators() {
    let authority = Authority::new();
    let tls = authority.tls().client_ca(authority.path("ca.pem"));
    let listener = Listener::from(everywhere().await).tls(tls.client_optional());
    let serving = highball::serve(Api)
        .admin(Operators)
        .listen(everywhere().await)
        .admin_listen(listener)
        .quiet()
        .stop(async {});
    let error = soon(serving).await.expect_err("others can reach it");
    let error = error.to_string();
    assert!(error.contains("require client certificates"), "{error}");
}
