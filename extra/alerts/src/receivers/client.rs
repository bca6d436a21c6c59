//! The HTTP client that sends messages.

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use highball::{
    Bytes, Error, Result,
    http::{Request, Response},
};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::{
    client::legacy::{Client as Pooled, connect::HttpConnector},
    rt::TokioExecutor,
};

/// The time for a response.
const WITHIN: Duration = Duration::from_secs(10);
/// The bytes of a response that are read.
const MOST: usize = 64 * 1024;

type Sending = Pin<Box<dyn Future<Output = Result<Response<Bytes>>> + Send>>;
type Sender = dyn Fn(Request<Bytes>) -> Sending + Send + Sync;

/// A function that sends a request and returns the whole response.
#[derive(Clone)]
pub(super) struct Client(Arc<Sender>);

impl Client {
    pub(super) fn new<F>(send: impl Fn(Request<Bytes>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Response<Bytes>>> + Send + 'static,
    {
        Self(Arc::new(move |request| Box::pin(send(request))))
    }

    /// Returns the client of this package, for an address.
    pub(super) fn for_address(address: &str) -> Result<Self> {
        if address.starts_with("https:") {
            return Self::with_tls(address);
        }
        let pooled = Pooled::builder(TokioExecutor::new()).build(HttpConnector::new());
        Ok(Self::pooled(pooled))
    }

    #[cfg(not(feature = "tls"))]
    fn with_tls(address: &str) -> Result<Self> {
        Err(Error::new(format!(
            "`{address}` needs TLS, which is not compiled in; enable the feature `tls` of highball-alerts"
        )))
    }

    #[cfg(feature = "tls")]
    fn with_tls(_address: &str) -> Result<Self> {
        use highball::ResultExt as _;
        use tokio_rustls::rustls::crypto::aws_lc_rs;

        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(aws_lc_rs::default_provider())
            .context(
                "the system has no certificates of authorities; install `ca-certificates`, or set `SSL_CERT_FILE`",
            )?;
        let connector = connector.https_or_http().enable_http1().build();
        Ok(Self::pooled(
            Pooled::builder(TokioExecutor::new()).build(connector),
        ))
    }

    fn pooled<C>(pooled: Pooled<C, Full<Bytes>>) -> Self
    where
        C: hyper_util::client::legacy::connect::Connect + Clone + Send + Sync + 'static,
    {
        Self::new(move |request| {
            let pooled = pooled.clone();
            async move {
                let response = pooled.request(request.map(Full::new)).await?;
                let (head, body) = response.into_parts();
                let body = Limited::new(body, MOST).collect().await;
                let body = body.map_err(|error| Error::new(error.to_string()))?;
                Ok(Response::from_parts(head, body.to_bytes()))
            }
        })
    }

    /// Sends a request, and returns the whole response.
    pub(super) async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>> {
        let sent = tokio::time::timeout(WITHIN, (self.0)(request)).await;
        sent.map_err(|_| Error::new(format!("no response within {WITHIN:?}")))?
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}
