use std::{sync::Arc, time::Duration};

use super::fixture::Queue;
use crate::backend::{Backend, End, Recovered, State};

pub async fn a_job_whose_lease_ends_runs_again(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1"]).await;
    queue.claim_briefly(1).await;
    let recovered = queue.recover().await;
    assert_eq!(recovered, Recovered { available: 1, parked: 0 });
    assert!(queue.claim(1).await.is_empty(), "it is suspect");
    let again = queue.claim_suspect().await.pop().unwrap();
    assert_eq!((again.attempt, again.crashes), (2, 1));
    assert_eq!(queue.recover().await, Recovered::default());
}

pub async fn an_attempt_that_lost_its_lease_stores_nothing(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1"]).await;
    let late = queue.claim_briefly(1).await.pop().unwrap();
    queue.recover().await;
    assert!(!queue.settle(&late, End::Done).await, "nothing runs");
    let again = queue.claim_suspect().await.pop().unwrap();
    assert!(again.receipt.fence > late.receipt.fence);
    assert!(!queue.settle(&late, End::Done).await, "another one runs");
    assert!(!queue.settle(&late, End::Release { due: 0 }).await);
    queue.done(&again).await;
}

pub async fn a_renewed_lease_does_not_end(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2"]).await;
    let claimed = queue.claim_briefly(2).await;
    let jobs = [0, 1].map(|idx| claimed[idx].receipt.job.clone()).to_vec();
    let (worker, minute) = (queue.ask(1).worker, Duration::from_secs(60));
    let renewed = queue.backend.renew(worker, jobs.clone(), minute);
    assert_eq!(renewed.await.unwrap().len(), 2);
    assert_eq!(queue.recover().await, Recovered::default());
    let other = queue.backend.renew("another".to_owned(), jobs, minute);
    assert!(other.await.unwrap().is_empty());
    for job in &claimed {
        queue.done(job).await;
    }
}

pub async fn a_lease_that_is_not_renewed_ends(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2"]).await;
    let claimed = queue.claim_briefly(2).await;
    let (worker, minute) = (queue.ask(1).worker, Duration::from_secs(60));
    let jobs = vec![claimed[1].receipt.job.clone()];
    let renewed = queue.backend.renew(worker, jobs.clone(), minute);
    assert_eq!(renewed.await.unwrap(), jobs);
    assert_eq!(queue.recover().await.available, 1);
    assert_eq!(queue.claim_suspect().await[0].payload, claimed[0].payload);
}

pub async fn a_job_that_crashes_too_often_is_parked(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["poison", "good"]).await;
    queue.claim_briefly(1).await;
    assert_eq!(queue.recover().await.available, 1);
    // It is not before the good one.
    assert_eq!(queue.payloads().await, ["good"]);
    let lease = Duration::from_millis(1);
    let mut ask = queue.ask(1);
    (ask.suspect, ask.lease) = (true, lease);
    for parked in [0, 1] {
        assert_eq!(queue.claim_as(ask.clone()).await[0].payload, "poison");
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(queue.recover().await.parked, parked);
    }
    let listed = queue.backend.list(queue.name.to_owned(), State::Parked, 9);
    let listed = listed.await.unwrap().pop().unwrap();
    assert_eq!((listed.crashes, &*listed.payload), (3, "poison"));
    assert!(listed.reason.unwrap().contains("process"));
}

pub async fn jobs_that_have_crashed_run_one_at_a_time(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1", "2", "3"]).await;
    queue.claim_briefly(3).await;
    assert_eq!(queue.recover().await.available, 3);
    let one = queue.claim_suspect().await;
    assert_eq!(one.len(), 1);
    assert!(queue.claim_suspect().await.is_empty());
    queue.done(&one[0]).await;
    assert_eq!(queue.claim_suspect().await.len(), 1);
}

pub async fn steps_are_kept_for_the_next_attempt(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push_all(&["1"]).await;
    let late = queue.claim_briefly(1).await.pop().unwrap();
    let (id, backend) = (late.receipt.job.clone(), &queue.backend);
    let keep = |receipt, name: &str, result: &str| {
        backend.keep_step(receipt, name.to_owned(), result.to_owned())
    };
    assert!(keep(late.receipt.clone(), "upload", "7").await.unwrap());
    queue.recover().await;
    assert!(!keep(late.receipt, "late", "8").await.unwrap());
    let again = queue.claim_suspect().await.pop().unwrap();
    assert!(keep(again.receipt, "mail", "9").await.unwrap());
    for (name, result) in [("upload", Some("7")), ("mail", Some("9")), ("late", None)] {
        let kept = backend.step(id.clone(), name.to_owned()).await.unwrap();
        assert_eq!(kept.as_deref(), result, "{name}");
    }
}
