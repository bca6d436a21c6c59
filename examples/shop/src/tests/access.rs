//! Logins, guards and public routes.

use super::*;

#[tokio::test]
async fn role_of_the_login_decides_which_routes_are_allowed() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let TestShop { client, .. } = TestShop::start(&scratch, None).await;
    for (name, role, report, stock) in [
        ("zoe", "customer", 403, 403),
        ("carl", "clerk", 200, 403),
        ("ada", "admin", 200, 200),
    ] {
        let login = json!({ "name": name, "password": name });
        let response = client.post("/login").json(&login).send().await;
        let user: Value = response.json();
        assert_eq!(user, json!({ "name": name, "role": role }));
        let token = &id_of(&response);
        let response = client
            .get("/office/report")
            .cookie(COOKIE, token)
            .send()
            .await;
        assert_eq!(response.status(), report, "{name}");
        let delivery = client
            .post("/office/products/1/stock")
            .cookie(COOKIE, token);
        let response = delivery.json(&json!({ "count": 5 })).send().await;
        assert_eq!(response.status(), stock, "{name}");
    }
}

/// Returns the id of the session that a response begins.
fn id_of(response: &TestResponse) -> String {
    let cookie = response.header(header::SET_COOKIE);
    let id = cookie
        .strip_prefix("__Host-session=")
        .and_then(|rest| rest.split(';').next());
    id.expect("a cookie").to_owned()
}

#[tokio::test]
async fn a_user_logs_out_here_and_elsewhere() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let TestShop { client, zoe, .. } = TestShop::start(&scratch, None).await;
    let login = json!({ "name": "zoe", "password": "zoe" });
    let there = id_of(&client.post("/login").json(&login).send().await);
    let devices = || client.get("/devices").cookie(COOKIE, &zoe).send();
    let list: Vec<Value> = devices().await.json();
    assert_eq!(list.len(), 2);
    let other = list.iter().find(|device| device["is_this"] == false);
    let id = other
        .and_then(|device| device["id"].as_str())
        .expect("the other one");
    let end = |id: &str| {
        client
            .delete(&format!("/devices/{id}"))
            .cookie(COOKIE, &zoe)
            .send()
    };
    assert_eq!(end(id).await.status(), 204);
    assert_eq!(end(id).await.status(), 404);
    let orders = |id: &str| client.get("/orders").cookie(COOKIE, id).send();
    assert_eq!(orders(&there).await.status(), 401);
    assert_eq!(orders(&zoe).await.status(), 200);
    let logout = client.post("/logout").cookie(COOKIE, &zoe).send().await;
    assert_eq!(logout.status(), 204);
    assert_eq!(orders(&zoe).await.status(), 401);
}

#[tokio::test]
async fn wrong_passwords_and_unknown_names_are_rejected_alike() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let TestShop { client, .. } = TestShop::start(&scratch, None).await;
    for (name, password) in [
        ("zoe", "ada"),
        ("unknown", "zoe"),
        ("", ""),
        ("zoe\0", "zoe"),
    ] {
        let login = json!({ "name": name, "password": password });
        let response = client.post("/login").json(&login).send().await;
        assert_eq!(response.status(), 401, "{name}");
        let problem: Value = response.json();
        assert_eq!(problem["detail"], "the name or the password is wrong");
    }
}

#[tokio::test]
async fn only_logged_in_customers_can_buy() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    let bought = shop.buy(json!({ "product": 2, "count": 3 })).await;
    assert_eq!(bought.status(), 201, "{}", bought.text());
    let order = json!({ "id": 1, "customer": "zoe", "product": 2, "count": 3 });
    let receipt = json!({ "order": order, "left": 99_999 });
    assert_eq!(bought.json::<Value>(), receipt);
    let orders = || shop.client.get("/orders");
    let own = orders().cookie(COOKIE, &shop.zoe).send().await;
    assert_eq!(own.json::<Value>(), json!([order]));
    let other = orders().cookie(COOKIE, &shop.ada).send().await;
    assert_eq!(other.json::<Value>(), json!([]));
    assert_eq!(orders().send().await.status(), 401);
    assert_eq!(orders().cookie(COOKIE, "guess").send().await.status(), 401);
}

#[tokio::test]
async fn blocked_account_cannot_buy() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    let request = shop.client.post("/orders").cookie(COOKIE, &shop.mallory);
    let response = request.json(&json!({ "product": 1 })).send().await;
    assert_eq!(response.status(), 403);
    assert_eq!(shop.number("SELECT count(*) FROM orders").await, 0);
}

#[tokio::test]
async fn catalogue_is_public_and_has_an_etag() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, None).await;
    let list = shop.client.get("/products").send().await;
    assert_eq!(list.json::<Value>().as_array().map(Vec::len), Some(3));
    let again = || {
        let request = shop.client.get("/products");
        request.header(header::IF_NONE_MATCH, list.header(header::ETAG))
    };
    assert_eq!(again().send().await.status(), 304);
    assert_eq!(shop.buy(json!({ "product": 3 })).await.status(), 201);
    assert_eq!(again().send().await.status(), 200);
    let lantern: Value = shop.client.get("/products/1").send().await.json();
    let expected = json!({ "id": 1, "name": "lantern", "price_cents": 995, "stock": 1_000_000 });
    assert_eq!(lantern, expected);
    let unknown = shop.client.get("/products/9").send().await;
    assert_eq!(unknown.status(), 404);
}

#[tokio::test]
async fn pages_for_browsers_need_no_login() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let TestShop { client, .. } = TestShop::start(&scratch, None).await;
    let docs = client.get("/docs").send().await;
    assert!(docs.text().contains("<title>Shop</title>"));
    let routes = client.get("/routes").send().await;
    // A release build does not serve the routes.
    let expected = if cfg!(debug_assertions) { 200 } else { 404 };
    assert_eq!(routes.status(), expected);
    assert_eq!(client.get("/orders").send().await.status(), 401);
}

#[tokio::test]
async fn document_has_the_responses_of_the_database() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let TestShop { client, .. } = TestShop::start(&scratch, None).await;
    let document: Value = client.get("/openapi.json").send().await.json();
    // The transaction may conflict when it is committed, and a pool may have no connection.
    let restock = &document["paths"]["/office/products/{id}/stock"]["post"]["responses"];
    for status in ["200", "404", "409", "503"] {
        assert!(restock[status].is_object(), "{restock}");
    }
    assert!(restock["default"].is_null(), "{restock}");
}
