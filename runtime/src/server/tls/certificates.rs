//! Loads a certificate from files and reloads it when the files change.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use tokio_rustls::rustls::{
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::{
    error::{Error, Result},
    events,
    server::tls::expiry::Expiry,
};

/// The server's certificate and key, which rustls reads at each handshake.
pub(crate) struct Certificates {
    cert: PathBuf,
    key: PathBuf,
    /// Signs with the private key.
    provider: Arc<CryptoProvider>,
    /// The certificate in use, replaced when the files change.
    current: RwLock<Arc<CertifiedKey>>,
    expiry: Expiry,
}

impl Certificates {
    pub(crate) fn load(cert: PathBuf, key: PathBuf, provider: Arc<CryptoProvider>) -> Result<Self> {
        let current = load_key(&cert, &key, &provider)?;
        let expiry = Expiry::default();
        expiry.set(&cert, current.cert.first());
        Ok(Self {
            cert,
            key,
            provider,
            current: RwLock::new(Arc::new(current)),
            expiry,
        })
    }

    /// Returns the file, and when its certificate ends.
    pub(crate) fn expiry(&self) -> (PathBuf, Expiry) {
        (self.cert.clone(), self.expiry.clone())
    }

    /// Reloads the certificate when the files have changed. Never returns.
    pub(crate) async fn reload_on_change(self: Arc<Self>, every: Duration) {
        let mut seen = self.modified_times();
        loop {
            tokio::time::sleep(every).await;
            let own = Arc::clone(&self);
            let looked = tokio::task::spawn_blocking(move || {
                let now = own.modified_times();
                if now != seen {
                    own.reload();
                }
                now
            });
            if let Ok(now) = looked.await {
                seen = now;
            }
        }
    }

    /// Returns the modification times of both files.
    fn modified_times(&self) -> [Option<SystemTime>; 2] {
        [&self.cert, &self.key].map(|path| fs::metadata(path).and_then(|file| file.modified()).ok())
    }

    /// Loads the files again. If that fails, logs the error and keeps the current certificate.
    pub(crate) fn reload(&self) {
        match load_key(&self.cert, &self.key, &self.provider) {
            Ok(new) => {
                self.expiry.set(&self.cert, new.cert.first());
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
            }
            Err(error) => {
                events::certificate_not_renewed(&error);
            }
        }
    }
}

fn load_key(cert: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey> {
    let (cert_shown, key_shown) = (cert.display(), key.display());
    let no_cert = |error| {
        let message =
            format!("cannot read {cert_shown}: it must contain a certificate in PEM format");
        Error::because(message, error)
    };
    let chain = CertificateDer::pem_file_iter(cert)
        .map_err(no_cert)?
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(no_cert)?;
    if chain.is_empty() {
        return Err(Error::new(format!("{cert_shown} contains no certificate")));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| {
        let message =
            format!("cannot read {key_shown}: it must contain a private key in PEM format");
        Error::because(message, error)
    })?;
    CertifiedKey::from_der(chain, key, provider).map_err(|error| {
        let message = format!(
            "{key_shown} is not the key of {cert_shown}, or its algorithm is not supported"
        );
        Error::because(message, error)
    })
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates")
            .field("cert", &self.cert)
            .finish_non_exhaustive()
    }
}
