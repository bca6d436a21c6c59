//! Messages that no queue has.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use highball_jobs::backend::{Backend as _, Fault};
use lapin::options::QueueDeleteOptions;
use tokio::task::JoinSet;

use crate::places::{Place, ask, claim, job, now, push};

/// Eight publishers publish while an operator deletes the queue, with its jobs, several times.
#[tokio::test(flavor = "multi_thread")]
async fn no_job_is_confirmed_without_a_queue() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    push(&amqp, job("first")).await.unwrap();
    let ends = Arc::new(AtomicBool::new(false));
    let confirmed_now = Arc::new(AtomicUsize::new(0));
    let mut publishers = JoinSet::new();
    for publisher in 0..8 {
        let (amqp, ends) = (amqp.clone(), Arc::clone(&ends));
        let confirmed_now = Arc::clone(&confirmed_now);
        publishers.spawn(async move {
            let (mut confirmed, mut refused) = (Vec::new(), 0);
            for number in 0.. {
                if ends.load(Relaxed) {
                    break;
                }
                let (payload, begun) = (format!("{publisher}-{number}"), now());
                match push(&amqp, job(&payload)).await {
                    Ok(_) => {
                        confirmed_now.fetch_add(1, Relaxed);
                        confirmed.push((begun, payload));
                    }
                    // RabbitMQ may never confirm a message whose queue is deleted meanwhile.
                    Err(error)
                        if matches!(error.fault(), Fault::Unroutable | Fault::Unconfirmed) =>
                    {
                        refused += 1;
                    }
                    // RabbitMQ 3.10 closes a connection that publishes to a queue which is being deleted.
                    Err(error) if error.fault() == Fault::Disconnected => {
                        refused += 1;
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
            (confirmed, refused)
        });
    }
    let channel = place.channel().await;
    let mut deleted = now();
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let queue = place.queue().as_str().into();
        channel
            .queue_delete(queue, QueueDeleteOptions::default())
            .await
            .unwrap();
        deleted = now();
        confirmed_now.store(0, Relaxed);
    }
    // A machine with other work confirms few in a fixed time.
    let enough = Instant::now() + Duration::from_secs(20);
    while confirmed_now.load(Relaxed) < 100 && Instant::now() < enough {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ends.store(true, Relaxed);
    let (mut confirmed, mut refused) = (Vec::new(), 0);
    for (of_one, failed) in publishers.join_all().await {
        confirmed.extend(of_one);
        refused += failed;
    }
    let mut kept = HashSet::new();
    loop {
        let claimed = claim(&amqp, ask(50)).await;
        if claimed.is_empty() {
            break;
        }
        kept.extend(claimed.into_iter().map(|job| job.payload));
    }
    let total = confirmed.len();
    let after = confirmed.into_iter().filter(|(begun, _)| *begun > deleted);
    let after = after.map(|(_, payload)| payload).collect::<Vec<_>>();
    let lost = after
        .iter()
        .filter(|payload| !kept.contains(*payload))
        .count();
    println!(
        "{total} confirmed, {} after the last deletion, {refused} refused",
        after.len()
    );
    assert!(refused > 0 && after.len() > 50);
    assert_eq!(lost, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_is_not_confirmed_in_time_is_an_error() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (proxy, url) = place.proxy();
    let settings = place
        .settings_at(&url)
        .confirm_within(Duration::from_millis(300));
    let amqp = settings.build().unwrap();
    push(&amqp, job("1")).await.unwrap();
    proxy.stall();
    let begun = Instant::now();
    let error = push(&amqp, job("2")).await.unwrap_err();
    assert_eq!(error.fault(), Fault::Unconfirmed, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(2));
    proxy.pass();
    // The late confirm of the second job is not that of the third.
    push(&amqp, job("3")).await.unwrap();
    let claimed = claim(&place.amqp(), ask(9)).await;
    let payloads = claimed.iter().map(|job| &*job.payload).collect::<Vec<_>>();
    assert!(
        payloads.contains(&"1") && payloads.contains(&"3"),
        "{payloads:?}"
    );
    amqp.counts().await.unwrap();
}
