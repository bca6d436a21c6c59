use std::{
    future::{pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Mutex, Weak,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use tokio::task::{JoinSet, yield_now};

use super::*;
use crate::testing;

const SECOND: Duration = Duration::from_secs(1);
const MILLI: Duration = Duration::from_millis(1);

/// Polls once, and returns whether the future has ended.
fn poll_once<F: Future>(future: Pin<&mut F>) -> bool {
    future
        .poll(&mut Context::from_waker(Waker::noop()))
        .is_ready()
}

#[tokio::test]
async fn a_wait_ends_at_its_time_and_not_before() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let task = tokio::spawn(clock.sleep(5 * SECOND));
    test.advance(5 * SECOND - MILLI).await;
    assert!(!task.is_finished());
    test.advance(MILLI).await;
    assert!(task.is_finished());
    assert!(poll_once(pin!(clock.sleep(Duration::ZERO))));
    assert!(poll_once(pin!(clock.sleep_until(clock.now() - SECOND))));
}

#[tokio::test]
async fn both_times_move_together_and_only_by_advance() {
    let test = testing::Clock::new();
    let (now, system) = (test.now(), test.system_time());
    std::thread::sleep(MILLI);
    assert_eq!((test.now(), test.system_time()), (now, system));
    test.advance(3 * SECOND).await;
    let clock = test.clone().handle();
    assert_eq!(clock.now() - now, 3 * SECOND);
    assert_eq!(clock.system_time(), system + 3 * SECOND);
}

/// `clockwork` of Go and `FakeTimeProvider` of .NET move the time before a task that was just spawned waits.
#[tokio::test]
async fn a_task_that_has_not_run_yet_waits_from_the_old_time() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            let clock = clock.clone();
            tokio::spawn(async move { clock.sleep(SECOND).await })
        })
        .collect();
    test.advance(SECOND).await;
    assert!(tasks.iter().all(|task| task.is_finished()));
}

/// With the jump of tokio's `advance`, each wait would begin at the end, and the second would last for ever.
#[tokio::test]
async fn waits_that_follow_each_other_end_within_one_call_at_their_own_times() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let begun = clock.now();
    let task = tokio::spawn(async move {
        let mut seen = Vec::new();
        for _ in 0..5 {
            clock.sleep(SECOND).await;
            seen.push((clock.now() - begun).as_millis());
        }
        seen
    });
    test.advance(5 * SECOND).await;
    assert!(task.is_finished());
    assert_eq!(task.await.unwrap(), [1000, 2000, 3000, 4000, 5000]);
}

#[tokio::test]
async fn waiters_are_woken_by_time_then_by_arrival() {
    let test = testing::Clock::new();
    let order = Arc::new(Mutex::new(Vec::new()));
    for (name, seconds) in [("c", 3), ("a", 1), ("d", 3), ("b", 2)] {
        let (clock, order) = (test.handle(), Arc::clone(&order));
        tokio::spawn(async move {
            clock.sleep(seconds * SECOND).await;
            order.lock().unwrap().push(name);
        });
    }
    test.advance(10 * SECOND).await;
    assert_eq!(*order.lock().unwrap(), ["a", "b", "c", "d"]);
}

/// tokio runs 61 tasks between two polls of a task that yields.
#[tokio::test]
async fn each_of_many_woken_tasks_runs_and_so_do_those_that_they_wake() {
    let test = testing::Clock::new();
    let ended = Arc::new(AtomicUsize::new(0));
    for _ in 0..5000 {
        let (clock, ended) = (test.handle(), Arc::clone(&ended));
        let (tx, rx) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            clock.sleep(SECOND).await;
            tx.send(()).unwrap();
        });
        tokio::spawn(async move {
            rx.await.unwrap();
            ended.fetch_add(1, SeqCst);
        });
    }
    test.advance(SECOND).await;
    assert_eq!(ended.load(SeqCst), 5000);
}

