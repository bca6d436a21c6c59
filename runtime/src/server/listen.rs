//! Where a server listens: IP addresses, unix sockets and custom listeners.

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
        listener::{Accepted, CustomListener},
        socket::Socket,
    },
};

mod bind;
#[cfg(unix)]
mod unix;

/// An address or socket on which a server accepts connections.
///
/// Create it from a [`SocketAddr`], from a bound [`tokio::net::TcpListener`], by parsing text
/// (`0.0.0.0:8080`, `unix:/run/app.sock`), or with [`unix`](Self::unix) and [`own`](Self::own).
/// Pass it to [`Serve::listen`](crate::serve::Serve::listen), which can be called several times.
///
/// # Examples
/// ```no_run
/// use std::net::SocketAddr;
/// use highball::{prelude::*, serve::Listener};
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
    /// The permissions of a unix socket's file.
    #[cfg_attr(not(unix), allow(dead_code))]
    mode: u32,
    /// Whether other processes may bind the same address.
    reuse_port: bool,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    /// Whether the same port number is also served over QUIC.
    #[cfg(feature = "http3")]
    http3: bool,
    /// The peers whose connections begin with a PROXY protocol header.
    proxied: Option<Proxies>,
}

enum Address {
    Addr(SocketAddr),
    Tcp(TcpListener),
    #[cfg_attr(not(unix), allow(dead_code))]
    Unix(PathBuf),
    #[cfg(all(unix, feature = "systemd"))]
    BoundUnix(std::os::unix::net::UnixListener),
    CustomListener(CustomListener),
}

