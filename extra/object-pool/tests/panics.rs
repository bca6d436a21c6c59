//! Objects that are in use during a panic.

mod common;

use std::thread;

use common::{check, numbers, panics};
use highball_object_pool::ObjectPool;

#[test]
fn object_in_use_during_a_panic_is_discarded() {
    let use_and_panic = |pool: &ObjectPool<usize>| {
        panics(|| {
            let _number = pool.try_take().unwrap();
            panic!("on purpose");
        });
    };
    let pool = ObjectPool::new(1, numbers());
    use_and_panic(&pool);
    check(&pool, 0, 0, 0);
    let pool = ObjectPool::builder(1, numbers()).keep_after_panic().build();
    use_and_panic(&pool);
    check(&pool, 1, 0, 0);
}

#[test]
fn object_that_is_used_by_a_destructor_during_a_panic_is_kept() {
    struct Uses(ObjectPool<usize>);
    impl Drop for Uses {
        fn drop(&mut self) {
            assert!(thread::panicking());
            drop(self.0.try_take());
        }
    }
    let pool = ObjectPool::new(1, numbers());
    panics(|| {
        let _uses = Uses(pool.clone());
        panic!("on purpose");
    });
    check(&pool, 1, 0, 0);
}
