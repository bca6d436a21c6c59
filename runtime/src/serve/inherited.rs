//! Sockets that the parent process has opened: systemd, systemfd, or a supervisor.

use crate::{error::Result, server::Listener};

/// The name of sockets for the app for operators, in `LISTEN_FDNAMES`. All others are for the served app.
pub(super) const ADMIN: &str = "admin";
/// The name that a supervisor gives to the sockets of the served app.
pub(super) const APP: &str = "app";

/// The inherited listeners.
#[derive(Default)]
pub(super) struct Inherited {
    pub(super) app: Vec<Listener>,
    pub(super) admin: Vec<Listener>,
}

impl Inherited {
    /// Takes the sockets. A second call finds none.
    #[cfg(all(unix, feature = "systemd"))]
    pub(super) fn take() -> Result<Self> {
        // Without the number of sockets, which `listenfd` removes, the names have no meaning for a child process.
        let names = std::env::var("LISTEN_FDNAMES").unwrap_or_default();
        let mut names = names.split(':');
        let mut sockets = listenfd::ListenFd::from_env();
        let mut inherited = Self::default();
        for idx in 0..sockets.len() {
            let listener = take_one(&mut sockets, idx)?;
            match names.next() {
                Some(ADMIN) => inherited.admin.push(listener),
                _ => inherited.app.push(listener),
            }
        }
        Ok(inherited)
    }

    #[cfg(not(all(unix, feature = "systemd")))]
    pub(super) fn take() -> Result<Self> {
        Ok(Self::default())
    }
}

#[cfg(all(unix, feature = "systemd"))]
fn take_one(sockets: &mut listenfd::ListenFd, idx: usize) -> Result<Listener> {
    if let Ok(Some(listener)) = sockets.take_tcp_listener(idx) {
        listener.set_nonblocking(true)?;
        return Ok(tokio::net::TcpListener::from_std(listener)?.into());
    }
    match sockets.take_unix_listener(idx) {
        Ok(Some(listener)) => Ok(Listener::inherited(listener)?),
        _ => Err(crate::error::Error::new(format!(
            "the inherited socket {idx} is neither a TCP listener nor a unix listener"
        ))),
    }
}
