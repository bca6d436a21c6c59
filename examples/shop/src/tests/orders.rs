//! Orders as transactions, and what remains after a restart.

use super::*;

const STOCK: &str = "SELECT stock FROM products WHERE id = 1";
const ORDERS: &str = "SELECT count(*) FROM orders";
const LAST: &str = "SELECT last FROM counters";

#[tokio::test]
async fn two_buyers_of_the_last_item_get_one_item() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    shop.run("UPDATE products SET stock = 1 WHERE id = 1").await;
    let wish = || json!({ "product": 1 });
    let (a, b) = tokio::join!(shop.buy(wish()), shop.buy(wish()));
    let mut statuses = [a.status().as_u16(), b.status().as_u16()];
    statuses.sort();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(shop.number(STOCK).await, 0);
    assert_eq!(shop.number(ORDERS).await, 1);
}

#[tokio::test]
async fn many_buyers_get_as_much_as_there_is() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    shop.run("UPDATE products SET stock = 7 WHERE id = 1").await;
    let mut buyers = Vec::new();
    for _ in 0..20 {
        let request = shop.client.post("/orders").cookie(COOKIE, &shop.zoe);
        buyers.push(tokio::spawn(request.json(&json!({ "product": 1 })).send()));
    }
    let mut statuses = Vec::new();
    for buyer in buyers {
        statuses.push(buyer.await.expect("no panic").status().as_u16());
    }
    let with = |status| statuses.iter().filter(|each| **each == status).count();
    assert_eq!((with(201), with(409)), (7, 13));
    assert_eq!(shop.number(STOCK).await, 0);
    assert_eq!(shop.number(ORDERS).await, 7);
    // The numbers have no gap.
    assert_eq!(shop.number("SELECT max(id) FROM orders").await, 7);
}

#[tokio::test]
async fn rejected_orders_change_nothing() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    for (wish, status) in [
        (json!({ "product": 9 }), 404),
        (json!({ "product": 1, "count": 2_000_000 }), 409),
        (json!({ "product": 1, "color": "red" }), 422),
    ] {
        assert_eq!(shop.buy(wish).await.status(), status);
        assert_eq!(shop.number(STOCK).await, 1_000_000);
        assert_eq!(shop.number(ORDERS).await, 0);
        assert_eq!(shop.number(LAST).await, 0);
    }
}

#[tokio::test]
async fn order_that_fails_returns_the_stock() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    assert_eq!(shop.buy(json!({ "product": 1 })).await.status(), 201);
    // The next order gets a number that exists, so its last statement fails.
    shop.run("UPDATE counters SET last = 0").await;
    assert_eq!(shop.buy(json!({ "product": 1 })).await.status(), 500);
    assert_eq!(shop.number(STOCK).await, 999_999);
    assert_eq!(shop.number(ORDERS).await, 1);
    assert_eq!(shop.number(LAST).await, 0);
}

#[tokio::test]
async fn report_has_the_sold_products() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    for (product, count) in [(1, 2), (3, 1), (1, 5)] {
        let wish = json!({ "product": product, "count": count });
        assert_eq!(shop.buy(wish).await.status(), 201);
    }
    let report = shop.client.get("/office/report").cookie(COOKIE, &shop.carl);
    let sold: Value = report.send().await.json();
    assert_eq!(sold, json!({ "1": 7, "3": 1 }));
    let delivery = shop.client.post("/office/products/1/stock");
    let delivery = delivery
        .cookie(COOKIE, &shop.ada)
        .json(&json!({ "count": 10 }));
    let product: Value = delivery.send().await.json();
    assert_eq!(product["stock"], 1_000_003);
}

#[tokio::test]
async fn accounts_and_orders_survive_a_restart() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let before = TestShop::start(&scratch, None).await;
    assert_eq!(before.buy(json!({ "product": 1 })).await.status(), 201);
    before
        .run("UPDATE accounts SET role = 'clerk' WHERE name = 'zoe'")
        .await;
    before.pool.close().await;
    drop(before);

    let after = TestShop::start(&scratch, None).await;
    let orders = after.client.get("/orders").cookie(COOKIE, &after.zoe);
    let order = json!({ "id": 1, "customer": "zoe", "product": 1, "count": 1 });
    assert_eq!(orders.send().await.json::<Value>(), json!([order]));
    assert_eq!(after.number(STOCK).await, 999_999);
    // The account was not added again.
    let login = json!({ "name": "zoe", "password": "zoe" });
    let session: Value = after.client.post("/login").json(&login).send().await.json();
    assert_eq!(session["role"], "clerk");
}
