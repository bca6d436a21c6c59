//! Jobs that wait.

use std::time::Duration;

use highball_jobs::backend::{Backend as _, Claim, End, NewJob};

use crate::places::{JOB, Place, ask, claim, job, now, push, settle, wait};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_not_claimed_before_its_time() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    // A connection and its queues may take longer than the time of the job.
    amqp.declare(JOB).await.unwrap();
    let due = now() + 2_500;
    push(&amqp, NewJob { due, ..job("late") }).await.unwrap();
    // A job behind it is not held up.
    push(&amqp, job("now")).await.unwrap();
    assert_eq!(claim(&amqp, ask(9)).await[0].payload, "now");
    let (late, _) = wait(&amqp, ask(9)).await;
    let passed = now() - due;
    assert!((0..1_800).contains(&passed), "{passed} ms late");
    assert_eq!((&*late.payload, late.attempt, late.due), ("late", 1, due));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_job_comes_back_with_its_reason() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    push(&amqp, job("1")).await.unwrap();
    let first = claim(&amqp, ask(1)).await.pop().unwrap();
    let retry = End::Retry {
        due: now() + 1_000,
        reason: "the printer has no paper".to_owned(),
    };
    assert!(settle(&amqp, &first, retry).await);
    assert!(claim(&amqp, ask(1)).await.is_empty());
    let (again, waited) = wait(&amqp, ask(1)).await;
    assert!(waited >= SECOND / 2, "{waited:?}");
    assert_eq!((again.attempt, again.crashes), (2, 0));
    assert_eq!(again.receipt.job, first.receipt.job);
    assert!(again.receipt.fence > first.receipt.fence);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_waits_for_a_newer_program() {
    let Some(place) = Place::new().await else {
        return;
    };
    let amqp = place.amqp();
    push(
        &amqp,
        NewJob {
            version: 2,
            ..job("new")
        },
    )
    .await
    .unwrap();
    push(&amqp, job("old")).await.unwrap();
    assert_eq!(claim(&amqp, ask(9)).await[0].payload, "old");
    assert!(claim(&amqp, ask(9)).await.is_empty());
    let newer = Claim {
        version: 2,
        ..ask(9)
    };
    let (new, _) = wait(&amqp, newer).await;
    assert_eq!((&*new.payload, new.attempt, new.version), ("new", 1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_wakes_the_workers_of_other_processes() {
    let Some(place) = Place::new().await else {
        return;
    };
    let (amqp, other) = (place.amqp(), place.settings().build().unwrap());
    let waiting = tokio::spawn(async move { other.changed().await.unwrap() });
    // The other process may not listen yet.
    let names = tokio::time::timeout(10 * SECOND, async {
        while !waiting.is_finished() {
            push(&amqp, job("1")).await.unwrap();
            tokio::time::sleep(SECOND / 20).await;
        }
        waiting.await.unwrap()
    });
    assert_eq!(names.await.unwrap(), ["work"]);
}
