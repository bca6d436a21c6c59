//! One direction of a connection.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time;

use super::connection::{Entry, Reset, until_passing};
use super::rules::{CutAfter, Direction, Rules};

const BUFFER: usize = 16 * 1024;
/// A limited connection passes its bytes in this number of pieces per second.
const PIECES: u64 = 20;

/// Passes the bytes of one direction until its sender ends.
pub(super) async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    direction: Direction,
    entry: &Entry,
) -> Result<(), Reset> {
    let mut rules = entry.rules();
    let mut quota = Quota::default();
    let mut buffer = vec![0; BUFFER];
    loop {
        until_passing(client(&from, &to, direction), &mut rules).await?;
        let room = room(&rules.borrow_and_update());
        let read = tokio::select! {
            biased;
            // A change may stall this direction.
            _ = rules.changed() => continue,
            read = from.read(&mut buffer[..room]) => read.map_err(|_| Reset)?,
        };
        if read == 0 {
            return to.shutdown().await.map_err(|_| Reset);
        }
        let delay = delay(&rules.borrow(), read);
        time::sleep(delay).await;
        until_passing(client(&from, &to, direction), &mut rules).await?;
        let current = rules.borrow().clone();
        if current.blackhole == Some(direction) {
            entry.discard(read);
            continue;
        }
        let allowed = quota.allow(current.cut_after, direction, read);
        // Counted first, so that bytes that a test has received are in the counts.
        entry.pass(direction, allowed);
        to.write_all(&buffer[..allowed]).await.map_err(|_| Reset)?;
        if quota.is_used_up() {
            return Err(Reset);
        }
    }
}

fn client<'a>(
    from: &'a ReadHalf<'_>,
    to: &'a WriteHalf<'_>,
    direction: Direction,
) -> &'a TcpStream {
    match direction {
        Direction::ToServer => from.as_ref(),
        Direction::ToClient => to.as_ref(),
    }
}

/// Returns how many bytes may be read at once.
fn room(rules: &Rules) -> usize {
    let room = rules.rate.map_or(BUFFER as u64, |rate| rate / PIECES);
    room.clamp(1, BUFFER as u64) as usize
}

/// Returns how long a piece of data waits.
fn delay(rules: &Rules, bytes: usize) -> Duration {
    let rate = rules.rate.map(|rate| bytes as f64 / rate as f64);
    rules.read_delay + Duration::from_secs_f64(rate.unwrap_or(0.0))
}

/// The bytes that a direction may still pass.
#[derive(Debug, Default)]
struct Quota {
    /// The number of the rule, and what is left of it.
    left: Option<(u64, u64)>,
}

impl Quota {
    /// Returns how many of these bytes may pass.
    fn allow(&mut self, rule: Option<CutAfter>, direction: Direction, bytes: usize) -> usize {
        let Some(rule) = rule.filter(|rule| rule.direction == direction) else {
            self.left = None;
            return bytes;
        };
        let left = match self.left {
            Some((number, left)) if number == rule.number => left,
            _ => rule.bytes,
        };
        let allowed = left.min(bytes as u64);
        self.left = Some((rule.number, left - allowed));
        allowed as usize
    }

    fn is_used_up(&self) -> bool {
        matches!(self.left, Some((_, 0)))
    }
}
