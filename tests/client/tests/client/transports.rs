//! Two transports: hyper over TCP, and the test client in this process.

use std::{
    convert::Infallible,
    future::IntoFuture,
    io,
    sync::atomic::{AtomicU32, Ordering},
};

use bytes::Bytes;
use client_fixture::shop::{Client, Transport};
use highball::{prelude::*, testing::TestSession};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};

use super::app::Api;

/// Sends each request on a new connection.
#[derive(Debug, Default)]
pub(crate) struct Tcp {
    pub(crate) sent: AtomicU32,
}

impl Transport for Tcp {
    type Error = io::Error;

    async fn send(&self, request: Request<Bytes>) -> io::Result<Response<Bytes>> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let host = request.uri().authority().map(ToString::to_string);
        let host = host.ok_or_else(|| io::Error::other("the address has no host"))?;
        let stream = TokioIo::new(TcpStream::connect(&host).await?);
        let (mut sender, connection) = http1::handshake(stream).await.map_err(io::Error::other)?;
        tokio::spawn(connection);
        let mut request = request.map(Full::new);
        let target = request.uri().path_and_query().cloned();
        *request.uri_mut() = target.map(Into::into).unwrap_or_default();
        let host = host.parse().map_err(io::Error::other)?;
        request.headers_mut().insert("host", host);
        let response = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}

/// Sends each request to the app.
pub(crate) struct InProcess(TestSession<Api>);

impl Transport for InProcess {
    type Error = Infallible;

    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Infallible> {
        let (head, body) = request.into_parts();
        let mut test = self.0.request(head.method, &head.uri.to_string());
        for (name, value) in &head.headers {
            test = test.header(name, value);
        }
        if !body.is_empty() {
            test = test.body(body);
        }
        let answer = test.send().await;
        let mut response = Response::new(answer.bytes().clone());
        *response.status_mut() = answer.status();
        answer.headers().clone_into(response.headers_mut());
        Ok(response)
    }
}

/// Returns a client of the app in this process.
pub(crate) fn in_process() -> Client<InProcess> {
    Client::new(InProcess(Api.test().start()), &"/".parse().expect("a path"))
}

/// A server on a free port.
pub(crate) struct Server {
    pub(crate) client: Client<Tcp>,
    pub(crate) base: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<highball::Result>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}/", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let serving = highball::serve(Api).listen(listener).quiet().stop(async {
            let _ = stopped.await;
        });
        Self {
            client: Client::new(Tcp::default(), &base.parse().expect("an address")),
            base,
            stop,
            task: tokio::spawn(serving.into_future()),
        }
    }

    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        let ended = self.task.await.expect("the server does not panic");
        ended.expect("the server stops");
    }
}
