use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::fixture::{Queue, park};
use crate::backend::{Backend, Claim, Claimed, End, NewJob};

impl Queue {
    async fn push_limited(&self, key: &str, payload: &str) {
        let limit_key = Some(key.to_owned());
        self.push(NewJob { limit_key, ..self.job(payload) }).await;
    }

    async fn claim_limited(&self, most: usize, limit: u32) -> Vec<Claimed> {
        let limit = Some(limit);
        self.claim_as(Claim { limit, ..self.ask(most) }).await
    }
}

fn payloads(jobs: &[Claimed]) -> Vec<&str> {
    let mut payloads = jobs.iter().map(|job| &*job.payload).collect::<Vec<_>>();
    payloads.sort_unstable();
    payloads
}

pub async fn a_limited_number_of_jobs_of_a_key_runs(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for payload in ["a1", "a2", "a3", "b1", "a4"] {
        queue.push_limited(&payload[..1], payload).await;
    }
    let first = queue.claim_limited(9, 2).await;
    assert_eq!(payloads(&first), ["a1", "a2", "b1"]);
    assert!(queue.claim_limited(9, 2).await.is_empty());
    // Each end gives its place to the next one, whichever it is.
    for (job, next) in first.iter().filter(|job| job.payload != "b1").rev().zip(["a3", "a4"]) {
        queue.done(job).await;
        assert_eq!(payloads(&queue.claim_limited(9, 2).await), [next]);
    }
}

pub async fn a_job_that_waits_for_its_retry_leaves_its_place(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for payload in ["a1", "a2", "a3"] {
        queue.push_limited("a", payload).await;
    }
    let first = queue.claim_limited(9, 1).await.pop().unwrap();
    let reason = "later".to_owned();
    let retry = End::Retry { due: queue.now + 5_000, reason };
    queue.settle(&first, retry).await;
    let second = queue.claim_limited(9, 1).await;
    assert_eq!(payloads(&second), ["a2"]);
    queue.settle(&second[0], park()).await;
    let later = queue.later(Duration::from_secs(5));
    let third = later.claim_limited(9, 1).await;
    assert_eq!(third.len(), 1);
    later.done(&third[0]).await;
    let last = later.claim_limited(9, 1).await;
    assert_eq!(payloads(&[third, last].concat()), ["a1", "a3"]);
}

pub async fn a_key_with_many_jobs_leaves_a_turn_to_others(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for number in 0..30 {
        queue.push_limited("a", &format!("a{number}")).await;
    }
    queue.push_limited("b", "b").await;
    queue.push_limited("c", "c").await;
    let mut started = Vec::new();
    for _ in 0..3 {
        let claimed = queue.claim_limited(1, 5).await;
        started.extend(claimed.into_iter().map(|job| job.payload));
    }
    assert_eq!(started, ["a0", "b", "c"]);
}

pub async fn a_limited_job_that_has_crashed_runs_alone_and_counts(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_limited("a", "a1").await;
    let lease = Duration::from_millis(1);
    let brief = Claim { lease, limit: Some(1), ..queue.ask(9) };
    assert_eq!(queue.claim_as(brief).await.len(), 1);
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(queue.recover().await.available, 1);
    queue.push_limited("a", "a2").await;
    let second = queue.claim_limited(9, 1).await;
    assert_eq!(payloads(&second), ["a2"]);
    let suspect = Claim { suspect: true, limit: Some(1), ..queue.ask(9) };
    assert!(queue.claim_as(suspect.clone()).await.is_empty(), "the key is at its limit");
    queue.done(&second[0]).await;
    let again = queue.claim_as(suspect).await;
    assert_eq!(payloads(&again), ["a1"]);
    queue.push_limited("a", "a3").await;
    assert!(queue.claim_limited(9, 1).await.is_empty(), "the one that has crashed counts");
}

/// A deployment adds a limit to a job, or removes it.
pub async fn jobs_without_a_limit_key_run_with_and_without_a_limit(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for key in ["a", "a"] {
        queue.push_limited(key, "limited").await;
    }
    queue.push_all(&["without"]).await;
    assert_eq!(payloads(&queue.claim_limited(9, 1).await), ["limited", "without"]);
    for key in ["a", "b"] {
        queue.push_limited(key, "limited").await;
    }
    assert_eq!(payloads(&queue.claim(9).await), ["limited"; 3]);
}

pub async fn no_more_than_the_limit_run_at_once(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let running = Arc::new(Mutex::new(HashMap::<String, u32>::new()));
    for number in 0..60 {
        let key = format!("{}", number % 3);
        queue.push_limited(&key, &key).await;
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (queue, running) = (queue.clone(), Arc::clone(&running));
        tasks.spawn(async move {
            let (mut done, mut most, mut idle) = (0, 0, 0);
            while idle < 50 {
                let claimed = queue.claim_limited(4, 2).await;
                idle = if claimed.is_empty() { idle + 1 } else { 0 };
                for job in &claimed {
                    // The payload is the key.
                    let mut running = running.lock().unwrap();
                    let number = running.entry(job.payload.clone()).or_default();
                    *number += 1;
                    most = most.max(*number);
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
                for job in &claimed {
                    *running.lock().unwrap().get_mut(&job.payload).unwrap() -= 1;
                    queue.done(job).await;
                    done += 1;
                }
            }
            (done, most)
        });
    }
    let ended = tasks.join_all().await;
    assert_eq!(ended.iter().map(|(done, _)| done).sum::<u32>(), 60);
    assert_eq!(ended.iter().map(|(_, most)| *most).max(), Some(2));
}
