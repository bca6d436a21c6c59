//! What a server accepts from: sockets of the system, and listeners of one's own.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;
use tokio::sync::mpsc;

use super::before::Before;
use super::origin::Origin;
use super::socket::Socket;
use crate::tasks::Owned;

/// A connection as it is accepted.
pub(crate) enum Accepted {
    Stream(Socket, Origin),
    #[cfg(feature = "http3")]
    Quic(Box<quinn::Incoming>),
}

/// Where connections come from, before a runtime has it.
pub(crate) enum Source {
    Tcp(std::net::TcpListener),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener, Option<SocketFile>),
    /// It is told to start, and what it accepts goes into the channel.
    Own(Own, &'static str),
}

pub(crate) type Own = Box<dyn FnOnce(mpsc::Sender<io::Result<Accepted>>) -> Accepting + Send>;
type Accepting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The file of a unix socket; it is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct SocketFile(pub(crate) PathBuf);

impl Drop for SocketFile {
    fn drop(&mut self) {
        let _gone_already = std::fs::remove_file(&self.0);
    }
}

/// A place where the server listens, bound.
pub(crate) struct Bound {
    source: Source,
    before: Arc<Before>,
    /// Each thread that accepts binds it anew, and has a queue of its own.
    own_queues: bool,
}

impl Bound {
    pub(crate) fn new(source: Source, before: Before, own_queues: bool) -> crate::Result<Self> {
        if let Source::Tcp(listener) = &source {
            listener.set_nonblocking(true)?;
        }
        Ok(Self {
            source,
            before: Arc::new(before),
            own_queues,
        })
    }

    /// Returns whether it is a caller's own, of which there can be one only.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.source, Source::Own(..))
    }

    /// Returns where it listens, as one would write it.
    pub(crate) fn shown(&self) -> String {
        match &self.source {
            Source::Tcp(listener) => {
                let scheme = self.before.scheme();
                listener.local_addr().map_or_else(
                    |_| "a TCP listener".to_owned(),
                    |addr| format!("{scheme}://{}", reachable(addr)),
                )
            }
            #[cfg(unix)]
            Source::Unix(_, Some(file)) => format!("unix:{}", file.0.display()),
            #[cfg(unix)]
            Source::Unix(_, None) => "an inherited unix socket".to_owned(),
            Source::Own(_, name) => (*name).to_owned(),
        }
    }

    /// Makes another one for another thread: with a queue of its own where that can be, else with
    /// the same queue.
    pub(crate) fn another(&self) -> crate::Result<Self> {
        let source = match &self.source {
            Source::Tcp(listener) if self.own_queues => {
                let addr = listener.local_addr()?;
                let only_v6 = addr.is_ipv6() && socket2::SockRef::from(listener).only_v6()?;
                Source::Tcp(crate::listen::bind_tcp(addr, true, only_v6)?)
            }
            Source::Tcp(listener) => Source::Tcp(listener.try_clone()?),
            #[cfg(unix)]
            Source::Unix(listener, _) => Source::Unix(listener.try_clone()?, None),
            Source::Own(..) => {
                return Err(crate::Error::new(
                    "a listener of one's own is not shared out",
                ));
            }
        };
        Ok(Self {
            source,
            before: Arc::clone(&self.before),
            own_queues: self.own_queues,
        })
    }

    /// Puts it on the runtime that this runs on.
    pub(super) fn open(self) -> io::Result<Open> {
        let source = match self.source {
            Source::Tcp(listener) => OpenSource::Tcp(TcpListener::from_std(listener)?),
            #[cfg(unix)]
            Source::Unix(listener, file) => {
                OpenSource::Unix(file, UnixListener::from_std(listener)?)
            }
            Source::Own(start, _) => {
                let (tx, rx) = mpsc::channel(1);
                OpenSource::Own(rx, Owned::spawn(start(tx)))
            }
        };
        Ok(Open {
            source,
            before: self.before,
        })
    }
}

/// Every address of the machine is reached as localhost from the machine itself.
fn reachable(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() {
        return format!("localhost:{}", addr.port());
    }
    addr.to_string()
}

/// A place where a running server listens.
pub(super) struct Open {
    source: OpenSource,
    pub(super) before: Arc<Before>,
}

enum OpenSource {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(
        // It is dropped first: behind the listener it could be another program's file.
        #[expect(dead_code, reason = "held for its drop")] Option<SocketFile>,
        UnixListener,
    ),
    Own(
        mpsc::Receiver<io::Result<Accepted>>,
        #[expect(dead_code, reason = "held for its drop")] Owned<()>,
    ),
}

impl Open {
    pub(super) fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        match &mut self.source {
            OpenSource::Tcp(listener) => {
                let (stream, peer) = ready!(listener.poll_accept(cx))?;
                Poll::Ready(Ok(Accepted::Stream(
                    Socket::Tcp(stream),
                    Origin::of(Some(peer)),
                )))
            }
            #[cfg(unix)]
            OpenSource::Unix(_, listener) => {
                let (stream, _) = ready!(listener.poll_accept(cx))?;
                Poll::Ready(Ok(Accepted::Stream(
                    Socket::Unix(stream),
                    Origin::default(),
                )))
            }
            OpenSource::Own(accepted, _) => match ready!(accepted.poll_recv(cx)) {
                Some(accepted) => Poll::Ready(accepted),
                // Its task has panicked, which has been reported: there is nothing to accept.
                None => Poll::Pending,
            },
        }
    }
}