/// Tasks on four threads register while the clock moves. If one was forgotten, the test would not end.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_wake_up_is_lost_between_threads() {
    let test = testing::Clock::new();
    let mut tasks = JoinSet::new();
    for task in 0..400_u32 {
        let clock = test.handle();
        tasks.spawn(async move {
            for round in 0..50 {
                let until = clock.now() + MILLI * (1 + (task + round) % 7);
                clock.sleep_until(until).await;
                assert!(clock.now() >= until);
            }
        });
    }
    let all = async { while tasks.join_next().await.is_some() {} };
    let moving = async {
        loop {
            test.advance(MILLI).await;
        }
    };
    let done = async {
        tokio::select! {
            () = all => {}
            () = moving => {}
        }
    };
    tokio::time::timeout(60 * SECOND, done)
        .await
        .expect("no task was forgotten");
}

#[tokio::test]
async fn calls_at_once_add_up() {
    let test = testing::Clock::new();
    let begun = test.now();
    let task = tokio::spawn(test.handle().sleep(3 * SECOND));
    tokio::join!(
        test.advance(SECOND),
        test.advance(SECOND),
        test.advance(SECOND)
    );
    assert_eq!(test.now() - begun, 3 * SECOND);
    assert!(task.is_finished());
}

#[tokio::test]
async fn a_reset_wait_keeps_its_task_registered() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let mut sleep = pin!(clock.sleep(SECOND));
    assert!(!poll_once(sleep.as_mut()));
    sleep.as_mut().reset(clock.now() + 2 * SECOND);
    test.advance(SECOND).await;
    assert!(!sleep.is_elapsed());
    // A wait that has ended can begin again.
    test.advance(SECOND).await;
    assert!(sleep.is_elapsed() && poll_once(sleep.as_mut()));
    sleep.as_mut().reset(clock.now() + SECOND);
    assert!(!poll_once(sleep.as_mut()));

    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let mut task = Context::from_waker(&waker);
    assert!(sleep.as_mut().poll(&mut task).is_pending());
    sleep.as_mut().reset(clock.now());
    assert_eq!(woken.0.load(SeqCst), 1, "its time has come");
    sleep.as_mut().reset(clock.now() + 2 * SECOND);
    assert!(sleep.as_mut().poll(&mut task).is_pending());
    sleep.as_mut().reset(clock.now() + SECOND);
    test.advance(SECOND).await;
    assert_eq!(woken.0.load(SeqCst), 2);
}

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

#[tokio::test]
async fn a_dropped_wait_leaves_nothing_behind() {
    let test = testing::Clock::new();
    let clock = test.handle();
    for _ in 0..100 {
        let waiting = clock.timeout(SECOND, pending::<()>());
        assert!(!poll_once(pin!(waiting)));
    }
    let text = format!("{test:?}");
    assert!(text.contains("waiting: 0"), "{text}");
}

/// A waker that owns a wait: dropping or waking it takes the lock of the clock.
struct Owner(#[expect(dead_code, reason = "held for its drop")] Mutex<Pin<Box<Sleep>>>);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {}
}

