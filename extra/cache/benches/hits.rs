//! The time of a hit, next to other ways to keep a value.
//!
//! ```sh
//! cargo bench -p highball-cache
//! ```
//!
//! It prints the nanoseconds of a read on each thread, for keys that are chosen at random from one or from a thousand.
//! It is the best of several rounds, since other work on the machine only adds time. All values are `Arc<str>`, and all
//! ways compare the time of the value.

use std::{
    collections::HashMap,
    future::Future,
    hint::black_box,
    io,
    pin::pin,
    sync::{Arc, Barrier, Mutex},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use highball_cache::{Cache, Tag};

const READS: u64 = 100_000;
const ROUNDS: usize = 30;
const TTL: Duration = Duration::from_secs(3600);

type Value = Arc<str>;

fn value() -> Value {
    "the price of a product".into()
}

/// Polls a future that has its value at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut cx) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the value is in the cache"),
    }
}

/// Returns the nanoseconds of a read in the best round.
fn measure(threads: usize, keys: u64, read: &(impl Fn(u64) + Sync)) -> f64 {
    let times = (0..ROUNDS).map(|_| round(threads, keys, read));
    times.fold(f64::INFINITY, f64::min)
}

fn round(threads: usize, keys: u64, read: &(impl Fn(u64) + Sync)) -> f64 {
    let barrier = Barrier::new(threads);
    let longest = thread::scope(|scope| {
        let run = || {
            let mut key = 0_u64;
            barrier.wait();
            let begun = Instant::now();
            for _ in 0..READS {
                // A step of a generator that is quick and visits all keys.
                key = key.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                read((key >> 33) % keys);
            }
            begun.elapsed()
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let times = running
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        times.max().expect("there is a thread")
    });
    longest.as_secs_f64() * 1e9 / READS as f64
}

fn row(name: &str, read: impl Fn(u64) + Sync) {
    let cells = [(1, 1), (2, 1), (1, 1000), (2, 1000)];
    let times = cells.map(|(threads, keys)| format!("{:.0}", measure(threads, keys, &read)));
    println!("| {name} | {} |", times.join(" | "));
}

fn main() {
    println!("| ns of a read | 1 thread, 1 key | 2 threads | 1 thread, 1,000 keys | 2 threads |");
    println!("|---|---|---|---|---|");
    let cache = Cache::<u64, Value>::builder(TTL).build();
    let tagged = Cache::<u64, Value>::builder(TTL)
        .tags_by(|key| [Tag::new("product", key), "products".into()])
        .build();
    let future = moka::future::Cache::builder()
        .max_capacity(10_000)
        .time_to_live(TTL)
        .build();
    let sync = moka::sync::Cache::builder()
        .max_capacity(10_000)
        .time_to_live(TTL)
        .build();
    let map = Mutex::new(HashMap::new());
    for key in 0..1000 {
        cache.insert(key, value());
        tagged.insert(key, value());
        now(future.insert(key, value()));
        sync.insert(key, value());
        map.lock()
            .expect("no panic")
            .insert(key, (value(), Instant::now()));
    }
    let load = || async { Ok::<_, io::Error>(value()) };
    row("`Cache::get`", |key| {
        drop(black_box(now(cache.get(key, load))));
    });
    row("`Cache::get`, two tags", |key| {
        drop(black_box(now(tagged.get(key, load))));
    });
    row("`Cache::peek`", |key| drop(black_box(cache.peek(&key))));
    row("moka, `future::Cache::get_with`", |key| {
        drop(black_box(now(future.get_with(key, async { value() }))));
    });
    row("moka, `sync::Cache::get`", |key| {
        drop(black_box(sync.get(&key)));
    });
    row("`Mutex<HashMap>`", |key| {
        let map = map.lock().expect("no panic");
        let found = map.get(&key).filter(|(_, stored)| stored.elapsed() < TTL);
        drop(black_box(found.map(|(value, _)| Arc::clone(value))));
    });
}
