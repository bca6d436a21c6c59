//! When a certificate ends.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio_rustls::rustls::pki_types::CertificateDer;
use x509_cert::{Certificate, der::Decode as _};

use crate::events;

/// A certificate that ends sooner is reported when it is loaded. Those of Let's Encrypt are renewed 30 days before.
const SOON: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// When the certificate in use ends, in seconds since 1970; 0 if it cannot be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expiry(Arc<AtomicU64>);

impl Expiry {
    /// Reads the end of a certificate, and reports one that has ended or ends soon.
    pub(super) fn set(&self, file: &Path, certificate: Option<&CertificateDer<'_>>) {
        let end = certificate.and_then(end_of);
        self.0.store(end.map_or(0, |end| end.as_secs()), Relaxed);
        let Some(end) = end.map(|end| UNIX_EPOCH + end) else {
            return;
        };
        let left = end.duration_since(SystemTime::now());
        if left.as_ref().is_ok_and(|left| *left > SOON) {
            return;
        }
        let (word, file) = (if left.is_ok() { "ends" } else { "ended" }, file.display());
        let end = humantime::format_rfc3339_seconds(end);
        events::certificate_ends(&format!("the certificate {file} {word} at {end}: renew it"));
    }

    /// Returns the seconds since 1970, or NaN.
    #[expect(
        clippy::cast_precision_loss,
        reason = "a time of certificates is below 2^38 seconds"
    )]
    pub(crate) fn seconds(&self) -> f64 {
        match self.0.load(Relaxed) {
            0 => f64::NAN,
            seconds => seconds as f64,
        }
    }
}

/// Returns the end since 1970. A certificate that the parser does not understand may still be valid for a client.
fn end_of(certificate: &CertificateDer<'_>) -> Option<Duration> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let end = certificate.tbs_certificate().validity().not_after;
    Some(end.to_unix_duration())
}