/// Fake timers that call back under their lock deadlock here.
#[tokio::test]
async fn wakers_are_woken_and_dropped_outside_of_the_lock() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let owner = |sleep| Waker::from(Arc::new(Owner(Mutex::new(sleep))));
    let registered = || {
        let mut inner = Box::pin(clock.sleep(3 * SECOND));
        assert!(!poll_once(inner.as_mut()));
        inner
    };
    let mut sleep = Box::pin(clock.sleep(SECOND));
    for _ in 0..3 {
        // Each poll replaces the last waker of its owner.
        let waker = owner(registered());
        assert!(
            sleep
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    test.advance(SECOND).await;
    let waker = owner(registered());
    let mut other = Box::pin(clock.sleep(SECOND));
    assert!(
        other
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
    drop(waker);
    drop(other);
    assert!(poll_once(sleep.as_mut()));
}

/// A task that waits for itself: the clock contains its waker, and the waker must not keep the clock.
#[tokio::test]
async fn a_clock_is_dropped_with_its_tasks() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let time: Weak<MovedTime> = Arc::downgrade(clock.0.as_ref().unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let task = runtime.spawn(async move { clock.sleep(SECOND).await });
    std::thread::spawn(move || {
        runtime.block_on(yield_now());
        drop(runtime);
    })
    .join()
    .unwrap();
    drop((test, task));
    assert!(time.upgrade().is_none());
}

/// Without tokio's budget this would never return.
#[tokio::test]
async fn a_loop_of_empty_waits_yields_to_other_tasks() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let task = tokio::spawn(async move {
        loop {
            clock.sleep(Duration::ZERO).await;
        }
    });
    test.advance(SECOND).await;
    task.abort();
}

#[tokio::test]
async fn timeouts_end_at_their_time_and_the_future_has_precedence() {
    let test = testing::Clock::new();
    let clock = test.handle();
    let mut late = pin!(clock.timeout(SECOND, pending::<()>()));
    assert!(!poll_once(late.as_mut()));
    test.advance(SECOND).await;
    assert_eq!(late.await, Err(Elapsed));
    assert_eq!(clock.timeout(Duration::ZERO, async { 7 }).await, Ok(7));
    let endless = clock.timeout(Duration::MAX, async { 7 });
    assert_eq!(endless.await, Ok(7));
}

/// A future that uses up tokio's budget must not keep its timeout from ending.
#[tokio::test(start_paused = true)]
async fn a_busy_future_is_ended() {
    for (clock, test) in [(Clock::default(), None), {
        let test = testing::Clock::new();
        (test.handle(), Some(test))
    }] {
        let busy = async {
            loop {
                tokio::task::consume_budget().await;
            }
        };
        let moving = async {
            match &test {
                Some(test) => test.advance(SECOND).await,
                None => tokio::time::advance(SECOND).await,
            }
        };
        let (ended, ()) = tokio::join!(clock.timeout(SECOND, busy), moving);
        assert_eq!(ended, Err(Elapsed));
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_of_the_system_follows_the_paused_time_of_tokio() {
    let clock = Clock::default();
    let begun = clock.now();
    clock.sleep(3600 * SECOND).await;
    assert_eq!(clock.now() - begun, 3600 * SECOND);
    // The other way round, tokio's time does not move a clock of a test, and a test's clock does not move tokio's.
    let test = testing::Clock::new();
    let (moved, tokio) = (test.now(), Instant::now());
    test.advance(SECOND).await;
    assert_eq!(Instant::now(), tokio);
    tokio::time::advance(SECOND).await;
    assert_eq!(test.now(), moved + SECOND);
}

#[tokio::test]
async fn advance_can_be_dropped() {
    let test = testing::Clock::new();
    let begun = test.now();
    let task = tokio::spawn(test.handle().sleep(SECOND));
    {
        let mut advance = pin!(test.advance(3 * SECOND));
        poll_fn(|cx| {
            let _ = advance.as_mut().poll(cx);
            match test.now() == begun {
                true => Poll::Pending,
                false => Poll::Ready(()),
            }
        })
        .await;
    }
    assert_eq!(test.now() - begun, SECOND);
    task.await.unwrap();
}

#[tokio::test]
#[should_panic(expected = "a clock cannot be moved by")]
async fn too_far_is_refused() {
    testing::Clock::new().advance(Duration::MAX).await;
}

#[test]
fn a_clock_moves_outside_of_a_runtime() {
    let test = testing::Clock::new();
    let mut advance = pin!(test.advance(SECOND));
    while !poll_once(advance.as_mut()) {}
    assert!(poll_once(pin!(test.handle().sleep(Duration::ZERO))));
}
