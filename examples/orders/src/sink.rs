//! A mail server for the example and its tests: it accepts mails by SMTP, keeps them, and sends none.

use std::{
    collections::{HashMap, HashSet},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use highball::tokio::{
    self,
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
    time::timeout,
};

/// How long a client may be silent.
const SILENCE: Duration = Duration::from_secs(30);

/// The most bytes of a conversation.
const MAX_BYTES: u64 = 64 * 1024;

/// The most addresses whose mails are kept.
const MAX_ADDRESSES: usize = 100_000;

/// A mail that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The address.
    pub to: String,
    /// The headers and the text.
    pub data: String,
}

/// A mail server that keeps mails. It accepts each address, apart from two kinds:
///
/// - `unknown@..` is refused with 550, as an address that does not exist.
/// - `grey@..` is refused with 451 the first time, as servers do that expect another try of an unknown sender.
#[derive(Debug, Clone)]
pub struct Sink(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    address: SocketAddr,
    accepting: Mutex<Option<AbortHandle>>,
    mails: Mutex<HashMap<String, Vec<Received>>>,
    /// The addresses that were refused once.
    grey: Mutex<HashSet<String>>,
    /// How long the server takes for each mail.
    pause: Duration,
}

impl Sink {
    /// Starts a server on a free port.
    ///
    /// # Errors
    /// Returns an error if no port is free.
    pub async fn start() -> io::Result<Self> {
        Self::start_slow(Duration::ZERO).await
    }

    /// Starts a server that takes this long for each mail.
    ///
    /// # Errors
    /// Returns an error if no port is free.
    pub async fn start_slow(pause: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let sink = Self(Arc::new(Inner {
            address: listener.local_addr()?,
            accepting: Mutex::default(),
            mails: Mutex::default(),
            grey: Mutex::default(),
            pause,
        }));
        let accepting = tokio::spawn(accept(listener, sink.clone()));
        *locked(&sink.0.accepting) = Some(accepting.abort_handle());
        Ok(sink)
    }

    /// Returns the address of the server.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Returns how many mails were accepted.
    pub fn count(&self) -> usize {
        locked(&self.0.mails).values().map(Vec::len).sum()
    }

    /// Returns the mails to an address.
    pub fn mails_to(&self, address: &str) -> Vec<Received> {
        let mails = locked(&self.0.mails);
        mails.get(address).cloned().unwrap_or_default()
    }

    /// Stops the server. From then on no connection is accepted.
    pub fn stop(&self) {
        if let Some(accepting) = locked(&self.0.accepting).take() {
            accepting.abort();
        }
    }

    fn keep(&self, mail: Received) {
        let mut mails = locked(&self.0.mails);
        if mails.len() >= MAX_ADDRESSES {
            mails.clear();
        }
        mails.entry(mail.to.clone()).or_default().push(mail);
    }

    /// Returns the reply to an address.
    fn reply_to(&self, to: &str) -> &'static str {
        match to.split('@').next() {
            Some("unknown") => "550 there is no such mailbox",
            Some("grey") if locked(&self.0.grey).insert(to.to_owned()) => "451 try again later",
            _ => "250 ok",
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections until the task is aborted, which drops the conversations as well.
async fn accept(listener: TcpListener, sink: Sink) {
    let mut conversations = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            let sink = sink.clone();
            // A client that breaks the rules has an ended connection.
            conversations.spawn(async move { converse(stream, &sink).await.ok() });
        }
        while conversations.try_join_next().is_some() {}
    }
}

async fn converse(mut stream: TcpStream, sink: &Sink) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read.take(MAX_BYTES)).lines();
    let mut to = String::new();
    write.write_all(b"220 sink\r\n").await?;
    while let Some(line) = timeout(SILENCE, lines.next_line()).await?? {
        let verb = line.get(..4).unwrap_or("").to_ascii_uppercase();
        let reply = match &*verb {
            "EHLO" => "250-sink\r\n250 8BITMIME",
            "HELO" | "MAIL" | "RSET" | "NOOP" => "250 ok",
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or("");
                to = address.to_owned();
                sink.reply_to(address)
            }
            "DATA" => {
                write.write_all(b"354 end it with a dot\r\n").await?;
                let mut data = String::new();
                loop {
                    match timeout(SILENCE, lines.next_line()).await?? {
                        None => return Ok(()),
                        Some(line) if line == "." => break,
                        Some(line) => {
                            data.push_str(line.strip_prefix('.').unwrap_or(&line));
                            data.push('\n');
                        }
                    }
                }
                tokio::time::sleep(sink.0.pause).await;
                let to = to.clone();
                sink.keep(Received { to, data });
                "250 accepted"
            }
            "QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => "500 unknown command",
        };
        write.write_all(format!("{reply}\r\n").as_bytes()).await?;
    }
    Ok(())
}
