//! Which places an app listens on: code says it, or the environment, or a parent process.

use std::{env, net::SocketAddr};

use crate::{
    config::Config,
    error::{Error, Result},
    server::{Bound, Listener},
};

/// The places where an app listens.
pub(super) struct Listening {
    pub(super) bound: Vec<Bound>,
    /// As one would write them.
    pub(super) shown: Vec<String>,
}

/// Binds what code names, or else what was inherited, or else what the settings say.
pub(super) fn bind(mut listeners: Vec<Listener>, config: &Config) -> Result<Listening> {
    if listeners.is_empty() {
        listeners = inherited()?;
        if listeners.is_empty() {
            listeners = named(config)?;
        }
        let configured = listeners
            .into_iter()
            .map(|listener| listener.configured(config));
        listeners = configured.collect::<Result<_>>()?;
    }
    let alone: Vec<bool> = listeners
        .iter()
        .map(|one| !listeners.iter().any(|other| one.shares_port_with(other)))
        .collect();
    let mut bound = Vec::new();
    for (listener, alone) in listeners.into_iter().zip(alone) {
        bound.extend(listener.bind(alone, config)?);
    }
    let mut shown: Vec<_> = bound.iter().map(Bound::shown).collect();
    // All addresses of IPv4 and of IPv6 are one place to who reads it.
    shown.dedup();
    Ok(Listening { bound, shown })
}

/// Takes the sockets that systemd, or systemfd, has opened for this process.
#[cfg(all(unix, feature = "systemd"))]
fn inherited() -> Result<Vec<Listener>> {
    let mut sockets = listenfd::ListenFd::from_env();
    let listeners = (0..sockets.len()).map(|idx| {
        if let Ok(Some(listener)) = sockets.take_tcp_listener(idx) {
            listener.set_nonblocking(true)?;
            return Ok(tokio::net::TcpListener::from_std(listener)?.into());
        }
        match sockets.take_unix_listener(idx) {
            Ok(Some(listener)) => Ok(Listener::inherited(listener)?),
            _ => Err(Error::new(format!(
                "the socket {idx} that was handed over is neither of TCP nor a unix socket that listens"
            ))),
        }
    });
    listeners.collect()
}

#[cfg(not(all(unix, feature = "systemd")))]
fn inherited() -> Result<Vec<Listener>> {
    Ok(Vec::new())
}

/// Makes the listeners that the settings name; `HOST` and `PORT` are the weakest of them.
fn named(config: &Config) -> Result<Vec<Listener>> {
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
