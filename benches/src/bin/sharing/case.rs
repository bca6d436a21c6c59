//! A way to share data, and the runtimes on which it is measured.

use std::time::Duration;

use highball::tokio::runtime::{Builder, Runtime};

/// The tasks that use the data at the same time.
pub(crate) const TASKS: usize = 4;

/// A way to share data.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Returns the nanoseconds of one operation.
    pub(crate) run: fn() -> f64,
}

/// Returns the nanoseconds of one operation.
pub(crate) fn per_operation(time: Duration, operations: u64) -> f64 {
    time.as_secs_f64() * 1e9 / operations as f64
}

pub(crate) fn two_threads() -> Runtime {
    let runtime = Builder::new_multi_thread().worker_threads(2).build();
    runtime.expect("threads can be started")
}

pub(crate) fn one_thread() -> Runtime {
    let runtime = Builder::new_current_thread().build();
    runtime.expect("it needs nothing")
}

/// Expands to a case whose tasks run an operation on shared data, on two threads.
macro_rules! on_tasks {
    ($name:literal, $operations:expr, $shared:expr, |$data:ident, $idx:ident| $operation:expr) => {
        $crate::case::Case {
            name: $name,
            run: || {
                $crate::case::two_threads().block_on(async {
                    let shared = ::std::sync::Arc::new($shared);
                    let begin = ::std::time::Instant::now();
                    let tasks = [(); $crate::case::TASKS].map(|()| {
                        let $data = ::std::sync::Arc::clone(&shared);
                        ::highball::tokio::spawn(async move {
                            for $idx in 0..$operations {
                                $operation
                            }
                        })
                    });
                    for task in tasks {
                        task.await.expect("it does not panic");
                    }
                    $crate::case::per_operation(begin.elapsed(), $operations)
                })
            },
        }
    };
}
pub(crate) use on_tasks;
