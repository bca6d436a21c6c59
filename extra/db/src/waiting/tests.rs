use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use super::*;

const TARGET: Duration = Duration::from_millis(100);

fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[test]
fn higher_priorities_come_first_and_each_is_in_order() {
    let gate = Gate::new(1, TARGET);
    let held = gate.try_acquire().expect("a free permission");
    let mut low = pin!(gate.acquire(Priority::Background));
    let mut first = pin!(gate.acquire(Priority::Normal));
    let mut second = pin!(gate.acquire(Priority::Normal));
    let mut high = pin!(gate.acquire(Priority::Critical));
    for _ in 0..2 {
        assert!(poll(low.as_mut()).is_pending() && poll(first.as_mut()).is_pending());
        assert!(poll(second.as_mut()).is_pending() && poll(high.as_mut()).is_pending());
    }
    assert_eq!(gate.counts(), (0, 4));
    drop(held);
    let Poll::Ready(Ok(held)) = poll(high.as_mut()) else {
        panic!("the highest is first")
    };
    assert!(poll(first.as_mut()).is_pending());
    drop(held);
    let Poll::Ready(Ok(held)) = poll(first.as_mut()) else {
        panic!("in order")
    };
    assert!(poll(second.as_mut()).is_pending() && poll(low.as_mut()).is_pending());
    drop(held);
    let Poll::Ready(Ok(held)) = poll(second.as_mut()) else {
        panic!("in order")
    };
    drop(held);
    assert!(matches!(poll(low.as_mut()), Poll::Ready(Ok(_))));
}

#[test]
fn a_dropped_wait_loses_no_permission() {
    let gate = Gate::new(1, TARGET);
    let held = gate.try_acquire().expect("a free permission");
    let mut next = pin!(gate.acquire(Priority::Normal));
    {
        let mut leaves = pin!(gate.acquire(Priority::Critical));
        assert!(poll(leaves.as_mut()).is_pending() && poll(next.as_mut()).is_pending());
        // It has arrived, and is not polled again.
        drop(held);
    }
    assert!(matches!(poll(next.as_mut()), Poll::Ready(Ok(_))));
    assert_eq!(gate.counts(), (1, 0));
}

#[test]
fn a_closed_gate_is_an_error_for_old_and_new_waits() {
    let gate = Gate::new(1, TARGET);
    let _held = gate.try_acquire();
    let mut waits = pin!(gate.acquire(Priority::Normal));
    assert!(poll(waits.as_mut()).is_pending());
    gate.close();
    assert!(matches!(
        poll(waits.as_mut()),
        Poll::Ready(Err(Refused::Closed))
    ));
    assert!(matches!(
        poll(pin!(gate.acquire(Priority::Normal))),
        Poll::Ready(Err(Refused::Closed))
    ));
}

/// The waits of some requests, their times in all, and whether they were served.
type Waits = Vec<(Duration, Duration, bool)>;

/// The average time that a request holds its connection. With equal times, connections would become free together.
const SERVICE: Duration = Duration::from_millis(100);

fn service(number: u32) -> Duration {
    Duration::from_millis(u64::from(50 + number * 37 % 101))
}

/// As many as a pool has by default. With few of them, a critical request waits for long until the next one is free.
const CONNECTIONS: u32 = 20;

/// Sends requests to these connections for ten seconds, which is a multiple of what they can serve. Each tenth is
/// critical. Returns the waits of the critical ones and of the others in the last five seconds.
async fn load(overload: f64) -> (Waits, Waits) {
    let gate = Gate::new(CONNECTIONS as usize, TARGET);
    let pause = (SERVICE / CONNECTIONS).div_f64(overload);
    let begun = Instant::now();
    let mut requests = tokio::task::JoinSet::new();
    for number in 0.. {
        tokio::time::sleep_until(begun + pause * number).await;
        let came = begun.elapsed();
        if came > Duration::from_secs(10) {
            break;
        }
        let gate = Arc::clone(&gate);
        let priority = match number % 10 {
            0 => Priority::Critical,
            _ => Priority::Normal,
        };
        requests.spawn(async move {
            let since = Instant::now();
            let permit = gate.acquire(priority).await;
            let waited = since.elapsed();
            if permit.is_ok() {
                tokio::time::sleep(service(number)).await;
            }
            (came, priority, (waited, since.elapsed(), permit.is_ok()))
        });
    }
    let ended = requests.join_all().await.into_iter();
    let late = ended.filter(|(came, ..)| *came > Duration::from_secs(5));
    let (critical, normal): (Vec<_>, Vec<_>) =
        late.partition(|(_, priority, _)| *priority == Priority::Critical);
    let waits = |all: Vec<(_, _, _)>| all.into_iter().map(|(.., wait)| wait).collect();
    (waits(critical), waits(normal))
}

/// Returns the time of a request that 99 of 100 do not exceed.
fn p99(waits: &Waits) -> Duration {
    let mut times: Vec<_> = waits.iter().map(|(_, time, _)| *time).collect();
    times.sort_unstable();
    times[times.len() * 99 / 100]
}

#[tokio::test(start_paused = true)]
async fn an_overload_of_three_sheds_the_others_and_not_the_critical_ones() {
    let (unloaded, _) = load(0.5).await;
    let (critical, normal) = load(3.0).await;
    let (p99, unloaded) = (p99(&critical), p99(&unloaded));
    eprintln!("p99 of critical: {p99:?}, unloaded: {unloaded:?}");
    assert!(p99 < unloaded.mul_f64(1.5), "{p99:?} {unloaded:?}");
    assert!(critical.iter().all(|(.., is_served)| *is_served));
    let (served, rejected): (Waits, Waits) = normal.iter().partition(|(.., is_served)| *is_served);
    let longest = |waits: &Waits| waits.iter().map(|(waited, ..)| *waited).max();
    let (served_after, rejected_after) = (longest(&served), longest(&rejected));
    eprintln!(
        "{} served within {served_after:?}, {} rejected within {rejected_after:?}",
        served.len(),
        rejected.len()
    );
    assert!(served_after <= Some(TARGET * 2), "{served_after:?}");
    assert!(
        rejected_after < Some(TARGET * 2 + SERVICE),
        "{rejected_after:?}"
    );
    // The connections are in use: they serve 200 requests a second, of which 60 are critical.
    assert!((650..750).contains(&served.len()), "{}", served.len());
}

#[tokio::test(start_paused = true)]
async fn a_priority_that_is_never_served_is_shed() {
    let gate = Gate::new(1, TARGET);
    let _held = gate.try_acquire().expect("a free permission");
    let mut waits = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let gate = Arc::clone(&gate);
        waits.spawn(async move {
            let begun = Instant::now();
            let error = gate
                .acquire(Priority::Background)
                .await
                .expect_err("no permission");
            assert_eq!(error, Refused::Shed);
            begun.elapsed()
        });
        tokio::time::sleep(TARGET).await;
    }
    // The last ones wait for a request that comes after them.
    let mut rejected = Vec::new();
    while let Some(wait) = waits.try_join_next() {
        rejected.push(wait.expect("no panic"));
    }
    assert!(rejected.len() > 90, "{}", rejected.len());
    let late = rejected.iter().filter(|wait| **wait > TARGET * 4);
    assert!(late.count() <= 20, "{rejected:?}");
}
