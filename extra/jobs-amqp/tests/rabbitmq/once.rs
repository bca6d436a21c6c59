//! A job that is delivered twice has its effect once.

use std::{
    sync::atomic::Ordering::Relaxed,
    time::{Duration, Instant},
};

use highball::testing::Clock;
use highball_faults::Folder;
use highball_jobs::backend::{JobId, NewJob};

use crate::{
    places::{Place, job, push},
    shop::Process,
};

fn points(id: &str) -> NewJob {
    NewJob {
        id: Some(JobId::new(id)),
        name: "points".into(),
        ..job("{\"order\":7}")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_delivery_of_a_job_that_is_done_does_not_call_the_consumer() {
    let Some(place) = Place::new().await else {
        return;
    };
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), place.amqp()).await;
    let worker = process.workers().by_hand(&Clock::new().handle());
    for delivery in 1..=3 {
        push(&place.amqp(), points("a")).await.unwrap();
        assert_eq!(worker.run_due().await.unwrap(), 1, "{delivery}");
    }
    assert_eq!(process.numbers("SELECT id FROM points").await, [7]);
    assert_eq!(process.state.calls.0.load(Relaxed), 1);
    // Another job has the same content.
    push(&place.amqp(), points("b")).await.unwrap();
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(process.numbers("SELECT id FROM points").await, [7, 7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_deliveries_at_the_same_time_have_one_effect() {
    let Some(place) = Place::new().await else {
        return;
    };
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), place.amqp()).await;
    let worker = process.workers().by_hand(&Clock::new().handle());
    for id in ["a", "b", "c", "a", "b", "c", "a"] {
        push(&place.amqp(), points(id)).await.unwrap();
    }
    assert!(worker.run_due().await.unwrap() >= 7);
    assert_eq!(process.numbers("SELECT id FROM points").await, [7, 7, 7]);
}

/// As if the process had ended between the confirm of RabbitMQ and the deletion of the row.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_published_and_not_deleted_has_one_effect() {
    let Some(place) = Place::new().await else {
        return;
    };
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), place.amqp()).await;
    let clock = Clock::new();
    let worker = process.workers().by_hand(&clock.handle());
    process.order(7).await;
    let trigger = "CREATE TRIGGER killed BEFORE DELETE ON highball_job_outbox
        BEGIN SELECT RAISE(FAIL, 'killed'); END";
    process.run(trigger).await;
    let error = worker.run_due().await.unwrap_err();
    assert!(format!("{error:#}").contains("killed"), "{error:#}");
    process.run("DROP TRIGGER killed").await;
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(process.waiting().await, 1);
    clock.advance(Duration::from_secs(16)).await;
    assert_eq!(worker.run_due().await.unwrap(), 1);
    assert_eq!(process.waiting().await, 0);
    assert_eq!(process.numbers("SELECT id FROM points").await, [7]);
    assert_eq!(process.state.calls.0.load(Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn identities_are_deleted_after_the_time_that_their_consumer_keeps_them() {
    let Some(place) = Place::new().await else {
        return;
    };
    let folder = Folder::new();
    let process = Process::start(&folder.file("shop.db"), place.amqp()).await;
    let worker = process.workers().by_hand(&Clock::new().handle());
    push(&place.amqp(), points("old")).await.unwrap();
    push(&place.amqp(), points("new")).await.unwrap();
    assert_eq!(worker.run_due().await.unwrap(), 2);
    let two_days = "UPDATE highball_job_done SET done = done - 2 * 86400000 WHERE id = 'old'";
    process.run(two_days).await;
    // The worker of this process must have used the database before it deletes something there.
    push(&place.amqp(), points("next")).await.unwrap();
    let process = process.work();
    let begun = Instant::now();
    let count = "SELECT count(*) FROM highball_job_done WHERE id = 'old'";
    while process.numbers(count).await != [0] {
        assert!(begun.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let count = "SELECT count(*) FROM highball_job_done WHERE id = 'new'";
    assert_eq!(process.numbers(count).await, [1]);
}
