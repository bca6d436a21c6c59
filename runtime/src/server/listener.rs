//! Bound and open listeners: the sockets and custom listeners that a server accepts from.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};

use super::{bind_socket::bind_tcp, socket::Socket};
use crate::{request::Transport, server::preamble::Preamble, tasks::Owned};

/// How long a listener pauses when the system is out of descriptors or memory.
const PAUSE: Duration = Duration::from_millis(50);

/// An accepted connection, before any byte is read.
pub(crate) enum Accepted {
    Stream(Socket, Transport),
    #[cfg(feature = "http3")]
    Quic(Box<quinn::Incoming>, quinn::Endpoint),
}

/// A source of connections that is not yet registered with a runtime.
pub(crate) enum ConnectionSource {
    Tcp(std::net::TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener, Option<SocketFile>),
    /// A custom listener and its name. The function starts it with a channel for the connections.
    CustomListener(CustomListener, &'static str),
}

pub(crate) type CustomListener =
    Box<dyn FnOnce(mpsc::Sender<io::Result<Accepted>>) -> Accepting + Send>;
type Accepting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The file of a unix socket, removed on drop.
#[derive(Debug)]
pub(crate) struct SocketFile(pub(crate) PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.0);
    }
}

/// A listening socket for another process. The file of a unix socket is removed on drop.
#[cfg(unix)]
pub(crate) struct PassedSocket(
    std::os::fd::OwnedFd,
    #[expect(dead_code, reason = "held for its drop")] Option<SocketFile>,
);

#[cfg(unix)]
impl PassedSocket {
    /// Returns another descriptor of the socket.
    pub(crate) fn copy(&self) -> io::Result<std::os::fd::OwnedFd> {
        self.0.try_clone()
    }
}

/// A bound listener.
pub(crate) struct Bound {
    source: ConnectionSource,
    /// The steps of each connection before HTTP: PROXY header and TLS handshake.
    preamble: Arc<Preamble>,
    /// Whether each worker binds the address again, so that the system gives it a separate queue
    /// of connections.
    own_queues: bool,
}

impl Bound {
    pub(crate) fn new(
        source: ConnectionSource,
        preamble: Preamble,
        own_queues: bool,
    ) -> crate::error::Result<Self> {
        if let ConnectionSource::Tcp(listener) = &source {
            listener.set_nonblocking(true)?;
        }
        Ok(Self {
            source,
            preamble: Arc::new(preamble),
            own_queues,
        })
    }

    /// Returns whether it is a custom listener, which cannot be cloned for other threads.
    pub(crate) fn is_custom(&self) -> bool {
        matches!(self.source, ConnectionSource::CustomListener(..))
    }

    /// Returns the address as a user writes it: `http://localhost:8080`, `unix:/run/app.sock`.
    pub(crate) fn display_address(&self) -> String {
        match &self.source {
            ConnectionSource::Tcp(listener) => {
                let scheme = self.preamble.scheme();
                listener.local_addr().map_or_else(
                    |_| "a TCP listener".to_owned(),
                    |addr| format!("{scheme}://{}", reachable(addr)),
                )
            }
            #[cfg(unix)]
            ConnectionSource::Unix(_, Some(file)) => format!("unix:{}", file.0.display()),
            #[cfg(unix)]
            ConnectionSource::Unix(_, None) => "an inherited unix socket".to_owned(),
            ConnectionSource::CustomListener(_, name) => (*name).to_owned(),
        }
    }

    /// Returns the address of the socket, or the name of another listener.
    pub(crate) fn socket_address(&self) -> String {
        match &self.source {
            ConnectionSource::Tcp(listener) => listener
                .local_addr()
                .map_or_else(|_| self.display_address(), |addr| addr.to_string()),
            _ => self.display_address(),
        }
    }

    /// Returns the file of the certificate and when it ends, if the listener has TLS.
    #[cfg(feature = "tls")]
    pub(crate) fn certificate_expiry(&self) -> Option<&(PathBuf, crate::server::tls::Expiry)> {
        self.preamble.tls.as_ref()?.expiry()
    }

    /// Returns the socket, to pass it on to another process.
    #[cfg(unix)]
    pub(crate) fn into_passed(self) -> crate::error::Result<PassedSocket> {
        match self.source {
            ConnectionSource::Tcp(listener) => Ok(PassedSocket(listener.into(), None)),
            ConnectionSource::Unix(listener, file) => Ok(PassedSocket(listener.into(), file)),
            ConnectionSource::CustomListener(..) => Err(crate::error::Error::new(
                "a custom listener cannot be passed on to another process",
            )),
        }
    }

    /// Returns whether only this machine can reach it.
    pub(crate) fn is_local(&self) -> bool {
        match &self.source {
            ConnectionSource::Tcp(listener) => {
                let addr = listener.local_addr();
                addr.is_ok_and(|addr| addr.ip().to_canonical().is_loopback())
            }
            #[cfg(unix)]
            ConnectionSource::Unix(..) => true,
            ConnectionSource::CustomListener(..) => false,
        }
    }

