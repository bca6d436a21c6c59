use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use super::fixture::{Queue, park};
use crate::backend::{Backend, End, NewJob, Pushed, State, Which};

impl Queue {
    async fn push_of_key(&self, key: &str, payload: &str) {
        let order_key = Some(key.to_owned());
        self.push(NewJob { order_key, ..self.job(payload) }).await;
    }

    fn unique(&self, key: &str) -> NewJob {
        let unique_key = Some(key.to_owned());
        NewJob { unique_key, ..self.job(key) }
    }
}

pub async fn jobs_of_a_key_run_in_order(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for payload in ["a1", "a2", "b1", "a3", "b2"] {
        queue.push_of_key(&payload[..1], payload).await;
    }
    queue.push_all(&["without"]).await;
    let first = queue.claim(9).await;
    let payloads = first.iter().map(|job| &*job.payload).collect::<Vec<_>>();
    assert_eq!(payloads, ["a1", "b1", "without"]);
    assert!(queue.claim(9).await.is_empty());
    queue.done(&first[0]).await;
    assert_eq!(queue.payloads().await, ["a2"]);
    queue.done(&first[1]).await;
    assert_eq!(queue.payloads().await, ["b2"]);
}

pub async fn a_retried_job_holds_its_key_and_a_parked_one_frees_it(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    for payload in ["a1", "a2"] {
        queue.push_of_key("a", payload).await;
    }
    let first = queue.claim(9).await.pop().unwrap();
    let retry = End::Retry {
        due: queue.now + 5_000,
        reason: "later".to_owned(),
    };
    queue.settle(&first, retry).await;
    assert!(queue.claim(9).await.is_empty());
    let later = queue.later(Duration::from_secs(5));
    let again = later.claim(9).await.pop().unwrap();
    assert_eq!(again.payload, "a1");
    later.settle(&again, park()).await;
    assert_eq!(later.payloads().await, ["a2"]);
}

pub async fn two_jobs_of_a_key_never_run_at_once(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let running = Arc::new(Mutex::new(HashSet::<String>::new()));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let queue = queue.clone();
        tasks.spawn(async move {
            for n in 0..10 {
                let key = format!("{}", n % 3);
                queue.push_of_key(&key, &key).await;
            }
            0
        });
    }
    for _ in 0..4 {
        let (queue, running) = (queue.clone(), Arc::clone(&running));
        tasks.spawn(async move {
            let (mut done, mut idle) = (0, 0);
            while idle < 50 {
                let claimed = queue.claim(5).await;
                idle = if claimed.is_empty() { idle + 1 } else { 0 };
                for job in &claimed {
                    // The payload is the key.
                    let is_first = running.lock().unwrap().insert(job.payload.clone());
                    assert!(is_first, "two jobs of the key {} run", job.payload);
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
                for job in &claimed {
                    running.lock().unwrap().remove(&job.payload);
                    queue.done(job).await;
                    done += 1;
                }
            }
            done
        });
    }
    let done = tasks.join_all().await.into_iter().sum::<u32>();
    assert_eq!(done, 40);
}

pub async fn a_unique_key_is_taken_until_the_job_is_done(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    assert!(queue.push(queue.unique("a")).await.id().is_some());
    assert_eq!(queue.push(queue.unique("a")).await, Pushed::Duplicate);
    assert!(queue.push(queue.unique("b")).await.id().is_some());
    let claimed = queue.claim(9).await;
    assert_eq!(claimed.len(), 2);
    assert_eq!(queue.push(queue.unique("a")).await, Pushed::Duplicate);
    let retry = End::Retry {
        due: queue.now,
        reason: "later".to_owned(),
    };
    queue.settle(&claimed[0], retry).await;
    assert_eq!(queue.push(queue.unique("a")).await, Pushed::Duplicate);
    let again = queue.claim(9).await.pop().unwrap();
    queue.done(&again).await;
    assert!(queue.push(queue.unique("a")).await.id().is_some());
}

pub async fn a_parked_job_frees_its_unique_key(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    queue.push(queue.unique("a")).await;
    let first = queue.claim(1).await.pop().unwrap();
    queue.settle(&first, park()).await;
    assert!(queue.push(queue.unique("a")).await.id().is_some());
    // The parked one cannot run again while the other one has the key.
    let one = Which::One(first.receipt.job.clone());
    let error = queue.backend.requeue(one, queue.now).await.unwrap_err();
    assert!(error.to_string().contains("unique key"), "{error}");
    let some = Which::Some(queue.name.to_owned(), 9);
    assert_eq!(queue.backend.requeue(some.clone(), queue.now).await.unwrap(), 0);
    let second = queue.claim(1).await.pop().unwrap();
    queue.done(&second).await;
    assert_eq!(queue.backend.requeue(some, queue.now).await.unwrap(), 1);
    assert_eq!(queue.push(queue.unique("a")).await, Pushed::Duplicate);
}

pub async fn a_unique_key_may_be_taken_for_a_time(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let unique_for = Some(10_000);
    let job = NewJob { unique_for, ..queue.unique("a") };
    queue.push(job.clone()).await;
    let first = queue.claim(1).await.pop().unwrap();
    queue.done(&first).await;
    assert_eq!(queue.push(job.clone()).await, Pushed::Duplicate);
    let later = queue.later(Duration::from_secs(10));
    assert!(later.push(job.clone()).await.id().is_some());
    // An unfinished job keeps the key for longer.
    let much_later = queue.later(Duration::from_secs(100));
    assert_eq!(much_later.push(job).await, Pushed::Duplicate);
}

pub async fn one_of_many_publishers_gets_a_unique_key(backend: Arc<dyn Backend>) {
    let queue = Queue::new(backend).await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..32 {
        let queue = queue.clone();
        tasks.spawn(async move { queue.push(queue.unique(&format!("{}", n % 4))).await });
    }
    let pushed = tasks.join_all().await;
    assert_eq!(pushed.iter().filter(|pushed| pushed.id().is_some()).count(), 4);
    assert_eq!(queue.ids(State::Waiting).await.len(), 4);
}
