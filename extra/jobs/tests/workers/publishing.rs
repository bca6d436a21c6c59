//! Jobs of requests.

use crate::app::{Email, Points, Report, Test};

#[tokio::test]
async fn jobs_of_an_outbox_are_published_with_the_commit() {
    let test = Test::new().await;
    assert_eq!(test.order("ada", 1).await, 202);
    assert_eq!(test.rows("orders").await, 1);
    assert_eq!(test.state.jobs.waiting::<Email>().await.unwrap().len(), 1);
    assert_eq!(test.state.jobs.waiting::<Points>().await.unwrap().len(), 1);
    let mut events = test.run().await;
    events.sort();
    assert_eq!(events, ["email 1 to ada, attempt 1", "points 1"]);
    assert_eq!(test.rows("points").await, 1);
    assert!(test.run().await.is_empty());
}

#[tokio::test]
async fn jobs_of_an_outbox_are_not_published_without_the_commit() {
    let test = Test::new().await;
    assert_eq!(test.order("ada", 0).await, 400);
    assert_eq!(test.order("ada", 1).await, 202);
    // The key of the order is taken.
    assert_eq!(test.order("ada", 1).await, 500);
    assert_eq!(test.state.jobs.waiting::<Email>().await.unwrap().len(), 1);
    assert_eq!(test.run().await.len(), 2);
}

#[tokio::test]
async fn a_unique_job_is_published_once_and_a_full_queue_is_503() {
    let test = Test::new().await;
    let send = async |day: u32| test.session.post(&format!("/reports/{day}")).send().await;
    assert_eq!(send(1).await.status(), 202);
    assert_eq!(send(1).await.status(), 200);
    assert_eq!(send(2).await.status(), 202);
    // Three were published since the last count, of which one is a repetition.
    let full = send(3).await;
    assert_eq!(full.status(), 503);
    assert_eq!(full.header("retry-after"), "1");
    assert!(!full.text().contains("report"), "{}", full.text());
    assert_eq!(test.state.jobs.waiting::<Report>().await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_job_has_the_route_and_the_trace_of_its_request() {
    let test = Test::new().await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = test
        .session
        .post("/orders/unknown/1")
        .header("traceparent", trace);
    assert_eq!(request.send().await.status(), 202);
    test.run().await;
    let parked = test
        .state
        .jobs
        .parked::<Email>(9)
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert!(parked.producer.ends_with("create"), "{}", parked.producer);
}
