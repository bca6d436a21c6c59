//! Jobs that do not succeed.

use std::time::Duration;

use highball::middleware::secs;
use highball_jobs::backend::JobId;

use crate::app::{Email, Test};

/// Orders of a customer whose e-mail fails, and returns the reason of the parked job.
async fn parked(test: &Test) -> Option<String> {
    let parked = test.state.jobs.parked::<Email>(9).await.expect("a list");
    parked.into_iter().next()?.reason
}

fn emails(events: &[String]) -> Vec<&str> {
    let events = events.iter().map(String::as_str);
    events.filter(|event| event.starts_with("email")).collect()
}

#[tokio::test]
async fn what_cannot_succeed_is_parked_at_once_and_shows_no_secret() {
    let test = Test::new().await;
    test.order("unknown", 1).await;
    test.run().await;
    assert!(
        test.run_after(9000)
            .await
            .iter()
            .all(|event| event == "prune")
    );
    let parked = test
        .state
        .jobs
        .parked::<Email>(9)
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(parked.reason.as_deref(), Some("there is no such address"));
    assert_eq!(parked.payload, r#"{"order":1,"to":"(secret)"}"#);
}

#[tokio::test]
async fn retries_pause_longer_each_time_and_end_with_the_attempts() {
    let test = Test::new().await;
    test.order("busy", 1).await;
    assert_eq!(emails(&test.run().await), ["email 1 to busy, attempt 1"]);
    // Half of the pause at least, and all of it at most.
    assert!(emails(&test.run_after(4).await).is_empty());
    assert_eq!(
        emails(&test.run_after(6).await),
        ["email 1 to busy, attempt 2"]
    );
    assert!(emails(&test.run_after(9).await).is_empty());
    assert_eq!(
        emails(&test.run_after(11).await),
        ["email 1 to busy, attempt 3"]
    );
    assert_eq!(
        emails(&test.run_after(40).await),
        ["email 1 to busy, attempt 4"]
    );
    assert!(emails(&test.run_after(9000).await).is_empty());
    assert_eq!(parked(&test).await.as_deref(), Some("the server is busy"));
}

#[tokio::test]
async fn a_parked_job_runs_again_with_all_its_attempts() {
    let test = Test::new().await;
    test.order("unknown", 1).await;
    test.run().await;
    let id = test.state.jobs.parked::<Email>(9).await.unwrap()[0]
        .id
        .clone();
    assert!(test.state.jobs.requeue(&id).await.unwrap());
    assert_eq!(test.run().await, ["email 1 to unknown, attempt 1"]);
    assert_eq!(test.state.jobs.requeue_all::<Email>(9).await.unwrap(), 1);
    assert_eq!(test.run().await.len(), 1);
    assert!(!test.state.jobs.requeue(&JobId::new("7000")).await.unwrap());
    let error = test.state.jobs.requeue(&JobId::new("x")).await.unwrap_err();
    assert!(error.to_string().contains("there is no job `x`"), "{error}");
}

#[tokio::test]
async fn a_panic_is_a_failure_with_its_message() {
    let test = Test::new().await;
    test.order("panic", 1).await;
    for _ in 0..4 {
        test.run_after(60).await;
    }
    assert_eq!(
        parked(&test).await.as_deref(),
        Some("it panicked: no such printer")
    );
}

#[tokio::test]
async fn an_error_of_any_type_is_a_failure_with_its_place() {
    let test = Test::new().await;
    test.order("number", 1).await;
    for _ in 0..4 {
        test.run_after(60).await;
    }
    let reason = parked(&test).await.unwrap();
    assert!(reason.contains("invalid digit"), "{reason}");
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_a_failure() {
    let test = Test::new().await;
    test.order("slow", 1).await;
    for number in 1..=4 {
        let started = format!("email 1 to slow, attempt {number}");
        let wait = async {
            while !test.state.log.has(&started) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            test.clock.advance(secs(31)).await;
        };
        let (run, ()) = tokio::join!(test.worker.run_due(), wait);
        run.unwrap();
        test.clock.advance(secs(60)).await;
    }
    assert_eq!(
        parked(&test).await.as_deref(),
        Some("it took longer than 30s")
    );
}

#[tokio::test]
async fn pauses_of_the_consumer_are_kept() {
    let test = Test::new().await;
    test.order("soon", 1).await;
    assert_eq!(emails(&test.run().await).len(), 1);
    assert!(emails(&test.run_after(4).await).is_empty());
    assert_eq!(
        emails(&test.run_after(1).await),
        ["email 1 to soon, attempt 2"]
    );
}

#[tokio::test]
async fn a_snoozed_job_loses_no_attempt() {
    let test = Test::new().await;
    test.order("pending", 1).await;
    for _ in 0..10 {
        let events = test.run_after(5).await;
        assert_eq!(emails(&events), ["email 1 to pending, attempt 1"]);
    }
}
