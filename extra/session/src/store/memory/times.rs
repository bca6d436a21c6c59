//! The times of a session, which change without its other data.

use super::sync::{AtomicU64, Ordering, fence, spin};
use crate::store::Millis;

/// No touch succeeds any more: the session has ended or has expired.
const SEALED: u64 = 1;
/// A touch writes the pair that is not current.
const BUSY: u64 = 2;
/// The number of touches, in `turn`, is above the flags.
const STEP: u64 = 4;

/// When a session was last used, and when it expires.
///
/// All versions of a session share it until it gets another key, so a touch writes no data, and a `put` at the same
/// time does not lose it.
///
/// The two times are one value. Touches write two pairs in turn, so a reader never waits. A lock would make it wait for
/// a touch whose thread has lost its processor.
pub(super) struct Times {
    turn: AtomicU64,
    pairs: [Pair; 2],
    /// The time at which a sweep looks at the session. Only the owner of the index changes it.
    scheduled: AtomicU64,
    /// `seen` as the order of the sessions without a user has it. Only the owner of the index uses it.
    rank: AtomicU64,
}

struct Pair {
    seen: AtomicU64,
    expires: AtomicU64,
}

impl Pair {
    fn new(seen: Millis, expires: Millis) -> Self {
        Self {
            seen: AtomicU64::new(seen),
            expires: AtomicU64::new(expires),
        }
    }
}

impl Times {
    pub(super) fn new(seen: Millis, expires: Millis) -> Self {
        Self {
            turn: AtomicU64::new(0),
            pairs: [Pair::new(seen, expires), Pair::new(0, 0)],
            scheduled: AtomicU64::new(expires),
            rank: AtomicU64::new(seen),
        }
    }

    /// Returns both times, or `None` if the session has ended.
    pub(super) fn read(&self) -> Option<(Millis, Millis)> {
        loop {
            let turn = self.turn.load(Ordering::Acquire);
            if turn & SEALED != 0 {
                return None;
            }
            let pair = self.pair(turn);
            let times = (
                pair.seen.load(Ordering::Acquire),
                pair.expires.load(Ordering::Acquire),
            );
            // This pair is written again two touches later. A number from then brings the later turn with it.
            if self.turn.load(Ordering::Relaxed) / STEP == turn / STEP {
                return Some(times);
            }
        }
    }

    /// Stores both times, unless the session has been used later or has ended.
    ///
    /// Returns whether it expires before the next sweep looks at it.
    pub(super) fn touch(&self, seen: Millis, expires: Millis) -> bool {
        let Some(turn) = self.claim(seen) else {
            return false;
        };
        let next = turn + STEP;
        let pair = self.pair(next);
        pair.seen.store(seen, Ordering::Release);
        pair.expires.store(expires, Ordering::Release);
        self.turn.store(next, Ordering::Release);
        // Either this sees the time that `schedule` has stored, or the owner of the index sees the new times.
        fence(Ordering::SeqCst);
        expires < self.scheduled.load(Ordering::Relaxed)
    }

    /// Takes the right to write the other pair, and returns the turn. Returns `None` if there is nothing to write.
    fn claim(&self, seen: Millis) -> Option<u64> {
        let mut tries = 0;
        loop {
            let turn = self.idle_turn(&mut tries)?;
            let current = self.pair(turn).seen.load(Ordering::Acquire);
            if self.turn.load(Ordering::Relaxed) != turn {
                continue;
            }
            if current > seen {
                return None;
            }
            if self.advance(turn, turn | BUSY) {
                return Some(turn);
            }
        }
    }

    /// Ends the session if it expires at `now` or before. Otherwise, returns when it expires.
    ///
    /// It compares the turn that it has read, so a touch before this decision prevents it.
    pub(super) fn expire(&self, now: Millis) -> Result<(), Millis> {
        let mut tries = 0;
        loop {
            let Some(turn) = self.idle_turn(&mut tries) else {
                return Ok(());
            };
            let expires = self.pair(turn).expires.load(Ordering::Acquire);
            if self.turn.load(Ordering::Relaxed) != turn {
                continue;
            }
            if expires > now {
                return Err(expires);
            }
            if self.advance(turn, turn | SEALED) {
                return Ok(());
            }
        }
    }

    /// Ends the session.
    pub(super) fn seal(&self) {
        let sealed = self.expire(Millis::MAX);
        debug_assert!(sealed.is_ok(), "no time is later");
    }

    /// Returns the turn when no touch is busy, or `None` if the session has ended.
    fn idle_turn(&self, tries: &mut u32) -> Option<u64> {
        loop {
            let turn = self.turn.load(Ordering::Acquire);
            if turn & SEALED != 0 {
                return None;
            }
            if turn & BUSY == 0 {
                return Some(turn);
            }
            spin(tries);
        }
    }

    fn advance(&self, from: u64, to: u64) -> bool {
        self.turn
            .compare_exchange(from, to, Ordering::AcqRel, Ordering::Relaxed)
            .is_ok()
    }

    fn pair(&self, turn: u64) -> &Pair {
        &self.pairs[usize::from((turn / STEP) % 2 == 1)]
    }

    pub(super) fn scheduled(&self) -> Millis {
        self.scheduled.load(Ordering::Relaxed)
    }

    /// Stores when a sweep looks at the session. The caller then reads the times again: see [`touch`](Self::touch).
    pub(super) fn schedule(&self, at: Millis) {
        self.scheduled.store(at, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    pub(super) fn rank(&self) -> Millis {
        self.rank.load(Ordering::Relaxed)
    }

    pub(super) fn set_rank(&self, seen: Millis) {
        self.rank.store(seen, Ordering::Relaxed);
    }
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_touch_stores_both_times() {
        let times = Times::new(10, 20);
        assert!(!times.touch(11, 30));
        assert_eq!(times.read(), Some((11, 30)));
        assert!(!times.touch(11, 31));
        assert_eq!(times.read(), Some((11, 31)));
    }

    #[test]
    fn an_earlier_touch_changes_nothing() {
        let times = Times::new(10, 20);
        times.touch(9, 90);
        assert_eq!(times.read(), Some((10, 20)));
    }

    #[test]
    fn a_touch_reports_an_earlier_end() {
        let times = Times::new(10, 20);
        assert!(times.touch(11, 19));
        times.schedule(19);
        assert!(!times.touch(12, 19));
    }

    #[test]
    fn a_session_expires_at_its_time() {
        let times = Times::new(10, 20);
        assert_eq!(times.expire(19), Err(20));
        times.touch(11, 30);
        assert_eq!(times.expire(29), Err(30));
        assert_eq!(times.expire(30), Ok(()));
        assert_eq!(times.read(), None);
        times.touch(40, 50);
        assert_eq!(times.read(), None);
    }

    #[test]
    fn the_latest_times_can_be_sealed() {
        let times = Times::new(Millis::MAX, Millis::MAX);
        times.touch(Millis::MAX, Millis::MAX);
        assert_eq!(times.read(), Some((Millis::MAX, Millis::MAX)));
        times.seal();
        assert_eq!(times.read(), None);
    }
}
