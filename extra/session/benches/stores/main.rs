//! The store in memory next to maps that a store could be.
//!
//! ```sh
//! cargo bench -p highball-session
//! ```
//!
//! Each thread loads a session and touches it, or begins a session in 1 % or 10 % of the steps. The maps have no limit,
//! no index by user and no order of expiry, and they hash with their defaults. They return the same owned data. In each
//! round all stores run one after the other, so a disturbance of the machine hits all of them, and the table has the
//! medians of the ratios within the rounds.

mod peers;

use std::{
    hint::black_box,
    pin::pin,
    sync::Barrier,
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use highball_session::{
    Key,
    store::{Data, Head, Memory, Slot, Store},
};
use peers::{Map, NAMES, ready, stores};

const SESSIONS: u64 = 50_000;
const STEPS: u64 = 100_000;
const ROUNDS: usize = 7;

fn main() {
    // `cargo test --all-targets` runs it too, without this argument.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    compare();
    bytes_of_a_session();
    time_of_a_sweep();
    churn();
}

fn compare() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = [1, cores];
    let cases = threads.into_iter().flat_map(|n| [(n, 1), (n, 10)]);
    println!(
        "| threads | inserts | highball, ns a step | {} |",
        NAMES[1..].join(" | ")
    );
    println!("|---|---|---|{}", "---|".repeat(NAMES.len() - 1));
    for (threads, inserts) in cases {
        let mut times = NAMES.map(|_| Vec::new());
        for round in 0..=ROUNDS {
            for (idx, store) in stores().into_iter().enumerate() {
                let time = run(&*store, threads, inserts);
                // The first round warms up.
                if round > 0 {
                    times[idx].push(time.as_secs_f64());
                }
            }
        }
        print_row(threads, inserts, &times);
    }
    println!(
        "\nA ratio is the time of the map over the time of highball: above 1, highball is faster."
    );
}

fn print_row(threads: usize, inserts: u64, times: &[Vec<f64>; 6]) {
    let nanos = median(times[0].clone()) * 1e9 / (STEPS * threads as u64) as f64;
    print!("| {threads} | {inserts} % | {nanos:.0} |");
    for map in &times[1..] {
        let ratios = map.iter().zip(&times[0]).map(|(map, own)| map / own);
        print!(" {:.2} |", median(ratios.collect()));
    }
    println!();
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Returns how long it takes until all threads have made their steps.
fn run(store: &dyn Map, threads: usize, inserts: u64) -> Duration {
    for number in 0..SESSIONS {
        create(store, number);
    }
    let begin = Barrier::new(threads + 1);
    thread::scope(|scope| {
        let steps = |thread: usize| {
            begin.wait();
            steps(store, thread as u64 + 1, inserts);
        };
        let handles = (0..threads).map(|thread| scope.spawn(move || steps(thread)));
        let handles = handles.collect::<Vec<_>>();
        begin.wait();
        let begun = Instant::now();
        for handle in handles {
            handle.join().expect("no panic");
        }
        begun.elapsed()
    })
}

fn steps(store: &dyn Map, thread: u64, inserts: u64) {
    let mut random = thread.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    for step in 0..STEPS {
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        let number = random.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16;
        if number % 100 < inserts {
            create(store, (thread << 32) + step);
        } else {
            let key = key(number % SESSIONS);
            black_box(store.load(&key).is_some());
            store.touch(&key, step, HOUR + step);
        }
    }
}

const HOUR: u64 = 3_600_000;

/// Returns a key with random bytes, as a hash has.
fn key(number: u64) -> Key {
    let mut bytes = [0; 32];
    let mut state = number;
    for word in bytes.chunks_exact_mut(8) {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        word.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes());
    }
    Key::new(bytes)
}

fn head(number: u64, expires: u64) -> Head {
    let mut head = Head::default();
    head.user = number
        .is_multiple_of(2)
        .then(|| format!("user {}", number / 4));
    head.expires = expires;
    head
}

fn create(store: &dyn Map, number: u64) {
    create_until(store, number, HOUR);
}

fn create_until(store: &dyn Map, number: u64, expires: u64) {
    let data = Data {
        schema: 1,
        json: vec![b'x'; 200],
    };
    let slots = vec![("cart".to_owned(), Slot { version: 1, data })];
    store.create(key(number), head(number, expires), slots);
}

/// The memory that the process has, in bytes.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or(0) * 4096
}

fn bytes_of_a_session() {
    // The allocator first uses the memory that earlier runs have freed.
    let warm = Memory::new().max_sessions(10_000_000);
    let mut number = 1 << 50;
    let begun = resident();
    while resident() < begun + (64 << 20) {
        create(&warm, number);
        number += 1;
    }
    let before = resident();
    for number in 0..200_000 {
        create(&warm, number);
    }
    println!(
        "\nA session with a slot of 200 bytes takes {} bytes.",
        (resident() - before) / 200_000
    );
}

fn sweep(store: &Memory, now: u64) -> usize {
    let mut cx = Context::from_waker(Waker::noop());
    let mut sweep = pin!(Store::sweep(store, now));
    loop {
        if let Poll::Ready(removed) = sweep.as_mut().poll(&mut cx) {
            return removed.expect("it answers");
        }
    }
}

fn time_of_a_sweep() {
    for expired in [0, 1_000, 100_000] {
        let store = Memory::new().max_sessions(10_000_000);
        for number in 0..100_000 {
            let expires = if number < expired { 1_000 } else { HOUR };
            create_until(&store, number, expires);
        }
        let begun = Instant::now();
        let slowest = thread::scope(|scope| {
            let creates = scope.spawn(|| slowest_create(&store));
            assert_eq!(sweep(&store, 1_000) as u64, expired);
            println!(
                "A sweep of 100000 sessions, of which {expired} have expired: {:?}.",
                begun.elapsed()
            );
            creates.join().expect("no panic")
        });
        println!("The slowest of 1000 new sessions at the same time: {slowest:?}.");
    }
}

fn slowest_create(store: &Memory) -> Duration {
    let times = (0..1_000).map(|number| {
        let begun = Instant::now();
        create(store, (2 << 50) + number);
        begun.elapsed()
    });
    times.max().unwrap_or_default()
}

/// Sessions that begin and end, and a flood of them at the limit, leave nothing.
fn churn() {
    let store = Memory::new().max_sessions(10_000);
    for round in 0..5 {
        for number in 0..200_000 {
            let number = (round << 40) + 2 * number + 1;
            create(&store, number);
            if number % 4 == 1 {
                ready(Store::end(&store, &key(number))).expect("it answers");
            }
        }
        println!(
            "After {} sessions: {} MiB.",
            (round + 1) * 200_000,
            resident() >> 20
        );
    }
}