/// A source of connections: implement it for a tunnel, a virtual network or a socket with special
/// options.
///
/// [`Listener::own`] turns an implementation into a [`Listener`].
///
/// # Examples
/// ```
/// use std::{io, net::SocketAddr};
/// use highball::{serve::Incoming, tokio::net::{TcpListener, TcpStream}};
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
    /// The stream of an accepted connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Waits for the next connection and returns its stream with the peer's address, if it has one.
    ///
    /// # Errors
    /// An error means that the system is out of resources, such as file descriptors: the server
    /// calls this method again after 50 ms. If the kind of the error is `ConnectionAborted`,
    /// `ConnectionRefused`, `ConnectionReset` or `Interrupted`, the server calls it again
    /// immediately, so that one client cannot make others wait.
    ///
    /// # Cancel safety
    /// A stopping server drops the future while it waits. The future must not hold an accepted
    /// connection across an `.await`, because that connection would be lost.
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

    /// Listens on a unix socket at this path. The server removes the file when it stops.
    ///
    /// A socket file that an earlier process left behind is replaced. If another process still
    /// listens on it, serving fails. The user and the group of the process may connect, unless
    /// [`mode`](Self::mode) sets other permissions.
    ///
    /// # Examples
    /// ```no_run
    /// use highball::{prelude::*, serve::Listener};
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    ///
    /// # async fn run() -> highball::Result {
    /// highball::serve(Api).listen(Listener::unix("/run/app.sock")).await
    /// # }
    /// ```
    #[cfg(unix)]
    pub fn unix(path: impl Into<PathBuf>) -> Self {
        Self::new(Address::Unix(path.into()))
    }

    /// Creates a listener from a unix socket that the parent process has opened.
    #[cfg(all(unix, feature = "systemd"))]
    pub(crate) fn inherited(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self::new(Address::BoundUnix(listener)))
    }

    /// Applies the settings for listeners that do not come from code.
    pub(crate) fn configured(self, config: &Config) -> Result<Self, Error> {
        let mut configured = self.with_tls_of(config)?;
        if !config.proxy_protocol.is_empty() {
            if !cfg!(feature = "proxy-protocol") {
                return Err(lacks("proxy_protocol", "proxy-protocol"));
            }
            configured.proxied = Some(Proxies::trust(&config.proxy_protocol)?);
        }
        Ok(configured)
    }

    /// Adds the TLS of the settings.
    #[cfg_attr(not(feature = "tls"), allow(unused_mut))]
    pub(crate) fn with_tls_of(mut self, config: &Config) -> Result<Self, Error> {
        #[cfg(feature = "tls")]
        if let Some(tls) = Tls::configured(config)? {
            self.tls = Some(tls);
        }
        #[cfg(not(feature = "tls"))]
        if config.tls_cert.is_some() {
            return Err(lacks("tls_cert", "tls"));
        }
        Ok(self)
    }

    /// Returns whether each client has to have a certificate.
    pub(crate) fn requires_certificate(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.as_ref().is_some_and(Tls::requires_certificate);
        #[cfg(not(feature = "tls"))]
        false
    }

    /// Returns whether its address is one of this machine alone.
    pub(crate) fn is_local(&self) -> bool {
        match &self.place {
            Address::Addr(addr) => addr.ip().to_canonical().is_loopback(),
            Address::Tcp(listener) => {
                let addr = listener.local_addr();
                addr.is_ok_and(|addr| addr.ip().to_canonical().is_loopback())
            }
            #[cfg(all(unix, feature = "systemd"))]
            Address::BoundUnix(_) => true,
            _ => matches!(self.place, Address::Unix(_)),
        }
    }

    /// Accepts connections from a custom [`Incoming`] source.
    ///
    /// With several workers, a custom listener is not shared out among their threads: it is served
    /// on the runtime that serves the app.
    ///
    /// # Examples
    /// ```no_run
    /// use std::{io, net::SocketAddr};
    /// use highball::{prelude::*, serve::{Incoming, Listener}, tokio::net::{TcpListener, TcpStream}};
    /// # #[get("/")] async fn hello() {}
    /// # #[routes(app)] struct Api(hello);
    ///
    /// struct Local(TcpListener);
    ///
    /// impl Incoming for Local {
    ///     type Stream = TcpStream;
    ///
    ///     async fn accept(&mut self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
    ///         let (stream, peer) = self.0.accept().await?;
    ///         Ok((stream, Some(peer)))
    ///     }
    /// }
    ///
    /// # async fn run() -> highball::Result {
    /// let listener = Local(TcpListener::bind("127.0.0.1:8080").await?);
    /// highball::serve(Api).listen(Listener::own(listener)).await
    /// # }
    /// ```
    pub fn own(mut listener: impl Incoming) -> Self {
        Self::new(Address::CustomListener(Box::new(move |accepted| {
            Box::pin(async move {
                // Reserve a slot before accepting. A stop takes over only the connections that are
                // in the channel, so one that is accepted but waits for a slot would be lost.
                while let Ok(place) = accepted.reserve().await {
                    let next = listener.accept().await.map(|(stream, peer)| {
                        Accepted::Stream(Socket::Boxed(Box::new(stream)), Transport::of(peer))
                    });
                    place.send(next);
                }
            })
        })))
    }

    /// Sets the permissions of a unix socket, as for `chmod`. The default is `0o660`.
    ///
    /// # Examples
    /// ```
    /// use highball::serve::Listener;
    ///
    /// let for_everyone = Listener::unix("/run/app.sock").mode(0o666);
    /// # let _ = for_everyone;
    /// ```
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = mode;
        self
    }

    /// Lets other processes listen on the same address (`SO_REUSEPORT`). The system distributes
    /// the connections among them.
    ///
    /// # Examples
    /// ```
    /// use highball::serve::Listener;
    ///
    /// # fn main() -> highball::Result {
    /// let listener: Listener = "0.0.0.0:8080".parse()?;
    /// let shared = listener.reuse_port();
    /// # let _ = shared;
    /// # Ok(())
    /// # }
    /// ```
    pub fn reuse_port(mut self) -> Self {
        self.reuse_port = true;
        self
    }

    /// Serves TLS on this listener.
    ///
    /// # Examples
    /// ```
    /// use highball::serve::{Listener, Tls};
    ///
    /// # fn main() -> highball::Result {
    /// let listener: Listener = "0.0.0.0:8443".parse()?;
    /// let secure = listener.tls(Tls::files("cert.pem", "key.pem"));
    /// # let _ = secure;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Serves HTTP/3 as well, on the UDP port of the same number. This is experimental.
    ///
    /// It requires an IP address and [`tls`](Self::tls). Responses over TLS advertise it in
    /// `Alt-Svc` (RFC 7838).
    ///
    /// # Examples
    /// ```
    /// use highball::serve::{Listener, Tls};
    ///
    /// # fn main() -> highball::Result {
    /// let listener: Listener = "0.0.0.0:8443".parse()?;
    /// let http3 = listener.tls(Tls::files("cert.pem", "key.pem")).http3();
    /// # let _ = http3;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "http3")]
    pub fn http3(mut self) -> Self {
        self.http3 = true;
        self
    }

    /// Requires a PROXY protocol header, version 1 or 2, on connections from these peers.
    ///
    /// The address in the header replaces the peer's address. A connection from these peers without
    /// a header is closed. A connection from any other peer is served without one and keeps its
    /// address. On a unix socket every connection must begin with a header.
    ///
    /// # Examples
    /// ```
    /// use highball::serve::{Listener, Proxies};
    ///
    /// # fn main() -> highball::Result {
    /// let listener: Listener = "0.0.0.0:8080".parse()?;
    /// let behind_proxy = listener.proxy_protocol(Proxies::trust(["10.0.0.0/8"])?);
    /// # let _ = behind_proxy;
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "proxy-protocol")]
    pub fn proxy_protocol(mut self, from: Proxies) -> Self {
        self.proxied = Some(from);
        self
    }
}

fn lacks(setting: &str, feature: &str) -> Error {
    Error::new(format!(
        "`{setting}` is set but support for it is not compiled in; enable `highball`'s feature `{feature}`"
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
                "`{text}` is not an address to listen on: write `127.0.0.1:8080`, `[::]:8080` or `unix:/run/app.sock`"
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
