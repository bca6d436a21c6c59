//! The rows that a request stores, or does not store.

use super::*;

const ORDERS: &str = "SELECT count(*) FROM orders";
const JOBS: &str = "SELECT count(*) FROM highball_jobs WHERE name <> 'cron.forget_addresses'";

#[tokio::test]
async fn order_is_stored_with_both_jobs() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    let response = shop.order("ada", "ada@example.org").await;
    assert_eq!(response.status(), 202);
    let order = json!({ "id": 1, "customer": "ada", "cents": 1995, "points": 0, "mailed": false });
    assert_eq!(response.json::<Value>(), order);
    assert_eq!(shop.number(ORDERS).await, 1);
    assert_eq!(shop.number(JOBS).await, 2);
    assert_eq!(shop.get("/orders/1").await, order);
    assert_eq!(shop.session.get("/orders/2").send().await.status(), 404);
}

#[tokio::test]
async fn invalid_orders_are_422_and_store_nothing() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    let order = |field: &str, value: Value| {
        let mut order = json!({ "customer": "ada", "email": "ada@example.org", "cents": 1995 });
        order[field] = value;
        order
    };
    for (order, field) in [
        (order("customer", json!("")), "/customer"),
        (order("customer", json!("a b")), "/customer"),
        (order("email", json!("ada")), "/email"),
        (order("email", json!("@example.org")), "/email"),
        // It would be a second command of SMTP.
        (
            order(
                "email",
                json!("ada@example.org>\r\nRCPT TO:<eve@example.org"),
            ),
            "/email",
        ),
        (order("cents", json!(0)), "/cents"),
        (order("cents", json!("much")), "/cents"),
        (order("colour", json!("red")), ""),
    ] {
        let response = shop.session.post("/orders").json(&order).send().await;
        assert_eq!(response.status(), 422, "{order}");
        let text = response.text();
        assert!(text.contains(field), "{order}: {text}");
    }
    assert_eq!(shop.number(ORDERS).await, 0);
    assert_eq!(shop.number(JOBS).await, 0);
}

#[tokio::test]
async fn a_client_that_leaves_before_the_commit_leaves_nothing() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    // The request waits for the number of its order.
    let mut other = shop.state.shop.begin().await.unwrap();
    let sql = "UPDATE counters SET last = last WHERE name = 'orders'";
    sqlx::query(sql).execute(&mut *other).await.unwrap();
    let request = shop.order("ada", "ada@example.org");
    let left = tokio::time::timeout(Duration::from_millis(200), request).await;
    assert!(left.is_err(), "the request did not wait");
    drop(other);
    assert_eq!(shop.order("bob", "bob@example.org").await.status(), 202);
    assert_eq!(shop.number(ORDERS).await, 1);
    assert_eq!(shop.number(JOBS).await, 2);
    assert_eq!(shop.get("/orders/1").await["customer"], "bob");
}

#[tokio::test]
async fn a_failed_statement_stores_neither_order_nor_jobs() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    assert_eq!(shop.order("ada", "ada@example.org").await.status(), 202);
    // The next order gets a number that exists.
    shop.run("UPDATE counters SET last = 0").await;
    let response = shop.order("bob", "bob@example.org").await;
    assert_eq!(response.status(), 500);
    let text = response.text();
    assert!(
        !text.contains("orders") && !text.contains("UNIQUE"),
        "{text}"
    );
    assert_eq!(shop.number(ORDERS).await, 1);
    assert_eq!(shop.number(JOBS).await, 2);
}

#[tokio::test]
async fn the_page_shows_the_queues_and_their_changes() {
    let Some(shop) = TestShop::start().await else {
        return;
    };
    let page = shop.session.get("/").send().await;
    assert!(page.text().contains("new EventSource(\"/live\")"));
    let mut events = shop.session.get("/live").send_streaming().await;
    let queues = async |events: &mut highball::testing::TestStream| {
        let event = events.next_event().await.expect("an event");
        highball::serde_json::from_str::<Value>(&event.data).expect("JSON")
    };
    let queue = |name: &str, waiting: u64, parked: u64| json!({ "name": name, "waiting": waiting, "running": 0, "parked": parked });
    let cron = queue("cron.forget_addresses", 0, 0);
    assert_eq!(
        queues(&mut events).await,
        json!([queue("email", 0, 0), queue("points", 0, 0), cron])
    );
    shop.order("ada", "unknown@example.org").await;
    assert_eq!(
        queues(&mut events).await,
        json!([queue("email", 1, 0), queue("points", 1, 0), cron])
    );
    shop.run_after(0).await;
    assert_eq!(
        queues(&mut events).await,
        json!([queue("email", 0, 1), queue("points", 0, 0), cron])
    );
}
