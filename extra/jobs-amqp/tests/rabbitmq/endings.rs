//! Attempts whose end cannot be stored at once.

use std::time::Duration;

use highball_jobs::backend::{Backend as _, Claim, End, Limits};
use lapin::options::QueueDeleteOptions;

use crate::places::{JOB, Place, ask, claim, job, now, push, recover, settle, wait};

const SECOND: Duration = Duration::from_secs(1);

/// Deletes a queue as an operator.
async fn delete(place: &Place, queue: &str) {
    let channel = place.channel().await;
    let deleted = channel.queue_delete(queue.into(), QueueDeleteOptions::default());
    deleted.await.unwrap();
}

fn suspect() -> Claim {
    Claim {
        suspect: true,
        ..ask(9)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_late_attempts_are_found_after_a_failure() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    for payload in ["1", "2", "3"] {
        push(&amqp, job(payload)).await.unwrap();
    }
    let lease = Duration::from_millis(1);
    assert_eq!(claim(&amqp, Claim { lease, ..ask(9) }).await.len(), 3);
    tokio::time::sleep(Duration::from_millis(20)).await;
    delete(&place, &format!("{}.suspect", place.queue())).await;
    let limits = Limits {
        name: JOB,
        crashes: 3,
        attempts: 12,
        pause: Duration::ZERO,
        lease,
    };
    amqp.recover(limits, now()).await.unwrap_err();
    amqp.declare(JOB).await.unwrap();
    assert_eq!(recover(&amqp).await.available, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_whose_call_is_dropped_is_stored_once() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (proxy, url) = place.proxy();
    let amqp = place.settings_at(&url).build().unwrap();
    push(&amqp, job("1")).await.unwrap();
    let claimed = claim(&amqp, ask(1)).await.remove(0);
    proxy.stall();
    let reason = "busy".to_owned();
    let retry = amqp.settle(
        claimed.receipt.clone(),
        End::Retry { due: 0, reason },
        now(),
    );
    assert!(tokio::time::timeout(SECOND / 5, retry).await.is_err());
    // The worker gives back what it has at a stop.
    let release = amqp.settle(claimed.receipt, End::Release { due: 0 }, now());
    let pass = async {
        tokio::time::sleep(SECOND / 5).await;
        proxy.pass();
    };
    let (released, ()) = tokio::join!(release, pass);
    assert!(!released.unwrap(), "it was stored before");
    let (again, _) = wait(&amqp, ask(9)).await;
    assert_eq!((again.attempt, again.crashes), (2, 0));
    assert!(settle(&amqp, &again, End::Done).await);
    // RabbitMQ answers no acknowledgement.
    tokio::time::sleep(SECOND).await;
    // A message that this process still had would return now.
    proxy.cut();
    let other = place.amqp();
    for _ in 0..20 {
        assert!(claim(&other, ask(9)).await.is_empty(), "there are two");
        assert!(claim(&other, suspect()).await.is_empty(), "there are two");
        tokio::time::sleep(SECOND / 20).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_delay_queue_is_declared_again() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    push(&amqp, job("1")).await.unwrap();
    let claimed = claim(&amqp, ask(1)).await.remove(0);
    delete(&place, &format!("{}.delay.1s", place.prefix)).await;
    let retry = || End::Retry {
        due: now() + 500,
        reason: "busy".to_owned(),
    };
    let mut tries = 0;
    while amqp
        .settle(claimed.receipt.clone(), retry(), now())
        .await
        .is_err()
    {
        tries += 1;
        assert!(tries < 5);
    }
    let (again, _) = wait(&amqp, ask(9)).await;
    assert_eq!((again.attempt, again.crashes), (2, 0));
}

/// A worker of the version before does not return it among the other jobs.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_has_crashed_runs_alone_after_an_older_worker() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    let mut newer = job("newer");
    newer.version = 2;
    push(&amqp, newer).await.unwrap();
    let lease = Duration::from_millis(1);
    let claimed = claim(
        &amqp,
        Claim {
            lease,
            version: 2,
            ..ask(1)
        },
    )
    .await;
    assert_eq!(claimed.len(), 1);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(recover(&amqp).await.available, 1);
    let (version, begun) = (2, tokio::time::Instant::now());
    while begun.elapsed() < 3 * SECOND {
        // The older worker takes it and holds it back.
        assert!(claim(&amqp, suspect()).await.is_empty());
        assert!(
            claim(&amqp, Claim { version, ..ask(9) }).await.is_empty(),
            "it is not alone"
        );
        tokio::time::sleep(SECOND / 10).await;
    }
    let (again, _) = wait(
        &amqp,
        Claim {
            version,
            ..suspect()
        },
    )
    .await;
    assert_eq!((&*again.payload, again.crashes), ("newer", 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_are_woken_after_a_lost_connection() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (proxy, url) = place.proxy();
    let (amqp, other) = (place.amqp(), place.settings_at(&url).build().unwrap());
    let (send, mut reports) = tokio::sync::mpsc::unbounded_channel();
    let following = tokio::spawn(async move {
        loop {
            match other.changed().await {
                Ok(names) => drop(send.send(names)),
                Err(_) => tokio::time::sleep(SECOND / 10).await,
            }
        }
    });
    for _ in 0..2 {
        let report = tokio::time::timeout(20 * SECOND, async {
            loop {
                push(&amqp, job("1")).await.unwrap();
                let report = tokio::time::timeout(SECOND / 10, reports.recv()).await;
                if let Ok(Some(names)) = report
                    && names == [JOB]
                {
                    return;
                }
            }
        });
        report.await.expect("a message");
        proxy.cut();
        let any = tokio::time::timeout(20 * SECOND, async {
            // Those of the connection before.
            while let Some(names) = reports.recv().await {
                if names.is_empty() {
                    return;
                }
            }
        });
        any.await.expect("any job may have come meanwhile");
    }
    following.abort();
}
