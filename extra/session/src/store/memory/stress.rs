//! The store in memory with several threads.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{
    tests::{END, check, counts, create, data, has, head, key, sweep},
    *,
};

/// Several requests of one client come with the key of before, while one of them renews it.
#[test]
fn a_session_is_found_while_its_key_changes() {
    // Kept keys are dropped after four more renewals.
    check_renewals(Some(END), 3, |store, number| {
        store.load(&key(number), 0).is_some()
    });
    // Otherwise, one of the two keys leads to the session until the next renewal begins.
    check_renewals(None, 1, |store, number| {
        has(store, number) || has(store, number + 1)
    });
}

/// Renews a session while another thread finds it. This may fail only after `limit` more renewals.
fn check_renewals(kept: Option<Millis>, limit: u64, find: impl Fn(&Memory, u64) -> bool) {
    const RENEWALS: u64 = 100_000;
    let (store, current) = (Memory::new(), AtomicU64::new(0));
    assert!(create(&store, 0, None));
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..=RENEWALS {
                assert!(store.replace(&key(number - 1), &key(number), &head(None), kept));
                current.store(number, Ordering::Release);
            }
        });
        let mut number = 0;
        while number < RENEWALS {
            number = current.load(Ordering::Acquire);
            let is_found = find(&store, number);
            let is_due = current.load(Ordering::Acquire) < number + limit;
            assert!(is_found || !is_due, "the session {number}");
        }
    });
}

/// How long the threads of the stress test run.
const STRESS: Duration = Duration::from_secs(2);
/// The number of sessions that they share.
const SHARED: u64 = 16;

/// The maps are not modelled, so threads do everything with few keys for some seconds.
#[test]
fn threads_do_everything_with_few_sessions() {
    let store = Memory::new().max_sessions(SHARED as usize / 2);
    let (stop, seeds) = (AtomicBool::new(false), AtomicU64::new(1));
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let seed = seeds.fetch_add(1, Ordering::Relaxed);
                let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
                while !stop.load(Ordering::Relaxed) {
                    step(&store, &mut random);
                }
            });
        }
        let begin = Instant::now();
        while begin.elapsed() < STRESS {
            assert!(store.lock().due.len() <= SHARED as usize / 2);
        }
        stop.store(true, Ordering::Relaxed);
    });
    let (sessions, kept) = counts(&store);
    check(&store, sessions, kept);
    assert!(kept <= 4 * sessions);
    sweep(&store, Millis::MAX);
    check(&store, 0, 0);
}

fn step(store: &Memory, random: &mut u64) {
    *random ^= *random >> 12;
    *random ^= *random << 25;
    *random ^= *random >> 27;
    let random = random.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16;
    let (first, second) = (key(random % SHARED), key(random / 64 % SHARED));
    let user = ["a", "b", "c"][(random / 1_024 % 3) as usize];
    let now = random / 4_096 % END;
    match random / 8_388_608 % 16 {
        0 => drop(store.create(&first, &head(None))),
        1 => drop(store.create(&first, &head(Some(user)))),
        2 => drop(store.end(&first)),
        3 => drop(store.replace(&first, &second, &head(Some(user)), Some(now))),
        4 => drop(store.replace(&first, &second, &head(None), None)),
        5 => drop(sweep(store, now)),
        6 => assert_users(store, user),
        7..10 => store.touch(&first, now, now + END / 2),
        10..13 => drop(store.put(&first, "cart", random % 3, &data())),
        _ => drop(store.load(&first, now)),
    }
}

fn assert_users(store: &Memory, user: &str) {
    for (_, head) in store.of_user(user) {
        assert_eq!(head.user.as_deref(), Some(user));
    }
}
