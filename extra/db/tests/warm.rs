//! The first request of a server finds its connection open.
#![cfg(feature = "postgres")]

mod kit;

use std::{
    future::Future,
    pin::pin,
    task::{Context as Task, Poll, Waker},
};

use highball::{prelude::*, tokio};
use highball_db::{
    Conn, Pool, Postgres, database,
    sqlx::{self, postgres::PgConnectOptions},
};
use highball_faults::Proxy;

database!(Main: Postgres);

const MIN_IDLE: usize = 7;

#[derive(State)]
struct AppState {
    pool: Pool<Main>,
}

#[get("/alive")]
async fn alive() {}

/// Takes a connection, and sends nothing on it.
#[get("/first")]
async fn first(_conn: Conn<'_, Main>) {}

#[routes(app)]
struct Api(alive, first);

#[tokio::test]
async fn the_first_request_sends_nothing_to_the_database_for_its_connection() {
    let Ok(url) = std::env::var("HIGHBALL_TEST_POSTGRES") else {
        eprintln!("left out: set HIGHBALL_TEST_POSTGRES to the URL of a server to run this test");
        return;
    };
    let direct: PgConnectOptions = url.parse().expect("a URL");
    let place = format!("{}:{}", direct.get_host(), direct.get_port());
    let mut places = tokio::net::lookup_host(place).await.expect("a host");
    let proxy = Proxy::start(places.next().expect("an address"));
    let name = format!("highball-warm-{}", std::process::id());
    let options = direct.clone().host("127.0.0.1").port(proxy.port());
    let pool = Pool::<Main>::builder(options.application_name(&name))
        .min_idle(MIN_IDLE)
        .build();
    let (listener, address) = kit::listen().await;
    let serving = highball::serve(Api)
        .state(AppState { pool: pool.clone() })
        .install(pool.clone());
    let _server = kit::run(serving.listen(listener).quiet());

    assert!(
        kit::get(address, "/alive")
            .await
            .starts_with("HTTP/1.1 200")
    );
    let observer = Pool::<Main>::builder(direct).build();
    let mut conn = observer.acquire().await.expect("a connection");
    let count =
        sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE application_name = $1");
    let count: i64 = count
        .bind(&name)
        .fetch_one(&mut *conn)
        .await
        .expect("a count");
    assert_eq!(usize::try_from(count).ok(), Some(MIN_IDLE));

    let before = proxy.counts();
    assert!(
        kit::get(address, "/first")
            .await
            .starts_with("HTTP/1.1 200")
    );
    // Neither a connect nor a check.
    assert_eq!(proxy.counts(), before);
    // It is ready when it is polled first: there is no wait at all.
    let acquire = pin!(pool.acquire());
    let polled = acquire.poll(&mut Task::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(Ok(_))));
}
