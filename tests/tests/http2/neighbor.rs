//! A flood, and a client of another connection who must not feel it.

use std::time::{Duration, Instant};

use highball::tokio::{
    self,
    sync::oneshot,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio::io::AsyncWriteExt;

use crate::{
    Server,
    client::{Client, Outcome, PATIENCE},
    frame::get,
};

/// How long a neighbor waits at most; it takes a millisecond on a machine that does nothing else.
const BOUND: Duration = Duration::from_secs(1);
/// How long a flood lasts at most.
const FLOOD: Duration = Duration::from_secs(10);

/// Asks again and again, on a connection of its own.
pub(crate) struct Neighbor {
    leave: oneshot::Sender<()>,
    task: JoinHandle<(u32, Duration)>,
}

impl Neighbor {
    pub(crate) async fn beside(server: &Server) -> Self {
        let client = Client::connect(server.addr).await;
        let (leave, left) = oneshot::channel();
        let task = tokio::spawn(ask(client, left));
        Self { leave, task }
    }

    /// Fails unless the neighbor was answered in time, each time.
    pub(crate) async fn was_served(self) {
        self.leave.send(()).expect("it asks");
        let asked = timeout(PATIENCE, self.task).await.expect("it leaves");
        let (answers, slowest) = asked.expect("it is answered");
        assert!(answers > 0, "nobody was there");
        assert!(slowest < BOUND, "{slowest:?} for one of {answers} answers");
    }
}

async fn ask(mut client: Client, mut left: oneshot::Receiver<()>) -> (u32, Duration) {
    let (mut answers, mut slowest) = (0, Duration::ZERO);
    let mut pause = interval(Duration::from_millis(4));
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The last question is asked when the flood is over.
    let mut last = false;
    while !last {
        pause.tick().await;
        last = left.try_recv().is_ok();
        let asked = Instant::now();
        client.send(&get(answers * 2 + 1, "/ping")).await;
        assert_eq!(client.answer().await, (200, "pong".to_owned()));
        answers += 1;
        slowest = slowest.max(asked.elapsed());
    }
    (answers, slowest)
}

/// Sends all of it while reading what comes, and returns what ends the connection, or the answer to
/// the request after it.
///
/// The number of that request's stream must be the highest.
pub(crate) async fn flood(client: Client, frames: impl Iterator<Item = Vec<u8>>) -> Outcome {
    const LAST: u32 = 999_999;
    let Client {
        mut input,
        mut output,
    } = client;
    let sending = async {
        for frame in batches(frames).chain([get(LAST, "/ping")]) {
            if output.write_all(&frame).await.is_err() {
                return;
            }
        }
    };
    let both = async { tokio::join!(sending, input.end_or_answer(LAST)).1 };
    timeout(FLOOD, both).await.expect("it ends")
}

/// Joins frames, so that it is not the client who is slow.
fn batches(mut frames: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    std::iter::from_fn(move || {
        let batch: Vec<_> = frames.by_ref().take(64).flatten().collect();
        (!batch.is_empty()).then_some(batch)
    })
}
