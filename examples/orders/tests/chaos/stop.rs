//! Workers that are stopped with SIGTERM while they run jobs.

use std::time::{Duration, Instant};

use highball_faults::Random;
use highball_jobs::Jobs;
use orders::{Email, Sink};

use crate::{client::address_of, is_full, place::Place, process::Process};

/// How long the mail server takes for a mail, so that jobs run at the time of the stop.
const MAIL: Duration = Duration::from_millis(60);

/// The attempts of jobs that are not in order: 1 for those that are done, and 0 for those that wait.
const LOST: &str = "SELECT count(*) FROM highball_jobs WHERE name = 'email'
    AND NOT (state = 2 AND attempts = 1) AND NOT (state = 0 AND attempts = 0)";
const DONE: &str = "SELECT count(*) FROM highball_jobs WHERE name = 'email' AND state = 2";
const CRASHES: &str = "SELECT CAST(COALESCE(SUM(crashes), 0) AS BIGINT) FROM highball_jobs";

/// Publishes e-mails. Their orders do not exist, which the consumer does not notice.
async fn publish(place: &Place, mails: usize) {
    let jobs = Jobs::new(&place.shop);
    for number in 0..mails {
        let (order, to) = (0, address_of(number));
        let pushed = jobs
            .push(Email {
                order,
                to,
                cents: 1,
            })
            .await;
        pushed.expect("a job");
    }
}

/// Stops workers again and again, whose jobs have this time to end. Returns how many mails were sent, of how many jobs.
async fn stop_again_and_again(within: &str) -> Option<(usize, usize)> {
    let (rounds, mails) = if is_full() { (50, 4000) } else { (10, 800) };
    let place = Place::new().await?;
    let sink = Sink::start_slow(MAIL).await.expect("a port");
    let mut random = Random::from_env();
    publish(&place, mails).await;
    let (mut stops, mut longest) = (0, Duration::ZERO);
    for _ in 0..rounds {
        let before = sink.count();
        let worker = Process::worker_that_stops_within(&place, &sink, within);
        let begun = Instant::now();
        while sink.count() == before && begun.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        tokio::time::sleep(random.millis(0, 300)).await;
        assert!(
            place.number(DONE).await < i64::try_from(mails).expect("a number"),
            "too few jobs"
        );
        let stopping = Instant::now();
        let status = tokio::task::block_in_place(|| worker.stop());
        longest = longest.max(stopping.elapsed());
        stops += usize::from(sink.count() > before);
        assert!(status.success(), "{status}");
        assert_eq!(place.number(LOST).await, 0, "jobs are lost");
    }
    let done = place.number(DONE).await;
    let rest = Process::worker(&place, &sink);
    let begun = Instant::now();
    while place.number(DONE).await < i64::try_from(mails).expect("a number") {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "the rest is not done"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(rest);
    assert_eq!(place.number(LOST).await, 0);
    assert_eq!(place.number(CRASHES).await, 0);
    eprintln!(
        "{rounds} stops within {within}, {stops} of them during jobs, the longest took {longest:.1?}: {done} of {mails} \
         jobs were done by then, {} mails sent in all",
        sink.count()
    );
    assert_eq!(stops, rounds);
    Some((sink.count(), mails))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_waits_for_the_jobs_that_run() {
    if let Some((sent, mails)) = stop_again_and_again("10s").await {
        assert_eq!(sent, mails, "a mail was sent twice");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_without_time_releases_the_jobs_that_run() {
    if let Some((sent, mails)) = stop_again_and_again("1ms").await {
        assert!(sent >= mails, "{sent} of {mails}");
    }
}
