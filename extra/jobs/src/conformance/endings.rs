use std::{sync::Arc, time::Duration};

use super::fixture::{Queue, park};
use crate::backend::{Backend, End, State, Which};

pub async fn a_done_job_is_not_claimed_again(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1"]).await;
    let job = queue.claim(1).await.pop().unwrap();
    queue.done(&job).await;
    assert!(queue.later(Duration::from_secs(3600)).claim(1).await.is_empty());
    let counts = queue.backend.counts().await.unwrap();
    assert!(counts.iter().all(|count| count.name != queue.name), "{counts:?}");
}

pub async fn a_retried_job_is_claimed_at_its_time_with_its_reason(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1"]).await;
    let job = queue.claim(1).await.pop().unwrap();
    let retry = End::Retry {
        due: queue.now + 5_000,
        reason: "the printer has no paper".to_owned(),
    };
    assert!(queue.settle(&job, retry).await);
    assert!(queue.claim(1).await.is_empty());
    let listed = queue.backend.list(queue.name.to_owned(), State::Waiting, 9);
    let listed = listed.await.unwrap().pop().unwrap();
    assert_eq!(listed.reason.as_deref(), Some("the printer has no paper"));
    assert_eq!((listed.attempts, listed.id), (1, job.receipt.job.clone()));
    let again = queue.later(Duration::from_secs(5)).claim(1).await.pop().unwrap();
    assert_eq!((again.attempt, again.crashes), (2, 0));
    assert!(again.receipt.fence > job.receipt.fence);
}

pub async fn a_released_job_loses_no_attempt(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1"]).await;
    for _ in 0..3 {
        let job = queue.claim(1).await.pop().unwrap();
        assert_eq!(job.attempt, 1);
        assert!(queue.settle(&job, End::Release { due: queue.now }).await);
    }
}

pub async fn a_parked_job_waits_for_its_requeue(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2", "3"]).await;
    let claimed = queue.claim(3).await;
    for job in &claimed {
        assert!(queue.settle(job, park()).await);
    }
    assert!(queue.later(Duration::from_secs(9000)).claim(9).await.is_empty());
    let ids = queue.ids(State::Parked).await;
    assert_eq!(ids.len(), 3);
    let one = Which::One(ids[2].clone());
    assert_eq!(queue.backend.requeue(one.clone(), queue.now).await.unwrap(), 1);
    assert_eq!(queue.backend.requeue(one, queue.now).await.unwrap(), 0);
    let again = queue.claim(9).await.pop().unwrap();
    assert_eq!((&*again.payload, again.attempt), ("3", 1));
    let some = Which::Some(queue.name.to_owned(), 1);
    assert_eq!(queue.backend.requeue(some, queue.now).await.unwrap(), 1);
    assert_eq!(queue.payloads().await, ["1"]);
    assert_eq!(queue.ids(State::Parked).await.len(), 1);
}

pub async fn an_end_is_stored_once(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1"]).await;
    let job = queue.claim(1).await.pop().unwrap();
    assert!(queue.settle(&job, End::Done).await);
    assert!(!queue.settle(&job, End::Done).await);
    assert!(!queue.settle(&job, park()).await);
    assert!(queue.ids(State::Parked).await.is_empty());
}

pub async fn finished_jobs_are_pruned_after_their_time(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2", "3"]).await;
    for job in queue.claim(2).await {
        queue.done(&job).await;
    }
    let (name, backend) = (queue.name.to_owned(), &queue.backend);
    assert_eq!(backend.prune(name.clone(), queue.now).await.unwrap(), 0);
    assert_eq!(backend.prune(name.clone(), queue.now + 1).await.unwrap(), 2);
    assert_eq!(backend.prune(name, queue.now + 1).await.unwrap(), 0);
    assert_eq!(queue.payloads().await, ["3"]);
}