    /// Creates a copy for another thread: with a separate queue where possible, else with the same
    /// queue.
    pub(crate) fn try_clone(&self) -> crate::error::Result<Self> {
        let source = match &self.source {
            ConnectionSource::Tcp(listener) if self.own_queues => {
                let addr = listener.local_addr()?;
                let only_v6 = addr.is_ipv6() && socket2::SockRef::from(listener).only_v6()?;
                ConnectionSource::Tcp(bind_tcp(addr, true, only_v6)?)
            }
            ConnectionSource::Tcp(listener) => ConnectionSource::Tcp(listener.try_clone()?),
            #[cfg(unix)]
            ConnectionSource::Unix(listener, _) => {
                ConnectionSource::Unix(listener.try_clone()?, None)
            }
            ConnectionSource::CustomListener(..) => {
                return Err(crate::error::Error::new(
                    "a custom listener cannot be shared among threads",
                ));
            }
        };
        Ok(Self {
            source,
            preamble: Arc::clone(&self.preamble),
            own_queues: self.own_queues,
        })
    }

    /// Registers the listener with the current runtime.
    pub(super) fn register(self) -> io::Result<OpenListener> {
        let source = match self.source {
            ConnectionSource::Tcp(listener) => OpenSource::Tcp(TcpListener::from_std(listener)?),
            #[cfg(unix)]
            ConnectionSource::Unix(listener, file) => {
                OpenSource::Unix(file, UnixListener::from_std(listener)?)
            }
            ConnectionSource::CustomListener(start, _) => {
                let (tx, rx) = mpsc::channel(1);
                OpenSource::CustomListener(rx, Owned::spawn(start(tx)))
            }
        };
        Ok(OpenListener {
            source,
            preamble: self.preamble,
            pause: None,
        })
    }
}

/// Replaces the unspecified address, which a browser cannot open, with `localhost`.
fn reachable(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        return format!("localhost:{}", addr.port());
    }
    addr.to_string()
}

/// A listener that is registered with a runtime and accepts connections.
pub(super) struct OpenListener {
    source: OpenSource,
    pub(super) preamble: Arc<Preamble>,
    /// Set while the listener pauses because the system was out of resources.
    pause: Option<Pin<Box<Sleep>>>,
}

enum OpenSource {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(
        // The file comes first because fields drop in order. If the socket closed first, another
        // process could bind the path, and this drop would remove its file.
        #[expect(dead_code, reason = "held for its drop")] Option<SocketFile>,
        UnixListener,
    ),
    CustomListener(mpsc::Receiver<io::Result<Accepted>>, Owned<()>),
}

impl OpenListener {
    /// Waits for a connection. On an error only this listener pauses, not the others.
    pub(super) fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<Accepted> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match ready!(self.source.poll_accept(cx)) {
                Ok(accepted) => return Poll::Ready(accepted),
                Err(error) if is_connection_error(&error) => {}
                // Out of descriptors or memory: an immediate retry would spin on the same error.
                Err(_) => self.pause = Some(Box::pin(sleep(PAUSE))),
            }
        }
    }

    /// Returns whether it pauses because of an error, so that connections may still be queued.
    pub(super) fn is_paused(&self) -> bool {
        self.pause.is_some()
    }

    /// Stops a custom listener. The connections that it has accepted stay in the channel.
    pub(super) async fn stop_accepting(&mut self) {
        self.pause = None;
        if let OpenSource::CustomListener(_, accepting) = &mut self.source {
            accepting.end().await;
        }
    }
}

impl OpenSource {
    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = ready!(listener.poll_accept(cx))?;
                let origin = Transport::of(Some(peer));
                Poll::Ready(Ok(Accepted::Stream(Socket::Tcp(stream), origin)))
            }
            #[cfg(unix)]
            Self::Unix(_, listener) => {
                let (stream, _) = ready!(listener.poll_accept(cx))?;
                let origin = Transport::default();
                Poll::Ready(Ok(Accepted::Stream(Socket::Unix(stream), origin)))
            }
            Self::CustomListener(accepted, _) => match ready!(accepted.poll_recv(cx)) {
                Some(accepted) => Poll::Ready(accepted),
                // Its task has ended, or has panicked, which the panic hook has reported.
                None => Poll::Pending,
            },
        }
    }
}

/// Returns whether the error concerns one connection only, not the listener.
fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_system_makes_accepting_rest() {
        for (code, rests) in [
            (libc_code::EMFILE, true),
            (libc_code::ENFILE, true),
            (libc_code::ECONNABORTED, false),
        ] {
            assert_eq!(
                !is_connection_error(&io::Error::from_raw_os_error(code)),
                rests,
                "{code}"
            );
        }
    }

    /// Linux's error numbers. The `libc` crate would be a dependency for this test alone.
    mod libc_code {
        pub(super) const ENFILE: i32 = 23;
        pub(super) const EMFILE: i32 = 24;
        pub(super) const ECONNABORTED: i32 = 103;
    }
}
