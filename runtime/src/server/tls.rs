//! TLS: which certificates a listener shows, and which it wants to see.

use std::{fmt, io, path::PathBuf, sync::Arc, time::Duration};

use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig, ServerConnection,
        crypto::{CryptoProvider, aws_lc_rs},
        pki_types::{CertificateDer, pem::PemObject as _},
        server::{WebPkiClientVerifier, danger::ClientCertVerifier},
    },
};

use crate::{
    config::Config,
    error::{Error, Result},
    request::Transport,
    server::socket::Socket,
    tasks::Owned,
};

mod certificates;

use self::certificates::Certificates;

/// TLS for a listener, by rustls: versions 1.2 and 1.3, with HTTP/2 agreed on where the feature is on.
///
/// The files are looked at every 10 seconds, unless [`reload_every`](Self::reload_every) says otherwise, and a new certificate is shown to the clients that come
/// after; no connection ends for it. Files that cannot be used are reported, and the certificate
/// before is kept.
///
/// # Examples
/// ```no_run
/// use highball::{Listener, Tls, prelude::*};
/// # #[get("/")] async fn hello() {}
/// # #[routes(app)] struct Api(hello);
///
/// # async fn run() -> highball::Result {
/// let tls = Tls::files("cert.pem", "key.pem");
/// let listener: Listener = "0.0.0.0:8443".parse()?;
/// highball::serve(Api).listen(listener.tls(tls)).await
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Tls {
    cert: PathBuf,
    key: PathBuf,
    client_ca: Option<PathBuf>,
    client_is_optional: bool,
    reload: Duration,
    config: Option<Arc<ServerConfig>>,
}

impl Tls {
    /// Shows the certificate in this file, with those that lead to its root, and proves it by this
    /// key; both are PEM.
    pub fn files(cert: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self {
            cert: cert.into(),
            key: key.into(),
            client_ca: None,
            client_is_optional: false,
            reload: Duration::from_secs(10),
            config: None,
        }
    }

    /// Uses a configuration of rustls as it is, for what there is no word here; it decides on ALPN,
    /// too.
    pub fn rustls(config: Arc<ServerConfig>) -> Self {
        Self {
            config: Some(config),
            ..Self::files("", "")
        }
    }

    /// Wants a certificate of every client that leads to one in this file (mutual TLS); a client
    /// without is refused in the handshake.
    ///
    /// Handlers read it by [`Context::client_certificate`](crate::Context::client_certificate).
    pub fn client_ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_ca = Some(path.into());
        self
    }

    /// Lets in clients without a certificate as well; one that is shown must be good.
    pub fn client_optional(mut self) -> Self {
        self.client_is_optional = true;
        self
    }

    /// Sets how often the files are looked at; 10 seconds unless set.
    pub fn reload_every(mut self, time: Duration) -> Self {
        self.reload = time;
        self
    }

    /// Makes what the settings say, if they say anything.
    pub(crate) fn configured(config: &Config) -> Result<Option<Self>> {
        let tls = match (&config.tls_cert, &config.tls_key) {
            (None, None) if config.tls_client_ca.is_none() => return Ok(None),
            (Some(cert), Some(key)) => Self::files(cert, key),
            _ => return Err(Error::new("TLS needs both `tls_cert` and `tls_key`")),
        };
        Ok(Some(match &config.tls_client_ca {
            Some(path) => tls.client_ca(path),
            None => tls,
        }))
    }

    /// Makes what accepts; from now on the files are looked at.
    pub(crate) fn acceptor(self) -> Result<Acceptor> {
        if let Some(config) = self.config {
            return Ok(Acceptor::new(config, None));
        }
        // Named, not the process's default: which one that is depends on other crates.
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certificates = Arc::new(Certificates::load(self.cert, self.key, provider.clone())?);
        let verifier = match &self.client_ca {
            Some(path) => Some(verifier(path, self.client_is_optional, provider.clone())?),
            None => None,
        };
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::because("rustls has no versions of TLS".to_owned(), error))?;
        let builder = match verifier {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(certificates.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if cfg!(feature = "http2") {
            config.alpn_protocols.insert(0, b"h2".to_vec());
        }
        // The configuration has the certificates, too.
        let reloading = Owned::spawn(certificates.follow(self.reload));
        Ok(Acceptor::new(Arc::new(config), Some(reloading)))
    }
}

fn verifier(
    path: &PathBuf,
    is_optional: bool,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>> {
    let shown = path.display();
    let unusable =
        || format!("cannot use {shown} to check clients' certificates: it must hold some, as PEM");
    let mut roots = RootCertStore::empty();
    let certs =
        CertificateDer::pem_file_iter(path).map_err(|error| Error::because(unusable(), error))?;
    for cert in certs {
        let cert = cert.map_err(|error| Error::because(unusable(), error))?;
        roots
            .add(cert)
            .map_err(|error| Error::because(unusable(), error))?;
    }
    let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    let builder = match is_optional {
        true => builder.allow_unauthenticated(),
        false => builder,
    };
    builder
        .build()
        .map_err(|error| Error::because(unusable(), error))
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("cert", &self.cert)
            .field("key", &self.key)
            .field("client_ca", &self.client_ca)
            .finish_non_exhaustive()
    }
}

/// How many bytes of an answer wait, encrypted, for the socket; rustls would have 64 KiB.
const MOST_WAITING: usize = 16 * 1024;

/// What does the handshakes of one listener.
pub(crate) struct Acceptor {
    tls: TlsAcceptor,
    /// Held for its drop.
    _reloading: Option<Owned<()>>,
}

impl Acceptor {
    fn new(config: Arc<ServerConfig>, reloading: Option<Owned<()>>) -> Self {
        Self {
            tls: TlsAcceptor::from(config),
            _reloading: reloading,
        }
    }

    /// Returns the configuration, for a protocol of its own.
    #[cfg(feature = "http3")]
    pub(crate) fn config(&self) -> ServerConfig {
        ServerConfig::clone(self.tls.config())
    }

    /// Does the handshake with a client, who is checked by it.
    pub(crate) async fn accept(
        &self,
        socket: Socket,
        mut origin: Transport,
    ) -> io::Result<(Socket, Transport)> {
        // What waits here is no progress of the client's before all of it is gone.
        let bounded = |session: &mut ServerConnection| session.set_buffer_limit(Some(MOST_WAITING));
        let stream = self.tls.accept_with(socket, bounded).await?;
        let (_, session) = stream.get_ref();
        let is_http2 = session.alpn_protocol() == Some(b"h2");
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        origin.secure(is_http2, certificate.map(AsRef::as_ref));
        Ok((Socket::Boxed(Box::new(stream)), origin))
    }
}
