//! A certificate authority for tests.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
};

use highball::serve::Tls;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate authority, and a directory with the files of its certificates.
pub(crate) struct Authority {
    pub(crate) issuer: CertifiedIssuer<'static, KeyPair>,
    dir: PathBuf,
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

impl Authority {
    pub(crate) fn new() -> Self {
        let number = COUNT.fetch_add(1, SeqCst);
        let dir =
            std::env::temp_dir().join(format!("highball-tls-{}-{number}", std::process::id()));
        fs::create_dir_all(&dir).expect("a folder can be made");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("it signs itself");
        fs::write(dir.join("ca.pem"), issuer.pem()).expect("it is written");
        Self { issuer, dir }
    }

    /// Signs a certificate for localhost, and writes the certificate and its key to files.
    pub(crate) fn sign(&self, name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        self.sign_until(name, (4096, 1, 1))
    }

    /// Signs a certificate that ends at the beginning of a day, in UTC.
    pub(crate) fn sign_until(
        &self,
        name: &str,
        (year, month, day): (i32, u8, u8),
    ) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        params.not_after = rcgen::date_time_ymd(year, month, day);
        let key = KeyPair::generate().expect("a key");
        let cert = params.signed_by(&key, &self.issuer).expect("it is signed");
        fs::write(self.path(&format!("{name}.pem")), cert.pem()).expect("it is written");
        fs::write(self.path(&format!("{name}.key")), key.serialize_pem()).expect("it is written");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
        (cert.der().clone(), key)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    pub(crate) fn tls(&self) -> Tls {
        self.sign("server");
        Tls::files(self.path("server.pem"), self.path("server.key"))
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}
