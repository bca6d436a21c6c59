//! The task that is connected to Redis.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, sleep};

use super::{
    connection::{Connection, Lost},
    link::{ANSWER, Link, Running},
};
use crate::tags::WeakTags;

/// The pauses between attempts to connect.
const MIN_PAUSE: Duration = Duration::from_millis(50);
const MAX_PAUSE: Duration = Duration::from_secs(1);

/// Connects to Redis, again and again, until the last cache is dropped.
pub(super) async fn run(running: Running, tags: WeakTags) {
    let link = &running.0;
    let mut pause = MIN_PAUSE;
    loop {
        let Err(Lost(reason)) = serve(&running, &tags, &mut pause).await else {
            return;
        };
        link.set_away(&reason);
        tokio::select! {
            () = sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)) => {}
            () = link.ended() => return,
        }
        pause = MAX_PAUSE.min(pause * 2);
    }
}

/// Keeps one connection. Returns an error when it is lost.
async fn serve(running: &Running, tags: &WeakTags, pause: &mut Duration) -> Result<(), Lost> {
    let link = &running.0;
    let mut connection = Connection::open(link, tags).await?;
    connection.greet().await?;
    // The invalidations of an outage are published before calls use Redis again.
    connection.publish().await?;
    link.set_up(connection.data());
    *pause = MIN_PAUSE;
    let mut beat = interval(beat_of(link));
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let is_lost = connection.lost();
    loop {
        tokio::select! {
            () = link.outbox.filled.notified() => connection.publish().await?,
            () = link.suspected.notified() => connection.probe().await?,
            () = is_lost.notified() => return Err(Lost("it has closed the connection".into())),
            _ = beat.tick() => connection.beat().await?,
            () = link.ended() => return connection.publish().await,
        }
    }
}

/// Returns the time between two checks that all invalidations have arrived.
fn beat_of(link: &Link) -> Duration {
    ANSWER.min(link.settings.max_blind / 4)
}
