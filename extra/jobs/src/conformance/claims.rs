use std::{collections::HashSet, sync::Arc, time::Duration};

use super::fixture::Queue;
use crate::backend::{Backend, Claim, NewJob, State};

pub async fn a_job_is_claimed_with_its_data(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned();
    let job = NewJob {
        trace: Some(trace.clone()),
        ..queue.job("{\"to\":\"Zoë\"}")
    };
    let id = queue.push(job).await.id().unwrap().clone();
    let claimed = queue.claim(1).await.pop().unwrap();
    assert_eq!(claimed.receipt.job, id);
    assert_eq!(claimed.payload, "{\"to\":\"Zoë\"}");
    assert_eq!((claimed.version, claimed.attempt, claimed.crashes), (1, 1, 0));
    assert!(queue.is_now(claimed.created) && queue.is_now(claimed.due));
    assert_eq!((&*claimed.producer, claimed.trace), ("test", Some(trace)));
}

pub async fn a_job_is_claimed_once(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2", "3"]).await;
    assert_eq!(queue.claim(9).await.len(), 3);
    assert!(queue.claim(9).await.is_empty());
    assert_eq!(queue.ids(State::Running).await.len(), 3);
}

pub async fn claims_at_the_same_time_share_no_job(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for batch in 0..10 {
        let jobs = (0..30).map(|n| queue.job(&format!("{}", batch * 30 + n)));
        queue.backend.push(jobs.collect(), queue.now).await.unwrap();
    }
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let queue = queue.clone();
        tasks.spawn(async move {
            let mut all = Vec::new();
            loop {
                let claimed = queue.claim(7).await;
                if claimed.is_empty() {
                    return all;
                }
                for job in &claimed {
                    queue.done(job).await;
                }
                all.extend(claimed.into_iter().map(|job| job.payload));
            }
        });
    }
    let all = tasks.join_all().await.concat();
    let different = all.iter().collect::<HashSet<_>>();
    assert_eq!((all.len(), different.len()), (300, 300));
}

pub async fn a_job_is_not_claimed_before_its_time(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let due = queue.now + 60_000;
    queue.push(NewJob { due, ..queue.job("1") }).await;
    assert!(queue.claim(1).await.is_empty());
    assert!(queue.later(Duration::from_secs(59)).claim(1).await.is_empty());
    assert_eq!(queue.later(Duration::from_secs(60)).claim(1).await.len(), 1);
}

pub async fn the_job_that_is_due_first_is_claimed_first(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for (payload, before) in [("2", 10), ("4", 0), ("1", 20), ("3", 10)] {
        let due = queue.now - before;
        queue.push(NewJob { due, ..queue.job(payload) }).await;
    }
    assert_eq!(queue.payloads().await, ["1", "2", "3", "4"]);
}

pub async fn a_newer_version_is_left_to_newer_programs(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push(NewJob { version: 2, ..queue.job("new") }).await;
    queue.push(queue.job("old")).await;
    assert_eq!(queue.payloads().await, ["old"]);
    let version = 2;
    let newer = queue.claim_as(Claim { version, ..queue.ask(9) }).await;
    assert_eq!((newer.len(), newer[0].attempt), (1, 1));
}

pub async fn a_claim_takes_no_more_than_it_asks_for(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2", "3", "4", "5"]).await;
    assert_eq!(queue.claim(2).await.len(), 2);
    assert_eq!(queue.payloads().await, ["3", "4", "5"]);
}

pub async fn starts_of_a_second_are_limited(backend: Arc<dyn Backend>) {
    let mut queue = Queue::new(backend).await;
    // The clock of the backend may differ by milliseconds, so this is the middle of a second.
    queue.now += 500 - queue.now % 1000;
    queue.push_all(&["1", "2", "3", "4", "5", "6"]).await;
    let rate = Some(4);
    // Permissions that found no job are given back.
    let none = queue.later(Duration::from_millis(1));
    let first = queue.claim_as(Claim { rate, ..queue.ask(3) }).await;
    let second = none.claim_as(Claim { rate, ..queue.ask(3) }).await;
    let third = none.claim_as(Claim { rate, ..queue.ask(3) }).await;
    assert_eq!((first.len(), second.len(), third.len()), (3, 1, 0));
    let next = queue.later(Duration::from_secs(1));
    let most = next.claim_as(Claim { rate, ..queue.ask(9) }).await;
    assert_eq!(most.len(), 2);
    next.push_all(&["7", "8", "9"]).await;
    assert_eq!(next.claim_as(Claim { rate, ..queue.ask(2) }).await.len(), 2);
    assert!(next.claim_as(Claim { rate, ..queue.ask(2) }).await.is_empty());
}

pub async fn counts_are_by_name_and_state(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2", "3"]).await;
    let claimed = queue.claim(2).await;
    queue.settle(&claimed[0], super::fixture::park()).await;
    let counts = queue.backend.counts().await.unwrap();
    let ours = counts.iter().filter(|count| count.name == queue.name);
    let ours = ours.collect::<Vec<_>>();
    let states = ours.iter().map(|count| count.state).collect::<Vec<_>>();
    assert_eq!(states, [State::Waiting, State::Running, State::Parked]);
    for count in ours {
        assert!(count.jobs == 1 && queue.is_now(count.oldest), "{count:?}");
    }
}

pub async fn a_count_has_the_time_of_the_first_job_that_can_begin(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let waiting = async || {
        let counts = queue.backend.counts().await.unwrap();
        let mut ours = counts.into_iter();
        let ours = ours.find(|count| count.name == queue.name && count.state == State::Waiting);
        ours.unwrap()
    };
    let due = queue.now + 600_000;
    let later = NewJob { due, ..queue.job("1") };
    queue.push(later).await;
    let first = waiting().await;
    assert!(first.jobs == 1 && !queue.is_now(first.oldest), "{first:?}");
    queue.push_all(&["2"]).await;
    let first = waiting().await;
    assert!(first.jobs == 2 && queue.is_now(first.oldest), "{first:?}");
}
