//! The store in memory: its limit, its sweep, and its memory.

use std::thread;

use super::*;

pub(super) const END: Millis = 1_000;

pub(super) fn key(number: u64) -> Key {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    Key::new(bytes)
}

pub(super) fn head(user: Option<&str>) -> Head {
    Head {
        user: user.map(str::to_owned),
        seen: 1,
        expires: END,
        ..Head::default()
    }
}

pub(super) fn create(store: &Memory, number: u64, user: Option<&str>) -> bool {
    store
        .create(&key(number), &head(user))
        .expect("there is room")
}

pub(super) fn sweep(store: &Memory, now: Millis) -> usize {
    let mut sweep = store.sweep(now);
    while sweep.step() {}
    sweep.removed()
}

/// Returns whether there is a session.
pub(super) fn has(store: &Memory, number: u64) -> bool {
    store.load(&key(number), 0).is_some()
}

/// Returns the number of sessions, and the number of keys that are kept.
pub(super) fn counts(store: &Memory) -> (usize, usize) {
    let map = store.map.pin();
    let live = map.values().filter(|entry| matches!(entry, Entry::Live(_)));
    let kept = map
        .values()
        .filter(|entry| matches!(entry, Entry::Kept { .. }));
    let counts = (live.count(), kept.count());
    assert_eq!(map.len(), counts.0 + counts.1, "no key is incoming");
    counts
}

/// Asserts that the map and the index contain `sessions` sessions and `kept` keys that are kept.
pub(super) fn check(store: &Memory, sessions: usize, kept: usize) {
    let index = store.lock();
    assert_eq!(counts(store), (sessions, kept));
    assert_eq!(index.due.len(), sessions, "due");
    assert_eq!(index.anonymous.len() + index.users(), sessions, "users");
    assert_eq!(index.kept.len(), kept, "kept");
}

#[test]
fn the_oldest_session_without_a_user_is_removed_at_the_limit() {
    let store = Memory::new().max_sessions(3);
    for (number, user) in [(1, Some("a")), (2, None), (3, None)] {
        assert!(create(&store, number, user));
    }
    assert!(create(&store, 4, None));
    assert!(!has(&store, 2), "it is the oldest");
    assert!(create(&store, 5, Some("b")));
    assert!(!has(&store, 3), "now this is the oldest");
    assert!(has(&store, 1) && has(&store, 4) && has(&store, 5));
    check(&store, 3, 0);
}

#[test]
fn a_full_store_of_users_refuses_another_session() {
    let store = Memory::new().max_sessions(2);
    assert!(create(&store, 1, Some("a")) && create(&store, 2, Some("b")));
    let error = store
        .create(&key(3), &head(Some("c")))
        .expect_err("it is full");
    let message = "the store of the sessions has failed: it has 2 sessions, which is its limit, and all have users";
    assert_eq!(error.to_string(), message);
    assert!(!create(&store, 1, None), "this key is in use");
    check(&store, 2, 0);
    store.end(&key(1));
    assert!(create(&store, 3, Some("c")));
    assert!(
        Memory::new()
            .max_sessions(0)
            .create(&key(1), &head(None))
            .is_err()
    );
}

#[test]
fn a_flood_of_visitors_ends_no_login() {
    let store = Memory::new().max_sessions(2_000);
    for number in 0..1_000 {
        assert!(create(
            &store,
            number,
            Some(&format!("user {}", number % 10))
        ));
    }
    for number in 1_000..100_000 {
        assert!(create(&store, number, None));
    }
    assert!((0..1_000).all(|number| has(&store, number)));
    assert_eq!(store.of_user("user 7").len(), 100);
    check(&store, 2_000, 0);
}

#[test]
fn a_visitor_that_comes_back_survives_a_flood() {
    let store = Memory::new().max_sessions(100);
    assert!(create(&store, 0, None));
    for number in 1..10_000 {
        store.touch(&key(0), number, number + END);
        let mut head = head(None);
        (head.seen, head.expires) = (number, number + END);
        assert!(store.create(&key(number), &head).expect("there is room"));
    }
    assert!(has(&store, 0));
    check(&store, 100, 0);
}

#[test]
fn expired_logins_make_room_without_a_sweep() {
    let store = Memory::new().max_sessions(100);
    for number in 0..100 {
        assert!(create(&store, number, Some("zoe")));
    }
    assert!(store.create(&key(100), &head(Some("zoe"))).is_err());
    let mut later = head(Some("zoe"));
    (later.seen, later.expires) = (END + 1, 2 * END);
    assert!(store.create(&key(100), &later).expect("there is room"));
    assert!(!has(&store, 0));
}

/// A touch of all sessions must not make one call update the order of all.
#[test]
fn one_call_spares_few_sessions() {
    let store = Memory::new().max_sessions(1_000);
    for number in 0..1_000 {
        assert!(create(&store, number, None));
    }
    for number in 0..1_000 {
        store.touch(&key(number), 2, END);
    }
    assert!(create(&store, 1_000, None));
    let index = store.lock();
    let updated = index.anonymous.iter().filter(|(seen, _)| *seen == 2);
    assert_eq!(updated.count(), MAX_SPARED);
}

