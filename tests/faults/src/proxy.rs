//! A TCP proxy that disturbs connections.

mod connection;
mod counts;
mod pump;
mod rules;

use std::net::{Ipv4Addr, SocketAddr, TcpListener as StdListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::oneshot;

use self::connection::serve;
use self::counts::most_at_once;
pub use self::counts::{Connect, Counts};
pub use self::rules::Direction;
use self::rules::{Accept, Rules, Shared};

/// A TCP proxy on a free port in front of one address, controlled by a test.
///
/// It forwards everything until a method sets a fault. Faults of different methods are combined, and
/// [`pass`](Self::pass) ends all of them. They apply to open connections too, except [`refuse`](Self::refuse).
///
/// The proxy runs on a separate thread. So it also works while the code under test blocks the test's thread, and its
/// delays are in real time. When it is dropped, its connections are closed and its thread ends.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::{TcpListener, TcpStream};
///
/// use highball_faults::Proxy;
///
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let proxy = Proxy::start(server.local_addr()?);
/// let mut client = TcpStream::connect(proxy.addr())?;
/// client.write_all(b"hello")?;
/// let (mut connection, _) = server.accept()?;
/// let mut text = [0; 5];
/// connection.read_exact(&mut text)?;
///
/// proxy.cut();
/// assert!(client.read(&mut text).is_err());
/// assert_eq!(proxy.counts().to_server, 5);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Proxy {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy in front of an address. Nothing has to listen there yet.
    ///
    /// # Panics
    ///
    /// Panics if no port is free.
    pub fn start(target: SocketAddr) -> Self {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let addr = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Shared::new(target));
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("proxy".to_owned());
        let run = run(listener, Arc::clone(&shared), stopped);
        Self {
            addr,
            shared,
            stop: Some(stop),
            thread: Some(thread.spawn(run).expect("a thread can be started")),
        }
    }

    /// Returns the address on which the proxy listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Returns the port of [`addr`](Self::addr).
    pub fn port(&self) -> u16 {
        self.addr.port()
    }

    /// Ends all faults. The counts stay.
    pub fn pass(&self) {
        self.change(|rules| *rules = rules.without_faults());
    }

    /// Delays each new connection by `connect` before it reaches the server, and each piece of data by `each_read`.
    ///
    /// A piece is what one read of the proxy returns, at most 16 KiB. The delay applies in both directions.
    pub fn delay(&self, connect: Duration, each_read: Duration) {
        self.change(|rules| {
            rules.connect_delay = connect;
            rules.read_delay = each_read;
        });
    }

    /// Resets each new connection when it is accepted. Open connections continue.
    pub fn refuse(&self) {
        self.change(|rules| rules.accept = Accept::Reset);
    }

    /// Resets all open connections now. New connections pass.
    pub fn cut(&self) {
        self.change(|rules| rules.cuts += 1);
    }

    /// Resets each connection after it has passed this number of bytes in one direction.
    ///
    /// Bytes count from this call. New connections are cut, too, until the next [`pass`](Self::pass).
    pub fn cut_after(&self, direction: Direction, bytes: u64) {
        self.change(|rules| rules.cut_after(direction, bytes));
    }

    /// Accepts connections and passes nothing, in both directions, until [`pass`](Self::pass). Nothing is lost.
    pub fn stall(&self) {
        self.change(|rules| rules.stall = true);
    }

    /// Reads the bytes of one direction and drops them.
    pub fn blackhole(&self, direction: Direction) {
        self.change(|rules| rules.blackhole = Some(direction));
    }

    /// Limits each direction of each connection to this number of bytes per second.
    ///
    /// # Panics
    ///
    /// Panics if the number is 0; [`stall`](Self::stall) passes nothing.
    pub fn limit(&self, bytes_per_second: u64) {
        assert!(bytes_per_second > 0, "`stall` passes nothing");
        self.change(|rules| rules.rate = Some(bytes_per_second));
    }

    /// Returns the numbers of connections and bytes since the start.
    pub fn counts(&self) -> Counts {
        self.shared.ledger().counts
    }

    /// Returns the times of each connection that was not refused, in the order of their arrival.
    pub fn connects(&self) -> Vec<Connect> {
        self.shared.ledger().connects.clone()
    }

    /// Returns how many connections were being made at once, at most.
    ///
    /// A connection is being made from its arrival until the first byte of the server or its end. With a delay of
    /// connects, this shows whether a pool opens many connections at the same time.
    pub fn max_connecting(&self) -> usize {
        most_at_once(&self.shared.ledger().connects)
    }

    fn change(&self, change: impl FnOnce(&mut Rules)) {
        self.shared.rules.send_modify(change);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Its end is the signal.
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _panicked = thread.join();
        }
    }
}

/// Returns what the thread of a proxy runs.
fn run(
    listener: StdListener,
    shared: Arc<Shared>,
    stopped: oneshot::Receiver<()>,
) -> impl FnOnce() + Send + 'static {
    move || {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        // The runtime drops the tasks of the connections when it is dropped.
        runtime.expect("a runtime can be built").block_on(async {
            tokio::select! {
                () = accept(listener, shared) => {}
                _ = stopped => {}
            }
        });
    }
}

async fn accept(listener: StdListener, shared: Arc<Shared>) {
    listener.set_nonblocking(true).expect("it is a socket");
    let listener = TcpListener::from_std(listener).expect("a runtime runs");
    loop {
        match listener.accept().await {
            Ok((client, _)) => drop(tokio::spawn(serve(client, Arc::clone(&shared)))),
            // The client has left, or the process has too many files.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}
