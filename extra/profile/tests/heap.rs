//! The profile of the heap. With the feature, the test runs itself again: jemalloc reads its options at the start.

mod common;

use common::Running;
use highball::prelude::*;
use highball_profile::Profiles;

#[cfg(all(feature = "heap", target_os = "linux"))]
#[global_allocator]
static ALLOCATOR: highball_profile::Jemalloc = highball_profile::Jemalloc;

#[routes(app, admin = exposed("a test"))]
struct Api(Profiles);

#[cfg(not(all(feature = "heap", target_os = "linux")))]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heap_without_the_feature_is_a_501() {
    let running = Running::start(highball::serve(Api)).await;
    let reply = running.get("/debug/pprof/heap").await;
    assert_eq!(reply.status, 501, "{}", reply.head);
    assert!(reply.text().contains("feature `heap`"), "{}", reply.text());
    running.stop().await;
}

#[cfg(all(feature = "heap", target_os = "linux"))]
mod recorded {
    use std::{env, process::Command};

    use super::*;

    const OPTIONS: &str = "_RJEM_MALLOC_CONF";
    const SIZE: usize = 64 << 20;

    #[inline(never)]
    fn keep_much() -> Vec<u8> {
        vec![1; SIZE]
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_large_allocation_is_in_the_profile() {
        let running = Running::start(highball::serve(Api)).await;
        let kept = keep_much();
        let reply = running.get("/debug/pprof/heap").await;
        if env::var_os(OPTIONS).is_none() {
            assert_eq!(reply.status, 501, "{}", reply.head);
            assert!(reply.text().contains(OPTIONS), "{}", reply.text());
            running.stop().await;
            return run_again();
        }
        assert_eq!(reply.status, 200, "{}", reply.text());
        let profile = reply.profile();
        let samples = profile.samples();
        let large = samples.iter().filter(|(stack, _)| {
            let mut functions = stack.iter();
            functions.any(|function| function.ends_with("keep_much"))
        });
        let bytes: i64 = large.map(|(_, bytes)| bytes).sum();
        let expected = i64::try_from(kept.len()).expect("it fits");
        assert!((bytes - expected).abs() < expected / 10, "{bytes}");
        running.stop().await;
    }

    fn run_again() {
        let child = Command::new(env::current_exe().expect("a program"))
            .args(["--exact", "recorded::a_large_allocation_is_in_the_profile"])
            .env(OPTIONS, "prof:true,lg_prof_sample:19")
            .output()
            .expect("it starts");
        let report =
            String::from_utf8_lossy(&child.stdout) + String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success(), "{report}");
        assert!(report.contains("1 passed"), "{report}");
    }
}
