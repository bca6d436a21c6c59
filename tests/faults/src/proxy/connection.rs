//! One connection through a proxy.

use std::future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time;

use super::pump::pump;
use super::rules::{Accept, Direction, Rules, Shared};

/// The end of a connection that both sides see as a reset.
#[derive(Debug)]
pub(super) struct Reset;

/// The entry of a connection in the ledger, which is closed when it is dropped.
#[derive(Debug)]
pub(super) struct Entry {
    shared: Arc<Shared>,
    number: usize,
}

pub(super) async fn serve(mut client: TcpStream, shared: Arc<Shared>) {
    let mut rules = shared.rules.subscribe();
    if rules.borrow().accept == Accept::Reset {
        shared.ledger().refuse();
        reset(&client);
        return;
    }
    let cuts = rules.borrow().cuts;
    let entry = Entry::open(shared);
    let mut server = None;
    let result = tokio::select! {
        result = forward(&mut client, &mut server, &entry) => result,
        () = cut(&mut rules, cuts) => Err(Reset),
    };
    if result.is_err() {
        reset(&client);
        server.iter().for_each(reset);
    }
}

/// Connects to the server and passes bytes until both sides have ended.
async fn forward(
    client: &mut TcpStream,
    server: &mut Option<TcpStream>,
    entry: &Entry,
) -> Result<(), Reset> {
    let mut rules = entry.shared.rules.subscribe();
    until_passing(client, &mut rules).await?;
    let delay = rules.borrow().connect_delay;
    unless_left(client, time::sleep(delay)).await?;
    until_passing(client, &mut rules).await?;
    let connected = TcpStream::connect(entry.shared.target).await;
    let server = server.insert(connected.map_err(|_| Reset)?);
    // A small message must not wait for the acknowledgement of the last one.
    for stream in [&*client, &*server] {
        stream.set_nodelay(true).map_err(|_| Reset)?;
    }
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    tokio::try_join!(
        pump(from_client, to_server, Direction::ToServer, entry),
        pump(from_server, to_client, Direction::ToClient, entry),
    )?;
    Ok(())
}

/// Waits while the proxy stalls. Fails if the client leaves.
pub(super) async fn until_passing(
    client: &TcpStream,
    rules: &mut watch::Receiver<Rules>,
) -> Result<(), Reset> {
    // The sender lives as long as the connection.
    let passing = async { drop(rules.wait_for(|rules| !rules.stall).await) };
    unless_left(client, passing).await
}

/// Waits for a future. Fails if the client leaves, which would not be noticed otherwise while nothing is read.
async fn unless_left(client: &TcpStream, future: impl Future<Output = ()>) -> Result<(), Reset> {
    tokio::select! {
        biased;
        () = future => Ok(()),
        () = left(client) => Err(Reset),
    }
}

async fn left(client: &TcpStream) {
    loop {
        match client.ready(Interest::READABLE).await {
            Ok(ready) if !ready.is_read_closed() => {}
            _ => return,
        }
        // Data that is not read would make it ready again at once.
        time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits for a cut after those that were before.
async fn cut(rules: &mut watch::Receiver<Rules>, before: u64) {
    if rules.wait_for(|rules| rules.cuts > before).await.is_err() {
        future::pending::<()>().await;
    }
}

/// Makes the end of a stream a reset, without the bytes that are not sent yet.
fn reset(stream: &TcpStream) {
    let _closed: io::Result<()> = stream.set_zero_linger();
}

impl Entry {
    fn open(shared: Arc<Shared>) -> Self {
        let number = shared.ledger().open();
        Self { shared, number }
    }

    pub(super) fn rules(&self) -> watch::Receiver<Rules> {
        self.shared.rules.subscribe()
    }

    pub(super) fn pass(&self, direction: Direction, bytes: usize) {
        self.shared.ledger().pass(self.number, direction, bytes);
    }

    pub(super) fn discard(&self, bytes: usize) {
        self.shared.ledger().counts.dropped += bytes as u64;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.shared.ledger().close(self.number);
    }
}
