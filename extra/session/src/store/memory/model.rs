//! Touches, the sweep and the ring in all orders that the memory model allows. `.ci/full` has the command.

use loom::{
    sync::{Arc, Mutex},
    thread,
};

use super::{early::Early, times::Times};
use crate::{Key, store::Millis};

const OWN: Key = Key::new([1; 32]);

/// A session and the part of the index that is about it, as `Memory` uses them.
struct Model {
    times: Times,
    early: Early,
    /// The entry in the order of the sessions, while there is a session.
    due: Mutex<Option<Millis>>,
}

impl Model {
    fn new(expires: Millis, ring: usize) -> Arc<Self> {
        Arc::new(Self {
            times: Times::new(1, expires),
            early: Early::new(ring),
            due: Mutex::new(Some(expires)),
        })
    }

    fn touch(&self, seen: Millis, expires: Millis) {
        if self.times.touch(seen, expires) {
            self.early.push(OWN);
        }
    }

    /// Returns whether it has removed the session.
    fn sweep(&self, now: Millis) -> bool {
        let mut has_early = false;
        while let Some(key) = self.early.pop() {
            has_early |= key == OWN;
        }
        has_early |= self.early.take_overflow();
        let mut due = self.due.lock().expect("no test panics");
        if has_early {
            self.reschedule(&mut due);
        }
        while due.is_some_and(|at| at <= now) {
            if self.times.expire(now).is_ok() {
                *due = None;
                return true;
            }
            self.reschedule(&mut due);
        }
        false
    }

    /// As `Index::reschedule`.
    fn reschedule(&self, due: &mut Option<Millis>) {
        while let Some((_, expires)) = self.times.read() {
            if self.times.scheduled() == expires {
                return;
            }
            *due = Some(expires);
            self.times.schedule(expires);
        }
    }
}

fn spawn(model: &Arc<Model>, run: impl FnOnce(&Model) + Send + 'static) -> thread::JoinHandle<()> {
    let model = Arc::clone(model);
    thread::spawn(move || run(&model))
}

fn check(run: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(2);
    // Threads that wait for a touch take many steps.
    builder.max_branches = 20_000;
    builder.check(run);
}

/// A touch is before the decision, which it prevents, or after it, and changes nothing.
#[test]
fn a_touched_session_is_not_removed() {
    check(|| {
        let model = Model::new(10, 1);
        let touch = spawn(&model, |model| model.touch(2, 30));
        let removed = model.sweep(20);
        let at_once = model.times.read();
        touch.join().expect("it ends");
        let after = model.times.read();
        if removed {
            assert_eq!((at_once, after), (None, None));
        } else {
            assert_eq!((at_once, after), (Some((2, 30)), Some((2, 30))));
        }
    });
}

#[test]
fn a_removed_session_is_not_touched_into_life() {
    check(|| {
        let model = Model::new(10, 1);
        let touches = [2, 3].map(|seen| spawn(&model, move |model| model.touch(seen, 30)));
        model.times.seal();
        assert_eq!(model.times.read(), None);
        for touch in touches {
            touch.join().expect("it ends");
        }
        assert_eq!(model.times.read(), None);
    });
}

/// A reader sees the two times of one touch, and never an earlier touch after a later one.
#[test]
fn times_are_those_of_one_touch() {
    check(|| {
        let model = Model::new(11, 1);
        let touches = [2, 3].map(|seen| spawn(&model, move |model| model.touch(seen, seen + 10)));
        let mut last = 1;
        for _ in 0..2 {
            let (seen, expires) = model.times.read().expect("it has not ended");
            assert!(seen >= last);
            assert_eq!(expires, seen + 10);
            last = seen;
        }
        for touch in touches {
            touch.join().expect("it ends");
        }
        assert_eq!(model.times.read(), Some((3, 13)));
    });
}

/// The pair that a slow reader has begun to read is written again by the second touch.
#[test]
fn a_slow_reader_does_not_mix_two_touches() {
    check(|| {
        let model = Model::new(11, 1);
        let touches = spawn(&model, |model| {
            for seen in [2, 3] {
                model.touch(seen, seen + 10);
            }
        });
        let (seen, expires) = model.times.read().expect("it has not ended");
        assert_eq!(expires, seen + 10);
        touches.join().expect("it ends");
    });
}

/// The session expires earlier than before, while a sweep sees that it expires later than before.
#[test]
fn an_earlier_end_is_not_lost() {
    check(|| {
        let model = Model::new(10, 1);
        let touches = spawn(&model, |model| {
            model.touch(2, 40);
            model.touch(3, 30);
        });
        let removed = model.sweep(20);
        touches.join().expect("it ends");
        assert!(removed || model.sweep(30), "it has expired");
    });
}

/// The ring is full: it contains another session.
#[test]
fn an_overflow_loses_no_end() {
    check(|| {
        let model = Model::new(50, 1);
        model.early.push(Key::new([7; 32]));
        let touch = spawn(&model, |model| model.touch(2, 30));
        let removed = model.sweep(20);
        assert!(!removed);
        touch.join().expect("it ends");
        assert!(model.sweep(30), "it has expired");
    });
}
