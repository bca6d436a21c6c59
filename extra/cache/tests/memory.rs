//! The memory of a cache that is given a million keys. It is alone in its process, whose memory it reads.

use std::{fs, io, time::Duration};

use highball_cache::{Cache, Tag};

/// The memory of the process in bytes, or 0 where Linux does not report it.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<u64>().ok());
    pages.unwrap_or(0) * 4096
}

#[tokio::test]
async fn a_million_keys_stay_within_the_bounds() {
    const MAX: u64 = 8 << 20;
    let cache = Cache::<String, String>::builder(Duration::from_secs(60))
        .weight(MAX, |key, value| (key.len() + value.len()) as u64)
        .tags_by(|key| [Tag::new("page", key)])
        .build();
    let mut after_warming = 0;
    for idx in 0..1_000_000_u64 {
        let key = format!("/page?utm={idx}-{}", fastrand::u64(..));
        if idx % 100 == 0 {
            let load = || async { Ok::<_, io::Error>("x".repeat(200)) };
            cache.get(key, load).await.expect("it works");
        } else {
            cache.insert(key, "x".repeat(200));
        }
        if idx == 100_000 {
            after_warming = resident();
        }
    }
    let stats = cache.stats();
    let growth = resident().saturating_sub(after_warming);
    println!("{stats:?}, grown by {} KiB", growth >> 10);
    assert!(stats.weight <= MAX, "{stats:?}");
    assert!(stats.entries > 10_000, "{stats:?}");
    assert!(growth < 8 << 20, "{growth}");
}
