//! Disks that are slow or fail.

use std::{
    io::{Error, ErrorKind, Result},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use highball_jobs::backend::{Backend, Fault, State};
use redb::{Builder, StorageBackend};

use super::{NOW, claim, job};
use crate::{Redb, file::File, store::Store};

/// A disk in memory, which can be full.
#[derive(Debug, Clone, Default)]
struct Disk {
    bytes: Arc<Mutex<Vec<u8>>>,
    is_full: Arc<AtomicBool>,
    /// Nothing is synchronized while it hangs.
    hangs: Arc<AtomicBool>,
    syncs: Arc<AtomicU64>,
    /// A disk that is full reports it when it is synchronized.
    is_lazy: bool,
}

impl Disk {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().expect("no panic")
    }

    fn check(&self, is_sync: bool) -> Result<()> {
        match self.is_full.load(Relaxed) && is_sync == self.is_lazy {
            true => Err(Error::from(ErrorKind::StorageFull)),
            false => Ok(()),
        }
    }

    fn redb(&self) -> Redb {
        let disk = self.clone();
        let file = File::with(move || Builder::new().create_with_backend(disk.clone()));
        Redb::start("jobs.redb".to_owned(), Store::new(file)).expect("a thread")
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64> {
        Ok(self.bytes().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let begin = usize::try_from(offset).expect("an offset");
        out.copy_from_slice(&self.bytes()[begin..begin + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.check(false)?;
        self.bytes()
            .resize(usize::try_from(len).expect("a length"), 0);
        Ok(())
    }

    fn sync_data(&self) -> Result<()> {
        while self.hangs.load(Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.syncs.fetch_add(1, Relaxed);
        self.check(true)
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        self.check(false)?;
        let begin = usize::try_from(offset).expect("an offset");
        self.bytes()[begin..begin + data.len()].copy_from_slice(data);
        Ok(())
    }
}

#[tokio::test]
async fn a_full_disk_blocks_publishers_until_it_has_space() {
    for is_lazy in [false, true] {
        let disk = Disk {
            is_lazy,
            ..Disk::default()
        };
        let redb = disk.redb();
        redb.push(vec![job("before")], NOW)
            .await
            .expect("it is stored");
        let running = redb.claim(claim(1), NOW).await.expect("a claim").remove(0);

        disk.is_full.store(true, Relaxed);
        for _ in 0..3 {
            let error = redb
                .push(vec![job("lost")], NOW)
                .await
                .expect_err("it is full");
            assert_eq!(error.fault(), Fault::Blocked, "{error}");
            assert!(error.to_string().contains("free some space"), "{error}");
        }
        disk.is_full.store(false, Relaxed);

        let jobs = vec![running.receipt.job.clone()];
        let lease = Duration::from_secs(60);
        let renewed = redb.renew("worker".to_owned(), jobs.clone(), lease).await;
        assert_eq!(
            renewed.expect("an answer"),
            jobs,
            "its attempt has not ended"
        );
        redb.push(vec![job("after")], NOW)
            .await
            .expect("it is stored");
        let waiting = redb
            .list("points".to_owned(), State::Waiting, 9)
            .await
            .expect("a list");
        let payloads = waiting.iter().map(|job| &*job.payload).collect::<Vec<_>>();
        assert!(payloads.contains(&"after"), "{payloads:?}");
        // A disk that only reports the error late may have stored the job.
        assert!(is_lazy || payloads == ["after"], "{payloads:?}");
    }
}

#[tokio::test]
async fn a_claim_that_cannot_be_stored_gives_no_job() {
    let disk = Disk::default();
    let redb = disk.redb();
    redb.push(vec![job("1")], NOW).await.expect("it is stored");
    disk.is_full.store(true, Relaxed);
    redb.claim(claim(1), NOW).await.expect_err("it is full");
    disk.is_full.store(false, Relaxed);
    let claimed = redb.claim(claim(1), NOW).await.expect("a claim");
    assert_eq!(
        (claimed.len(), claimed[0].attempt, claimed[0].crashes),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn publishers_that_wait_share_a_commit() {
    let disk = Disk::default();
    let redb = disk.redb();
    let syncs = || disk.syncs.load(Relaxed);
    redb.push(vec![job("first")], NOW)
        .await
        .expect("it is stored");
    let before = syncs();
    redb.push(vec![job("alone")], NOW)
        .await
        .expect("it is stored");
    let of_one = syncs() - before;

    disk.hangs.store(true, Relaxed);
    let before = syncs();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let redb = redb.clone();
        tasks.spawn(async move { redb.push(vec![job("together")], NOW).await.map(drop) });
    }
    tokio::task::yield_now().await;
    assert!(
        tasks.try_join_next().is_none(),
        "none is acknowledged before the disk has it"
    );
    disk.hangs.store(false, Relaxed);
    for pushed in tasks.join_all().await {
        pushed.expect("it is stored");
    }
    // The first commit may have been under way when the others came.
    assert!(
        syncs() - before <= 2 * of_one,
        "{} of {of_one}",
        syncs() - before
    );
}
