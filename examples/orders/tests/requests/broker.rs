//! Jobs that pass through RabbitMQ.

use highball_faults::{Backend, unique_name, url_of};
use highball_jobs_amqp::Amqp;

use super::*;

#[tokio::test]
async fn orders_through_a_broker_have_their_mail_and_their_points_once() {
    let Some(url) = url_of(Backend::Amqp) else {
        return;
    };
    let amqp = Amqp::at(url).prefix(unique_name()).build().expect("a URL");
    let broker = amqp.clone();
    let Some(shop) = TestShop::start_with(|state| state.through(broker)).await else {
        return;
    };
    for email in ["ada@example.org", "bob@example.org", "unknown@example.org"] {
        assert_eq!(shop.order("ada", email).await.status(), 202);
    }
    // They are in the database until a worker publishes them.
    assert_eq!(
        shop.number("SELECT count(*) FROM highball_job_outbox")
            .await,
        6
    );
    assert_eq!(shop.run_after(0).await, 6);
    assert_eq!(
        shop.number("SELECT count(*) FROM highball_job_outbox")
            .await,
        0
    );
    assert_eq!(shop.number("SELECT count(*) FROM highball_jobs").await, 0);
    assert_eq!(shop.get("/points/ada").await, json!({ "points": 60 }));
    assert_eq!(shop.sink.mails_to("ada@example.org").len(), 1);
    assert_eq!(shop.sink.mails_to("bob@example.org").len(), 1);
    let parked = shop
        .state
        .jobs
        .parked::<orders::Email>(9)
        .await
        .expect("a list");
    assert_eq!(parked.len(), 1);
    // The schedule of the night.
    assert_eq!(shop.run_after(24 * 3600).await, 1);
    amqp.delete_queues().await.expect("the broker answers");
}
