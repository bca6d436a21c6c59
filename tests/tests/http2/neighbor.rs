//! A flood, and a client on another connection, which must not be affected.

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

/// The maximum latency of a neighbor. On an idle machine it is about a millisecond.
const BOUND: Duration = Duration::from_secs(1);
/// The maximum duration of a flood.
const FLOOD: Duration = Duration::from_secs(10);

/// A client that sends requests repeatedly, on a separate connection.
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

    /// Fails unless every request of the neighbor got a response in time.
    pub(crate) async fn was_served(self) {
        self.leave.send(()).expect("the neighbor is running");
        let asked = timeout(PATIENCE, self.task).await.expect("it leaves");
        let (answers, slowest) = asked.expect("it is answered");
        assert!(answers > 0, "the neighbor got no response");
        assert!(slowest < BOUND, "{slowest:?} for one of {answers} answers");
    }
}

async fn ask(mut client: Client, mut left: oneshot::Receiver<()>) -> (u32, Duration) {
    let (mut answers, mut slowest) = (0, Duration::ZERO);
    let mut pause = interval(Duration::from_millis(4));
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The last request is sent after the flood.
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

/// Sends the flood while reading, and returns how the connection ends, or the response to the request after the flood.
///
/// The stream of this request must have the highest number.
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

/// Joins frames into large writes, so that the client is fast.
fn batches(mut frames: impl Iterator<Item = Vec<u8>>) -> impl Iterator<Item = Vec<u8>> {
    std::iter::from_fn(move || {
        let batch: Vec<_> = frames.by_ref().take(64).flatten().collect();
        (!batch.is_empty()).then_some(batch)
    })
}
