//! The numbers of the pool after every step of random sequences, compared with a simple model.

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use common::{Call, call, check, poll};
use highball_object_pool::{ObjectPool, Pooled, TakeError};
use proptest::prelude::*;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Calls `take`, polls it, and keeps what it returns.
    Take,
    TryTake,
    Return(usize),
    Discard(usize),
    Detach(usize),
    /// Makes an object one that `reset` rejects, and returns it.
    Spoil(usize),
    /// Makes an object one that `check` rejects, and returns it.
    Age(usize),
    Cancel(usize),
    PollAll,
    Resize(usize),
    /// Changes whether objects can be made.
    Break(bool),
}

fn step() -> impl Strategy<Value = Step> {
    let idx = 0..8_usize;
    prop_oneof![
        4 => Just(Step::Take),
        2 => Just(Step::TryTake),
        3 => idx.clone().prop_map(Step::Return),
        1 => idx.clone().prop_map(Step::Discard),
        1 => idx.clone().prop_map(Step::Detach),
        1 => idx.clone().prop_map(Step::Spoil),
        1 => idx.clone().prop_map(Step::Age),
        2 => idx.prop_map(Step::Cancel),
        2 => Just(Step::PollAll),
        1 => (1..6_usize).prop_map(Step::Resize),
        1 => any::<bool>().prop_map(Step::Break),
    ]
}

#[derive(Default)]
struct Object {
    is_spoiled: bool,
    is_old: bool,
}

struct World {
    pool: ObjectPool<Object>,
    is_broken: Arc<AtomicBool>,
    used: Vec<Pooled<Object>>,
    /// Calls that waited at their last poll, in their order.
    calls: Vec<Call<Object>>,
    max: usize,
}

impl World {
    fn new() -> Self {
        let is_broken = Arc::new(AtomicBool::new(false));
        let make = {
            let is_broken = Arc::clone(&is_broken);
            move || match is_broken.load(Ordering::Relaxed) {
                true => Err("no disk"),
                false => Ok(Object::default()),
            }
        };
        let pool = ObjectPool::try_builder(3, make)
            .reset(|object| !object.is_spoiled)
            .check(|object| !object.is_old)
            .build();
        Self {
            pool,
            is_broken,
            used: Vec::new(),
            calls: Vec::new(),
            max: 3,
        }
    }

    fn remove(&mut self, idx: usize) -> Option<Pooled<Object>> {
        (!self.used.is_empty()).then(|| self.used.swap_remove(idx % self.used.len()))
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Take => {
                let call = call(&self.pool);
                self.poll(call);
            }
            Step::TryTake => self.used.extend(self.pool.try_take().ok()),
            Step::Return(idx) => drop(self.remove(idx)),
            Step::Discard(idx) => self.remove(idx).into_iter().for_each(Pooled::discard),
            Step::Detach(idx) => drop(self.remove(idx).map(Pooled::detach)),
            Step::Spoil(idx) => {
                if let Some(mut object) = self.remove(idx) {
                    object.is_spoiled = true;
                }
            }
            Step::Age(idx) => {
                if let Some(mut object) = self.remove(idx) {
                    object.is_old = true;
                }
            }
            Step::Cancel(idx) => {
                if !self.calls.is_empty() {
                    drop(self.calls.remove(idx % self.calls.len()));
                }
            }
            Step::PollAll => {
                for call in std::mem::take(&mut self.calls) {
                    self.poll(call);
                }
            }
            Step::Resize(max) => {
                self.max = max;
                self.pool.resize(max);
            }
            Step::Break(is_broken) => self.is_broken.store(is_broken, Ordering::Relaxed),
        }
    }

    fn poll(&mut self, mut call: Call<Object>) {
        match poll(&mut call) {
            Poll::Ready(Ok(object)) => self.used.push(object),
            Poll::Ready(Err(error)) => assert!(matches!(error, TakeError::Make(_))),
            Poll::Pending => self.calls.push(call),
        }
    }

    /// Fails unless the numbers are those of the model.
    fn check(&self) {
        let stats = self.pool.stats();
        assert_eq!(stats.size, stats.idle + stats.in_use + stats.making);
        assert_eq!(
            stats.made,
            (stats.idle + stats.in_use) as u64 + stats.discarded
        );
        // A call that has received a place, and was not polled since, is neither waiting nor does it use an object.
        let granted = self.calls.len() - stats.waiting;
        assert_eq!(stats.in_use + stats.making, self.used.len() + granted);
        // Only a smaller maximum can leave more objects than the maximum, and then none is idle.
        assert!(stats.size <= self.max || stats.idle == 0);
        // Nothing waits while something is free.
        assert!(stats.waiting == 0 || (stats.idle == 0 && stats.size >= self.max));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn numbers_are_right_after_every_step(steps in prop::collection::vec(step(), 1..60)) {
        let mut world = World::new();
        for step in steps {
            world.run(step);
            world.check();
        }
        world.is_broken.store(false, Ordering::Relaxed);
        world.used.clear();
        world.calls.clear();
        let idle = world.pool.stats().idle;
        check(&world.pool, idle, 0, 0);
        for _ in 0..world.max {
            world.used.push(world.pool.try_take().unwrap());
        }
        prop_assert!(matches!(world.pool.try_take(), Err(TakeError::Busy)));
    }
}
