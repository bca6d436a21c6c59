//! Many waiting jobs of one key hold up no others.

use std::time::Duration;

use highball_db::{Database, Pool};
use highball_faults::{Folder, Schema};
use highball_jobs::{
    Sql,
    backend::{Backend, Claim, Claimed, End, NewJob},
};

use crate::places::{file, postgres};

const NOW: i64 = 1_000_000;

struct Queue<D: Database>(Sql<D>);

impl<D: Database> Queue<D> {
    async fn new(pool: &Pool<D>) -> Self {
        let backend = Sql::new(pool);
        backend.prepare().await.expect("tables");
        Self(backend)
    }

    async fn push(&self, keys: impl IntoIterator<Item = String>) {
        let jobs = keys.into_iter().map(|key| NewJob {
            name: "points".into(),
            version: 1,
            payload: key.clone(),
            order_key: Some(key).filter(|key| key != "-"),
            due: NOW,
            ..NewJob::default()
        });
        self.0
            .push(jobs.collect(), NOW)
            .await
            .expect("they are stored");
    }

    /// Claims jobs, and returns them in the order of their payloads, which are their keys.
    async fn claim(&self, most: usize) -> Vec<Claimed> {
        let claim = Claim {
            name: "points",
            version: 1,
            most,
            suspect: false,
            rate: None,
            limit: None,
            worker: "worker".to_owned(),
            lease: Duration::from_secs(60),
        };
        let mut claimed = self.0.claim(claim, NOW).await.expect("a claim");
        claimed.sort_by(|a, b| a.payload.cmp(&b.payload));
        claimed
    }

    async fn keys(&self, most: usize) -> Vec<String> {
        let claimed = self.claim(most).await;
        claimed.into_iter().map(|job| job.payload).collect()
    }

    async fn done(&self, job: &Claimed) {
        let settled = self.0.settle(job.receipt.clone(), End::Done, NOW).await;
        assert!(settled.expect("it is stored"));
    }
}

fn named(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

async fn other_keys_pass_many_jobs_of_a_key<D: Database>(pool: &Pool<D>) {
    let queue = Queue::new(pool).await;
    queue.push(vec!["m".to_owned(); 1000]).await;
    queue.push(named(&["a", "a", "z", "", "-", "-"])).await;
    let first = queue.claim(9).await;
    let keys = first.iter().map(|job| job.payload.as_str());
    assert_eq!(keys.collect::<Vec<_>>(), ["", "-", "-", "a", "m", "z"]);
    assert!(queue.claim(9).await.is_empty());
    for job in &first {
        queue.done(job).await;
    }
    assert_eq!(queue.keys(9).await, ["a", "m"]);
}

async fn each_of_many_keys_has_its_turn<D: Database>(pool: &Pool<D>) {
    let queue = Queue::new(pool).await;
    queue.push(vec!["m".to_owned(); 600]).await;
    // More keys than a claim visits, and those that run stay in the way.
    queue.push((0..450).map(|n| format!("n{n:03}"))).await;
    let mut claimed = Vec::new();
    for _ in 0..120 {
        claimed.extend(queue.keys(10).await);
    }
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), 451);
}

#[tokio::test]
async fn other_keys_pass_many_jobs_of_a_key_in_sqlite() {
    let folder = Folder::new();
    other_keys_pass_many_jobs_of_a_key(&file(&folder)).await;
}

#[tokio::test]
async fn other_keys_pass_many_jobs_of_a_key_in_postgres() {
    if let Some(schema) = Schema::new().await {
        other_keys_pass_many_jobs_of_a_key(&postgres(&schema)).await;
    }
}

#[tokio::test]
async fn each_of_many_keys_has_its_turn_in_sqlite() {
    let folder = Folder::new();
    each_of_many_keys_has_its_turn(&file(&folder)).await;
}

#[tokio::test]
async fn each_of_many_keys_has_its_turn_in_postgres() {
    if let Some(schema) = Schema::new().await {
        each_of_many_keys_has_its_turn(&postgres(&schema)).await;
    }
}
