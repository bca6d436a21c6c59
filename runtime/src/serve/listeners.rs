//! Chooses the listeners of an app: from code, from the parent process or from the settings.

use std::{env, net::SocketAddr};

use super::registry::Registry;
use crate::{
    config::Config,
    error::{Error, Result},
    server::{Bound, Listener},
};

/// The bound listeners of an app.
pub(super) struct Listening {
    pub(super) bound: Vec<Bound>,
    /// The addresses, as the banner prints them.
    pub(super) addresses: Vec<String>,
}

impl Listening {
    /// Adds a gauge for each certificate.
    #[cfg(feature = "tls")]
    pub(super) fn add_gauges(&self, registry: &Registry) {
        let mut files = std::collections::HashSet::new();
        for (file, expiry) in self.bound.iter().filter_map(Bound::certificate_expiry) {
            if files.insert(file) {
                let (name, expiry) = ("highball_tls_certificate_ends_seconds", expiry.clone());
                let help = "When the certificate ends, in seconds since 1970.";
                let gauge =
                    super::registry::Gauge::new(name, "seconds", help, move || expiry.seconds());
                registry.add_gauge("tls", gauge.label("file", &file.display().to_string()));
            }
        }
    }

    #[cfg(not(feature = "tls"))]
    pub(super) fn add_gauges(&self, _: &Registry) {}
}

/// Binds the listeners from code. If there are none, uses inherited sockets, and without those the
/// settings.
pub(super) fn bind(
    mut listeners: Vec<Listener>,
    inherited: Vec<Listener>,
    config: &Config,
) -> Result<Listening> {
    if listeners.is_empty() {
        let configured = or_settings(inherited, config)?
            .into_iter()
            .map(|listener| listener.configured(config));
        listeners = configured.collect::<Result<_>>()?;
    }
    let bound = bind_all(listeners, config)?;
    let mut addresses: Vec<_> = bound.iter().map(Bound::display_address).collect();
    // `0.0.0.0` and `[::]` are both printed as `localhost`, which the banner should list once.
    addresses.dedup();
    Ok(Listening { bound, addresses })
}

pub(super) fn bind_all(listeners: Vec<Listener>, config: &Config) -> Result<Vec<Bound>> {
    let alone: Vec<bool> = listeners
        .iter()
        .map(|one| !listeners.iter().any(|other| one.shares_port_with(other)))
        .collect();
    let mut bound = Vec::new();
    for (listener, alone) in listeners.into_iter().zip(alone) {
        bound.extend(listener.bind(alone, config)?);
    }
    Ok(bound)
}

/// Returns the inherited sockets, or the listeners of the settings if there are none.
pub(super) fn or_settings(inherited: Vec<Listener>, config: &Config) -> Result<Vec<Listener>> {
    match inherited.is_empty() {
        true => from_settings(config),
        false => Ok(inherited),
    }
}

/// Returns the listeners from the settings, or from `HOST` and `PORT` if the settings name none.
fn from_settings(config: &Config) -> Result<Vec<Listener>> {
    if !config.listen.is_empty() {
        return config.listen.iter().map(|place| place.parse()).collect();
    }
    let addr = addr_from(env::var("HOST").ok(), env::var("PORT").ok())?;
    Ok(vec![addr.into()])
}

fn addr_from(host: Option<String>, port: Option<String>) -> Result<SocketAddr> {
    let host = host.unwrap_or_else(|| "0.0.0.0".to_owned());
    let port = port.unwrap_or_else(|| "8080".to_owned());
    let host = host.parse().map_err(|error| {
        Error::because(
            format!("HOST must be an IP address like 127.0.0.1 or ::1, not `{host}`"),
            error,
        )
    })?;
    let port = port.parse().map_err(|error| {
        Error::because(
            format!("PORT must be a number from 0 to 65535, not `{port}`"),
            error,
        )
    })?;
    Ok(SocketAddr::new(host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: Option<&str>, port: Option<&str>, expected: &str) {
        let got = addr_from(host.map(str::to_owned), port.map(str::to_owned));
        let got = got.map_or_else(|error| error.to_string(), |addr| addr.to_string());
        assert_eq!(got, expected);
    }

    #[test]
    fn address_comes_from_the_environment() {
        check(None, None, "0.0.0.0:8080");
        check(Some("::1"), Some("3000"), "[::1]:3000");
        check(
            None,
            Some("http"),
            "PORT must be a number from 0 to 65535, not `http`",
        );
        check(
            Some("all"),
            None,
            "HOST must be an IP address like 127.0.0.1 or ::1, not `all`",
        );
    }
}
