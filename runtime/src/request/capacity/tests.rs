use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use Priority::{Background, Critical, Normal};
use proptest::prelude::*;
use tokio::time::Instant;

use super::*;

/// Polls once, and returns whether the future has ended.
async fn done<F: Future>(future: Pin<&mut F>) -> bool {
    let mut future = Some(future);
    poll_fn(|cx| Poll::Ready(future.take().is_some_and(|f| f.poll(cx).is_ready()))).await
}

async fn acquire(gate: &Gate, priority: Priority) -> Result<Permit<'_>, Rejection> {
    gate.acquire(priority, &Clock::default()).await
}

fn gate(places: usize) -> Gate {
    Gate::new(Capacity::of(places).normal(places).background(places))
}

#[tokio::test(start_paused = true)]
async fn permits_are_taken_and_returned() {
    let gate = gate(2);
    let first = acquire(&gate, Normal).await.unwrap();
    let _second = acquire(&gate, Normal).await.unwrap();
    let begun = Instant::now();
    assert!(acquire(&gate, Normal).await.is_err());
    assert_eq!(begun.elapsed(), Duration::from_millis(100));
    drop(first);
    assert!(acquire(&gate, Normal).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn requests_are_admitted_by_priority_then_by_arrival() {
    let gate = gate(1);
    let place = acquire(&gate, Normal).await.unwrap();
    let order = std::sync::Mutex::new(Vec::new());
    let visit = async |name, priority| {
        let _place = acquire(&gate, priority).await.unwrap();
        order.lock().unwrap().push(name);
        tokio::task::yield_now().await;
    };
    let leave = async { drop(place) };
    tokio::join!(
        visit("background", Background),
        visit("normal 1", Normal),
        visit("normal 2", Normal),
        visit("critical", Critical),
        leave,
    );
    assert_eq!(
        order.into_inner().unwrap(),
        ["critical", "normal 1", "normal 2", "background"]
    );
}

#[tokio::test(start_paused = true)]
async fn new_request_does_not_overtake_its_queue() {
    let gate = gate(1);
    let place = acquire(&gate, Normal).await.unwrap();
    let mut waits = pin!(acquire(&gate, Normal));
    assert!(!done(waits.as_mut()).await);
    drop(place);
    let mut newcomer = pin!(acquire(&gate, Normal));
    assert!(!done(newcomer.as_mut()).await);
    assert!(waits.await.is_ok());
    assert!(newcomer.await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn lower_priorities_leave_permits_free() {
    let gate = Gate::new(Capacity::of(8));
    let mut places = Vec::new();
    for (priority, most) in [(Background, 4), (Normal, 7), (Critical, 8)] {
        while let Ok(place) = acquire(&gate, priority).await {
            places.push(place);
        }
        assert_eq!(places.len(), most);
    }
}

#[tokio::test(start_paused = true)]
async fn request_that_gives_up_wakes_the_next() {
    let gate = Gate::new(Capacity::of(2).normal(2).background(1));
    let _one = acquire(&gate, Background).await.unwrap();
    let two = acquire(&gate, Critical).await.unwrap();
    let mut normal = pin!(acquire(&gate, Normal));
    {
        let mut critical = pin!(acquire(&gate, Critical));
        assert!(!done(critical.as_mut()).await);
        assert!(!done(normal.as_mut()).await);
        drop(two);
        // The critical request is woken, and is dropped before it takes the permit.
    }
    assert!(done(normal.as_mut()).await);
}

#[test]
fn share_is_at_least_one_and_at_most_the_capacity() {
    let most = |capacity| Gate::new(capacity).capacity.most;
    assert_eq!(most(Capacity::of(0)), [1, 1, 1]);
    assert_eq!(most(Capacity::of(1)), [1, 1, 1]);
    assert_eq!(most(Capacity::of(4).normal(9).background(0)), [1, 4, 4]);
    assert_eq!(most(Capacity::of(4).normal(2).background(3)), [2, 2, 4]);
}

/// Sends requests, of which some give up, through a gate of two permits.
async fn crowd(gate: &Gate, seeds: Vec<u8>) {
    for seed in seeds {
        let priority = [Background, Normal, Critical][usize::from(seed % 3)];
        let entered = tokio::time::timeout(
            Duration::from_micros(u64::from(seed) * 4),
            acquire(gate, priority),
        );
        if let Ok(Ok(_place)) = entered.await {
            assert!(gate.taken.load(SeqCst) <= 2);
            tokio::task::yield_now().await;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// No request is forgotten: after any crowd all permits are free and the queues are empty.
    #[test]
    fn all_permits_are_free_after_a_crowd(seeds in prop::collection::vec(any::<Vec<u8>>(), 1..8)) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_time()
            .build()
            .unwrap();
        let gate = std::sync::Arc::new(gate(2));
        runtime.block_on(async {
            let mut crowds = tokio::task::JoinSet::new();
            for seeds in seeds {
                let gate = std::sync::Arc::clone(&gate);
                crowds.spawn(async move { crowd(&gate, seeds).await });
            }
            crowds.join_all().await;
            let first = acquire(&gate, Background).await;
            let second = acquire(&gate, Background).await;
            assert!(first.is_ok() && second.is_ok());
        });
        assert_eq!(gate.taken.load(SeqCst), 0);
        assert!(gate.queues.iter().all(|queue| queue.waiting.load(SeqCst) == 0));
    }
}
