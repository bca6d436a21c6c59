//! Where a server listens: addresses, unix sockets, and listeners of one's own.

use std::{fmt, future::Future, io, net::SocketAddr, path::PathBuf, str::FromStr};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
};

#[cfg(feature = "tls")]
use crate::server::tls::Tls;
use crate::{
    config::Config,
    error::Error,
    request::{Proxies, Transport},
    server::{
        listener::{Accepted, OwnListener},
        socket::Socket,
    },
};

mod bind;
#[cfg(unix)]
mod unix;

pub(crate) use bind::bind_tcp;

/// One place where a server listens; [`Serve::listen`](crate::Serve::listen) takes several.
///
/// It is made from an address, from a listener of tokio's that is bound already, from text
/// (`0.0.0.0:8080`, `unix:/run/app.sock`), or by its own functions.
///
/// # Examples
/// ```no_run
/// use std::net::SocketAddr;
/// use highball::{Listener, prelude::*};
/// # #[get("/")] async fn hello() {}
/// # #[routes(app)] struct Api(hello);
///
/// # async fn run() -> highball::Result {
/// let everywhere: SocketAddr = "[::]:8080".parse()?;
/// highball::serve(Api)
///     .listen(everywhere)
///     .listen(Listener::unix("/run/app.sock").mode(0o660))
///     .await
/// # }
/// ```
#[must_use]
pub struct Listener {
    place: Address,
    #[cfg_attr(not(unix), allow(dead_code))]
    mode: u32,
    reuse_port: bool,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    #[cfg(feature = "http3")]
    http3: bool,
    proxied: Option<Proxies>,
}

enum Address {
    Addr(SocketAddr),
    Tcp(TcpListener),
    #[cfg_attr(not(unix), allow(dead_code))]
    Unix(PathBuf),
    #[cfg(all(unix, feature = "systemd"))]
    BoundUnix(std::os::unix::net::UnixListener),
    OwnListener(OwnListener),
}

/// A listener of one's own: a tunnel, a virtual network, a socket with options of its own.
///
/// # Examples
/// ```
/// use std::{io, net::SocketAddr};
/// use highball::{Incoming, tokio::net::{TcpListener, TcpStream}};
///
/// struct Logged(TcpListener);
///
/// impl Incoming for Logged {
///     type Stream = TcpStream;
///
///     async fn accept(&mut self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
///         let (stream, peer) = self.0.accept().await?;
///         println!("{peer} is here");
///         Ok((stream, Some(peer)))
///     }
/// }
/// ```
pub trait Incoming: Send + 'static {
    /// What is accepted.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Waits for the next connection; the address is the other side's, if there is one.
    ///
    /// # Errors
    /// An error is taken as a lack of room: this listener rests for 50 ms, and is asked again. One whose
    /// kind says that a client is gone (aborted, refused, reset) or that a signal came is not, so that no
    /// client makes others wait: it is asked again at once.
    ///
    /// # Cancel safety
    /// A stop drops the future while it waits: it must not hold a connection then.
    fn accept(
        &mut self,
    ) -> impl Future<Output = io::Result<(Self::Stream, Option<SocketAddr>)>> + Send;
}

impl Listener {
    fn new(place: Address) -> Self {
        Self {
            place,
            mode: 0o660,
            reuse_port: false,
            #[cfg(feature = "tls")]
            tls: None,
            #[cfg(feature = "http3")]
            http3: false,
            proxied: None,
        }
    }

    /// Listens on a unix socket at this path, which the stop removes.
    ///
    /// A file that a program before has left there is replaced; a socket on which another program
    /// still listens is an error. The user and the group of the process may connect, unless
    /// [`mode`](Self::mode) says otherwise.
    #[cfg(unix)]
    pub fn unix(path: impl Into<PathBuf>) -> Self {
        Self::new(Address::Unix(path.into()))
    }

    /// Takes a unix socket that another process has opened.
    #[cfg(all(unix, feature = "systemd"))]
    pub(crate) fn inherited(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self::new(Address::BoundUnix(listener)))
    }

    /// Adds what the settings say of every place that code does not name.
    pub(crate) fn configured(mut self, config: &Config) -> Result<Self, Error> {
        #[cfg(feature = "tls")]
        if let Some(tls) = Tls::configured(config)? {
            self.tls = Some(tls);
        }
        #[cfg(not(feature = "tls"))]
        if config.tls_cert.is_some() {
            return Err(lacks("tls_cert", "tls"));
        }
        if !config.proxy_protocol.is_empty() {
            if !cfg!(feature = "proxy-protocol") {
                return Err(lacks("proxy_protocol", "proxy-protocol"));
            }
            self.proxied = Some(Proxies::trust(&config.proxy_protocol)?);
        }
        Ok(self)
    }

    /// Listens by a listener of one's own.
    pub fn own(mut listener: impl Incoming) -> Self {
        Self::new(Address::OwnListener(Box::new(move |accepted| {
            Box::pin(async move {
                // The place comes first: a stop takes what is in the channel, and nowhere else.
                while let Ok(place) = accepted.reserve().await {
                    let next = listener.accept().await.map(|(stream, peer)| {
                        Accepted::Stream(Socket::Boxed(Box::new(stream)), Transport::of(peer))
                    });
                    place.send(next);
                }
            })
        })))
    }

    /// Sets the permissions of a unix socket, as `chmod` writes them; `0o660` unless set.
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Lets other processes listen on the same address (`SO_REUSEPORT`); the system shares the
    /// connections out among them.
    pub fn reuse_port(mut self) -> Self {
        self.reuse_port = true;
        self
    }

    /// Speaks TLS on what is accepted here.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Speaks HTTP/3 as well, on the same port of UDP, and says so to those who come by TLS (`Alt-Svc`,
    /// RFC 7838). It is experimental, and for an address that [`tls`](Self::tls) is spoken on.
    #[cfg(feature = "http3")]
    pub fn http3(mut self) -> Self {
        self.http3 = true;
        self
    }

    /// Wants the header of the PROXY protocol, version 1 or 2, at the beginning of a connection from
    /// these peers; the address in it is then the connection's.
    ///
    /// A connection from them without it is closed, and one from others is served as it is, with the
    /// address that it has. On a unix socket every connection must begin with it.
    #[cfg(feature = "proxy-protocol")]
    pub fn proxy_protocol(mut self, from: Proxies) -> Self {
        self.proxied = Some(from);
        self
    }
}

fn lacks(setting: &str, feature: &str) -> Error {
    Error::new(format!(
        "`{setting}` is set, and this program cannot do that: build it with `highball`'s feature `{feature}`"
    ))
}

impl From<SocketAddr> for Listener {
    fn from(addr: SocketAddr) -> Self {
        Self::new(Address::Addr(addr))
    }
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self::new(Address::Tcp(listener))
    }
}

impl FromStr for Listener {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        #[cfg(unix)]
        if let Some(path) = text.strip_prefix("unix:") {
            return Ok(Self::unix(path));
        }
        let addr: SocketAddr = text.parse().map_err(|error| {
            let message = format!(
                "`{text}` is no place to listen: write `127.0.0.1:8080`, `[::]:8080` or `unix:/run/app.sock`"
            );
            Error::because(message, error)
        })?;
        Ok(addr.into())
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}
