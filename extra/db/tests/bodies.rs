//! Bodies that are wrong or late take no connection of the pool.
#![cfg(feature = "sqlite")]

mod kit;

use std::time::{Duration, Instant};

use highball::{prelude::*, tokio};
use highball_db::{
    Pool, Sqlite, Tx, database,
    sqlx::{self, Executor as _},
};
use highball_faults::Clients;

database!(Main: Sqlite);

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

#[derive(serde::Deserialize)]
struct Order {
    name: String,
}

#[post("/orders")]
async fn order(order: Json<Order>, mut tx: Tx<'_, Main>) -> highball::Result<StatusCode> {
    let insert = sqlx::query("INSERT INTO orders VALUES ($1)").bind(&order.name);
    insert.execute(&mut *tx).await?;
    Ok(StatusCode::CREATED)
}

#[routes(app)]
struct Api(order);

fn request(body: &str, connection: &str) -> String {
    format!(
        "POST /orders HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\nconnection: {connection}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn ten_thousand_bad_bodies_and_twenty_half_ones_take_no_connection() {
    let pool = Pool::<Main>::memory().build();
    let (listener, address) = kit::listen().await;
    // It is not installed, so it opens its connection for the first request that takes one.
    let serving = highball::serve(Api).state(AppState { pool: pool.clone() });
    let _server = kit::run(serving.listen(listener).quiet());

    let bad = ["{", "{}", "[1]", r#"{"name": 7}"#, "\u{0}"];
    let mut connections = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let requests = (0..499).map(|number| request(bad[number % bad.len()], "keep-alive"));
        let requests: String = requests.chain([request("{", "close")]).collect();
        connections.spawn(async move {
            let answers = kit::send(address, &requests).await.expect("responses");
            let count = |status: &str| answers.matches(&format!("HTTP/1.1 {status} ")).count();
            count("400") + count("422")
        });
    }
    let rejected: usize = connections.join_all().await.into_iter().sum();
    assert_eq!((rejected, pool.status().open), (10_000, 0));

    let half = Clients::of(address).post("/orders", r#"{"name": "half"}"#);
    let half = half.half_body(20).await;
    assert_eq!(half.len(), 20);
    assert_eq!((pool.status().open, pool.status().waiting), (0, 0));
    let table = async {
        let mut conn = pool.acquire().await.expect("a connection");
        conn.execute("CREATE TABLE orders (name TEXT)")
            .await
            .expect("a table");
    };
    table.await;
    // The pool has one connection.
    let begun = Instant::now();
    let answer = kit::send(address, &request(r#"{"name": "whole"}"#, "close")).await;
    assert!(answer.is_some_and(|answer| answer.starts_with("HTTP/1.1 201")));
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    let mut conn = pool.acquire().await.expect("a connection");
    let names = sqlx::query_scalar("SELECT name FROM orders");
    let names: Vec<String> = names.fetch_all(&mut *conn).await.expect("the names");
    assert_eq!(names, ["whole"]);
    drop(half);
}
