//! Arguments of consumers.

use crate::app::{Points, Test};

#[tokio::test]
async fn a_failed_attempt_leaves_nothing_of_its_transaction() {
    let test = Test::new().await;
    test.order("unlucky", 1).await;
    let events = test.run().await;
    assert!(events.contains(&"points 1".to_owned()), "{events:?}");
    assert_eq!(test.rows("points").await, 0);
    assert_eq!(test.run_after(1).await, ["points 1"]);
    assert_eq!(test.rows("points").await, 1);
    assert!(test.run_after(100).await.is_empty());
}

#[tokio::test]
async fn a_consumer_publishes_in_its_transaction() {
    let test = Test::new().await;
    test.order("vip", 7).await;
    let events = test.run().await;
    assert_eq!(events.len(), 3, "{events:?}");
    assert_eq!(events[2], "email 7 to the manager, attempt 1");
}

#[tokio::test]
async fn jobs_of_a_customer_run_in_order() {
    let test = Test::new().await;
    for order in [3, 1, 2] {
        test.order("ada", order).await;
    }
    test.order("bob", 4).await;
    let events = test.run().await;
    let points = events.iter().filter(|event| event.starts_with("points"));
    let of_ada = points
        .filter(|event| *event != "points 4")
        .collect::<Vec<_>>();
    assert_eq!(of_ada, ["points 3", "points 1", "points 2"]);
    assert!(
        test.state
            .jobs
            .waiting::<Points>()
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_step_is_done_once() {
    let test = Test::new().await;
    test.session.post("/reports/4").send().await;
    assert_eq!(test.run().await, ["measure 4", "write 40"]);
    assert_eq!(test.run_after(1).await, ["write 40"]);
}