#[test]
fn a_sweep_removes_exactly_what_has_expired() {
    let store = Memory::new();
    for number in 0..1_000 {
        let mut head = head((number % 3 == 0).then_some("a"));
        head.expires = END + number;
        assert!(store.create(&key(number), &head).expect("there is room"));
    }
    assert_eq!(sweep(&store, END - 1), 0);
    assert_eq!(sweep(&store, END + 499), 500);
    assert!(!has(&store, 499) && has(&store, 500));
    assert_eq!(store.of_user("a").len(), 167);
    check(&store, 500, 0);
    assert_eq!(sweep(&store, Millis::MAX), 500);
    check(&store, 0, 0);
}

#[test]
fn a_touched_session_expires_at_its_new_time() {
    let store = Memory::new();
    assert!(create(&store, 1, None) && create(&store, 2, None));
    store.touch(&key(1), 2, END + 100);
    assert_eq!(sweep(&store, END + 99), 1);
    assert!(has(&store, 1));
    assert_eq!(sweep(&store, END + 100), 1);
    check(&store, 0, 0);
}

#[test]
fn more_sessions_than_the_ring_holds_can_expire_earlier() {
    let many = 3 * MAX_EARLY as u64;
    let store = Memory::new();
    for count in [10, many] {
        for number in 0..count {
            assert!(create(&store, number, None));
            store.touch(&key(number), 2, END / 2);
        }
        assert!(create(&store, many, None));
        assert_eq!(sweep(&store, END / 2) as u64, count);
        assert_eq!(sweep(&store, END), 1);
        check(&store, 0, 0);
    }
}

#[test]
fn the_end_of_a_session_does_not_end_a_later_one_with_its_key() {
    let store = Memory::new();
    assert!(create(&store, 1, None));
    store.end(&key(1));
    let mut head = head(None);
    head.expires = 2 * END;
    assert!(store.create(&key(1), &head).expect("there is room"));
    assert_eq!(sweep(&store, END), 0);
    assert!(has(&store, 1));
}

#[test]
fn a_session_that_expires_later_after_a_replace_is_not_removed() {
    let store = Memory::new();
    assert!(create(&store, 1, None));
    let mut head = head(Some("a"));
    head.expires = 2 * END;
    assert!(store.replace(&key(1), &key(2), &head, None));
    store.touch(&key(1), 5, 5);
    assert_eq!(sweep(&store, END), 0);
    assert_eq!(store.of_user("a").len(), 1);
    assert_eq!(sweep(&store, 2 * END), 1);
    check(&store, 0, 0);
}

#[test]
fn kept_keys_are_bounded_and_expire() {
    let store = Memory::new();
    assert!(create(&store, 0, Some("a")));
    for number in 0..10_000 {
        let until = Some(number + 10);
        assert!(store.replace(&key(number), &key(number + 1), &head(Some("a")), until));
    }
    check(&store, 1, 4);
    assert!(store.load(&key(9_999), 0).is_some());
    assert!(store.load(&key(9_990), 0).is_none());
    // The times of the four are 10,006 to 10,009.
    let mut sweep_to = store.sweep(10_007);
    assert!(!sweep_to.step());
    check(&store, 0, 0);
}

#[test]
fn a_sweep_drops_the_kept_keys_of_a_live_session() {
    let store = Memory::new();
    assert!(create(&store, 0, None));
    for number in 0..3 {
        let until = Some(100 + number);
        assert!(store.replace(&key(number), &key(number + 1), &head(None), until));
    }
    check(&store, 1, 3);
    assert_eq!(sweep(&store, 101), 0);
    check(&store, 1, 1);
    assert!(store.load(&key(2), 101).is_some());
    assert!(create(&store, 0, None), "the key is free");
    store.end(&key(3));
    check(&store, 1, 0);
}

#[test]
fn nothing_is_left_of_sessions_that_have_ended() {
    let store = Memory::new();
    for number in 0..20_000 {
        let (first, second) = (key(2 * number), key(2 * number + 1));
        assert!(create(&store, 2 * number, None));
        let user = format!("user {number}");
        store.put(&first, "cart", 0, &data());
        assert!(store.replace(&first, &second, &head(Some(&user)), Some(END)));
        store.touch(&second, 2, 2);
        store.end(&second);
    }
    check(&store, 0, 0);
}

#[test]
fn a_panic_of_another_thread_does_not_stop_the_store() {
    let store = Memory::new();
    assert!(create(&store, 1, None));
    thread::scope(|scope| {
        let panic = scope.spawn(|| {
            let _index = store.lock();
            panic!("a test");
        });
        assert!(panic.join().is_err());
    });
    assert!(create(&store, 2, None));
    assert_eq!(sweep(&store, END), 2);
}

#[test]
fn the_last_times_are_times_like_others() {
    let store = Memory::new();
    let mut last = head(None);
    (last.seen, last.expires) = (Millis::MAX, Millis::MAX);
    assert!(store.create(&key(1), &last).expect("there is room"));
    store.touch(&key(1), Millis::MAX, Millis::MAX);
    assert_eq!(sweep(&store, Millis::MAX - 1), 0);
    assert_eq!(sweep(&store, Millis::MAX), 1);
    let first = Head::default();
    assert!(store.create(&key(1), &first).expect("there is room"));
    assert!(store.replace(&key(1), &key(2), &first, Some(0)));
    assert_eq!(sweep(&store, 0), 1);
    check(&store, 0, 0);
}

pub(super) fn data() -> Data {
    Data {
        schema: 1,
        json: b"[1,2,3]".into(),
    }
}
