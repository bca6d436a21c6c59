//! TLS: the server's certificate and the check of client certificates.

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
mod expiry;

use self::certificates::Certificates;
pub(crate) use self::expiry::Expiry;

/// The TLS configuration of a listener: rustls with TLS 1.2 and 1.3, and HTTP/2 by ALPN.
///
/// The server checks every 10 seconds whether the files have changed; [`reload_every`] sets another
/// interval. New connections get the new certificate, and existing connections stay open. If the
/// new files cannot be used, an error is logged and the server keeps the previous certificate.
///
/// [`reload_every`]: Self::reload_every
///
/// # Examples
/// ```no_run
/// use highball::{prelude::*, serve::{Listener, Tls}};
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
    /// The certificate authorities that client certificates are checked against.
    client_ca: Option<PathBuf>,
    /// Whether a client without a certificate is accepted.
    client_is_optional: bool,
    /// The interval between two checks of the files.
    reload: Duration,
    /// A caller's rustls configuration, in place of everything above.
    config: Option<Arc<ServerConfig>>,
}

impl Tls {
    /// Uses a certificate chain and a private key from PEM files.
    ///
    /// The first certificate is the server's. The intermediate certificates follow it.
    ///
    /// # Examples
    /// ```
    /// let tls = highball::serve::Tls::files("cert.pem", "key.pem");
    /// # let _ = tls;
    /// ```
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

    /// Uses a complete rustls configuration, for options that `Tls` does not have.
    ///
    /// The server does not change the configuration: it must set its ALPN protocols, and its
    /// certificates are not reloaded.
    ///
    /// # Examples
    /// ```no_run
    /// use std::sync::Arc;
    /// use highball::serve::Tls;
    /// use tokio_rustls::rustls::{
    ///     ServerConfig,
    ///     pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    /// };
    ///
    /// # fn main() -> highball::Result {
    /// let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter("cert.pem")?.collect();
    /// let key = PrivateKeyDer::from_pem_file("key.pem")?;
    /// let mut config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain?, key)?;
    /// config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    /// let tls = Tls::rustls(Arc::new(config));
    /// # let _ = tls;
    /// # Ok(())
    /// # }
    /// ```
    pub fn rustls(config: Arc<ServerConfig>) -> Self {
        Self {
            config: Some(config),
            ..Self::files("", "")
        }
    }

    /// Requires a client certificate that is signed by an authority in this PEM file (mutual TLS).
    ///
    /// The handshake with a client that has no such certificate fails. Handlers read the
    /// certificate with [`Context::client_certificate`](crate::Context::client_certificate).
    ///
    /// # Examples
    /// ```
    /// let tls = highball::serve::Tls::files("cert.pem", "key.pem").client_ca("clients.pem");
    /// # let _ = tls;
    /// ```
    pub fn client_ca(mut self, path: impl Into<PathBuf>) -> Self {
        self.client_ca = Some(path.into());
        self
    }

    /// Accepts clients without a certificate as well. A certificate that is sent must be valid.
    ///
    /// # Examples
    /// ```
    /// let tls = highball::serve::Tls::files("cert.pem", "key.pem").client_ca("clients.pem").client_optional();
    /// # let _ = tls;
    /// ```
    pub fn client_optional(mut self) -> Self {
        self.client_is_optional = true;
        self
    }

    /// Returns whether each client has to have a certificate.
    pub(crate) fn requires_certificate(&self) -> bool {
        self.client_ca.is_some() && !self.client_is_optional
    }

    /// Sets how often the files are checked for changes. The default is 10 seconds.
    ///
    /// # Examples
    /// ```
    /// use highball::{prelude::*, serve::Tls};
    ///
    /// let tls = Tls::files("cert.pem", "key.pem").reload_every(secs(60));
    /// # let _ = tls;
    /// ```
    pub fn reload_every(mut self, time: Duration) -> Self {
        self.reload = time;
        self
    }

    /// Creates the TLS configuration from the settings. Returns `None` if they set none.
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

    /// Loads the files, starts the task that reloads them, and returns the acceptor.
    pub(crate) fn acceptor(self) -> Result<Acceptor> {
        if let Some(config) = self.config {
            return Ok(Acceptor {
                tls: TlsAcceptor::from(config),
                expiry: None,
                _reloading: None,
            });
        }
        // The provider is explicit because the process's default depends on which other crates
        // are linked.
        let provider = Arc::new(aws_lc_rs::default_provider());
        let certificates = Arc::new(Certificates::load(self.cert, self.key, provider.clone())?);
        let verifier = match &self.client_ca {
            Some(path) => Some(verifier(path, self.client_is_optional, provider.clone())?),
            None => None,
        };
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| {
                Error::because("rustls supports no version of TLS".to_owned(), error)
            })?;
        let builder = match verifier {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(certificates.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        if cfg!(feature = "http2") {
            config.alpn_protocols.insert(0, b"h2".to_vec());
        }
        // The configuration holds another reference to the certificates.
        let expiry = Some(certificates.expiry());
        let reloading = Owned::spawn(certificates.reload_on_change(self.reload));
        Ok(Acceptor {
            tls: TlsAcceptor::from(Arc::new(config)),
            expiry,
            _reloading: Some(reloading),
        })
    }
}

fn verifier(
    path: &PathBuf,
    is_optional: bool,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>> {
    let shown = path.display();
    let unusable = || {
        format!(
            "cannot use {shown} to check client certificates: it must contain certificates in PEM format"
        )
    };
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

/// How many encrypted bytes wait for the socket. rustls's default is 64 KiB.
const MOST_WAITING: usize = 16 * 1024;

/// Performs the TLS handshakes of one listener.
pub(crate) struct Acceptor {
    tls: TlsAcceptor,
    /// The file of the certificate and when it ends, unless the configuration is the caller's.
    expiry: Option<(PathBuf, Expiry)>,
    /// The task that reloads the certificates, ended on drop.
    _reloading: Option<Owned<()>>,
}

impl Acceptor {
    /// Returns the file of the certificate and when it ends.
    pub(crate) fn expiry(&self) -> Option<&(PathBuf, Expiry)> {
        self.expiry.as_ref()
    }

    /// Returns a copy of the rustls configuration, for HTTP/3, which sets another ALPN protocol.
    #[cfg(feature = "http3")]
    pub(crate) fn config(&self) -> ServerConfig {
        ServerConfig::clone(self.tls.config())
    }

    /// Performs the handshake and adds the client's certificate and protocol to `origin`.
    pub(crate) async fn accept(
        &self,
        socket: Socket,
        mut origin: Transport,
    ) -> io::Result<(Socket, Transport)> {
        // The write timeout sees progress only when this buffer drains, so a large buffer would
        // hide a slow client that does make progress.
        let bounded = |session: &mut ServerConnection| session.set_buffer_limit(Some(MOST_WAITING));
        let stream = self.tls.accept_with(socket, bounded).await?;
        let (_, session) = stream.get_ref();
        let is_http2 = session.alpn_protocol() == Some(b"h2");
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        origin.secure(is_http2, certificate.map(AsRef::as_ref));
        Ok((Socket::Boxed(Box::new(stream)), origin))
    }
}
