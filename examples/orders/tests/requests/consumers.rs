//! The effects of consumers.

use orders::{Email, Points};

use super::*;

#[tokio::test]
async fn the_mail_arrives_and_the_points_are_awarded_once() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    assert_eq!(shop.order("ada", "ada@example.org").await.status(), 202);
    assert_eq!(shop.run_after(0).await, 2);
    assert_eq!(shop.run_after(60).await, 0);
    let mails = shop.sink.mails_to("ada@example.org");
    assert_eq!(mails.len(), 1);
    assert!(mails[0].data.contains("Subject: Order 1\n"), "{mails:?}");
    assert!(
        mails[0]
            .data
            .ends_with("\n\nThank you for order 1, 19.95 EUR.\n"),
        "{mails:?}"
    );
    let order = shop.get("/orders/1").await;
    assert_eq!(
        (&order["points"], &order["mailed"]),
        (&json!(20), &json!(true))
    );
    assert_eq!(shop.get("/points/ada").await, json!({ "points": 20 }));
    assert_eq!(shop.get("/points/bob").await, json!({ "points": 0 }));
}

#[tokio::test]
async fn points_of_one_customer_add_up() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    for _ in 0..5 {
        assert_eq!(shop.order("ada", "ada@example.org").await.status(), 202);
    }
    assert_eq!(shop.run_after(0).await, 10);
    assert_eq!(shop.get("/points/ada").await, json!({ "points": 100 }));
}

#[tokio::test]
async fn a_mailbox_that_does_not_exist_parks_the_mail() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    assert_eq!(shop.order("ada", "unknown@example.org").await.status(), 202);
    assert_eq!(shop.run_after(0).await, 2);
    let parked = shop.state.jobs.parked::<Email>(9).await.unwrap();
    assert_eq!(parked.len(), 1);
    assert_eq!(parked[0].attempts, 1);
    assert_eq!(
        parked[0].reason.as_deref(),
        Some("the mail server refuses the mail: permanent error (550): there is no such mailbox")
    );
    assert_eq!(
        parked[0].payload,
        r#"{"cents":1995,"order":1,"to":"(secret)"}"#
    );
    assert_eq!(shop.run_after(3600).await, 0);
    // The points do not depend on the mail.
    assert_eq!(shop.get("/points/ada").await, json!({ "points": 20 }));
    assert_eq!(shop.get("/orders/1").await["mailed"], false);
}

#[tokio::test]
async fn a_server_that_is_busy_gets_the_mail_later() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    assert_eq!(shop.order("ada", "grey@example.org").await.status(), 202);
    assert_eq!(shop.run_after(0).await, 2);
    assert!(shop.sink.mails_to("grey@example.org").is_empty());
    // The pause is 2.5 seconds at least, and 5 at most.
    assert_eq!(shop.run_after(2).await, 0);
    assert_eq!(shop.run_after(4).await, 1);
    assert_eq!(shop.sink.mails_to("grey@example.org").len(), 1);
    assert!(shop.state.jobs.parked::<Email>(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn without_a_mail_server_orders_are_accepted_and_mails_wait() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    shop.sink.stop();
    assert_eq!(shop.order("ada", "ada@example.org").await.status(), 202);
    assert_eq!(shop.run_after(0).await, 2);
    assert_eq!(shop.get("/points/ada").await, json!({ "points": 20 }));
    assert_eq!(shop.state.jobs.waiting::<Email>().await.unwrap().len(), 1);
    assert!(
        shop.state
            .jobs
            .waiting::<Points>()
            .await
            .unwrap()
            .is_empty()
    );
    assert!(shop.state.jobs.parked::<Email>(9).await.unwrap().is_empty());
}

#[tokio::test]
async fn addresses_of_old_orders_are_deleted_at_night() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    for email in ["ada@example.org", "bob@example.org"] {
        assert_eq!(shop.order("ada", email).await.status(), 202);
    }
    shop.run_after(0).await;
    shop.run("UPDATE orders SET created = 1 WHERE id = 1").await;
    assert_eq!(shop.run_after(24 * 3600).await, 1);
    let left = "SELECT id FROM orders WHERE email IS NOT NULL";
    assert_eq!(shop.number(left).await, 2);
}
