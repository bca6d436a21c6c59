//! After an invalidation no later call gets an older value.

use std::{
    collections::HashMap,
    env,
    future::Future,
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use highball_cache::{Cache, Tag, Tags};
use tokio::{task::JoinSet, task::yield_now};

use crate::{MINUTE, SEC, Source, millis, plain};

/// The rounds of a short run, and with `CI_FULL=1`.
const ROUNDS: [u64; 2] = [10_000, 100_000];
const READERS: usize = 8;

fn rounds() -> u64 {
    ROUNDS[usize::from(env::var_os("CI_FULL").is_some())]
}

/// Changes a version and invalidates it, over and over, while others read it. Returns the number of reads, and how many
/// of them returned a version that was invalidated before the read began.
async fn count_older<Read, Reading>(
    rounds: u64,
    version: &Arc<AtomicU64>,
    read: Read,
    invalidate: impl Fn(u64),
) -> (u64, u64)
where
    Read: Fn() -> Reading + Clone + Send + 'static,
    Reading: Future<Output = u64> + Send,
{
    let invalidated = Arc::new(AtomicU64::new(0));
    let is_over = Arc::new(AtomicBool::new(false));
    let total = Arc::new(AtomicU64::new(0));
    let mut readers = JoinSet::new();
    for _ in 0..READERS {
        let (read, invalidated) = (read.clone(), Arc::clone(&invalidated));
        let (is_over, total) = (Arc::clone(&is_over), Arc::clone(&total));
        readers.spawn(async move {
            let (mut reads, mut older) = (0, 0);
            while !is_over.load(Ordering::SeqCst) {
                let floor = invalidated.load(Ordering::SeqCst);
                older += u64::from(read().await < floor);
                reads += 1;
                total.fetch_add(1, Ordering::SeqCst);
                yield_now().await;
            }
            (reads, older)
        });
    }
    for round in 1..=rounds {
        version.store(round, Ordering::SeqCst);
        invalidate(round);
        invalidated.store(round, Ordering::SeqCst);
        // Some reads end meanwhile, often while another computes the value.
        let until = total.load(Ordering::SeqCst) + fastrand::u64(..4);
        while total.load(Ordering::SeqCst) < until {
            yield_now().await;
        }
    }
    is_over.store(true, Ordering::SeqCst);
    let counts = readers.join_all().await.into_iter();
    counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1))
}

async fn load(version: Arc<AtomicU64>) -> io::Result<u64> {
    let value = version.load(Ordering::SeqCst);
    yield_now().await;
    Ok(value)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_later_call_gets_an_older_value() {
    let cache = plain(MINUTE)
        .tags_by(|key| [Tag::new("key", key), "all".into()])
        .build();
    let version = Arc::new(AtomicU64::new(0));
    let read = {
        let (cache, version) = (cache.clone(), Arc::clone(&version));
        move || {
            let (cache, version) = (cache.clone(), Arc::clone(&version));
            async move { cache.get(1, || load(version)).await.expect("it works") }
        }
    };
    let invalidate = |round| match round % 4 {
        0 => cache.invalidate(&1),
        1 => cache.invalidate_tag(Tag::new("key", 1)),
        2 => cache.invalidate_tag("all"),
        _ => cache.clear(),
    };
    let (reads, older) = count_older(rounds(), &version, read, invalidate).await;
    let stats = cache.stats();
    println!(
        "by stamps: {older} older of {reads} reads, {} computations",
        stats.loads
    );
    assert_eq!(older, 0);
    assert!(stats.loads > 1000, "{stats:?}");
    assert!(stats.hits > 1000, "{stats:?}");
}

/// The control: an invalidation that removes the stored value alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn removing_alone_is_not_enough() {
    let map = Arc::new(Mutex::new(HashMap::new()));
    let version = Arc::new(AtomicU64::new(0));
    let read = {
        let (map, version) = (Arc::clone(&map), Arc::clone(&version));
        move || {
            let (map, version) = (Arc::clone(&map), Arc::clone(&version));
            async move {
                let stored = map.lock().expect("no panic").get(&1).copied();
                if let Some(value) = stored {
                    return value;
                }
                let value = load(version).await.expect("it works");
                map.lock().expect("no panic").insert(1, value);
                value
            }
        }
    };
    let remove = |_| {
        map.lock().expect("no panic").remove(&1);
    };
    let (reads, older) = count_older(rounds(), &version, read, remove).await;
    println!("by removal: {older} older of {reads} reads");
    assert!(older > 0);
}

#[tokio::test(start_paused = true)]
async fn a_computation_that_began_before_is_returned_and_not_stored() {
    let invalidations: [fn(&Cache<u64, u64>); 4] = [
        |cache| cache.invalidate(&1),
        |cache| cache.invalidate_tag("numbers"),
        Cache::clear,
        |cache| cache.insert(1, 100),
    ];
    for (idx, invalidate) in invalidations.into_iter().enumerate() {
        let (cache, source) = (
            plain(MINUTE).tags_by(|_| ["numbers"]).build(),
            Source::default(),
        );
        let first = cache.get(1, || source.clone().read(SEC));
        let during = async {
            tokio::time::sleep(millis(500)).await;
            invalidate(&cache);
            cache.get(1, || source.clone().read(SEC)).await
        };
        let (first, second) = tokio::join!(first, during);
        let expected = if idx == 3 { 100 } else { 2 };
        assert_eq!(first.expect("it works"), 1);
        assert_eq!(second.expect("it works"), expected);
        assert_eq!(cache.peek(&1), Some(expected));
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalidated_value_is_no_old_value() {
    let cache = plain(SEC)
        .stale(MINUTE)
        .on_error(MINUTE)
        .tags_by(|_| ["numbers"])
        .build();
    cache.insert(1, 1);
    cache.invalidate_tag("numbers");
    assert!(cache.get(1, crate::fail).await.is_err());
}

#[tokio::test]
async fn caches_share_tags() {
    let tags = Tags::new();
    let cache = || {
        plain(MINUTE)
            .share_tags(&tags)
            .tags_by(|key| [Tag::new("key", key)])
    };
    let (one, two) = (cache().build(), cache().build());
    for key in [1, 2] {
        one.insert(key, 10);
        two.insert(key, 20);
    }
    one.invalidate_tag(Tag::new("key", 1));
    assert_eq!((one.peek(&1), two.peek(&1)), (None, None));
    assert_eq!((one.peek(&2), two.peek(&2)), (Some(10), Some(20)));
    // Only its own values.
    one.clear();
    assert_eq!((one.peek(&2), two.peek(&2)), (None, Some(20)));
}
