//! Clients that leave while their connections are opened.

use std::{net::SocketAddr, time::Duration};

use highball::{prelude::*, tokio};
use highball_db::{
    Pool,
    sqlx::{
        self,
        postgres::{PgPool, PgPoolOptions},
    },
};
use highball_faults::{Clients, Leave, Server, postgres_or_skip};

use super::{Api, AppState, CONNECTIONS, Main, kit, options, slow_connects};

/// The same with the pool of sqlx.
mod bare {
    use super::*;

    #[derive(State)]
    pub(crate) struct AppState {
        pub(crate) pool: PgPool,
    }

    #[get("/work")]
    async fn work(pool: State<PgPool>) -> highball::Result {
        let mut conn = pool.acquire().await?;
        sqlx::query("SELECT pg_sleep(0.01)")
            .execute(&mut *conn)
            .await?;
        Ok(())
    }

    #[routes(app)]
    pub(crate) struct Api(work);
}

/// Sends 2,000 requests, 24 at a time, whose clients leave after up to 60 ms. Returns how many were served.
async fn clients_that_leave(address: SocketAddr) -> usize {
    let clients = Clients::of(address).get("/work").concurrency(24);
    let leave = Leave::Between(Duration::ZERO, Duration::from_millis(60));
    let outcome = clients.leave(leave).run(2000).await;
    assert_eq!((outcome.sent, outcome.failed), (2000, 0), "{outcome:?}");
    outcome.answered_with(200)
}

/// Returns how many connections a pool opens, and the pool of sqlx.
async fn connects(server: &Server, connect: Duration) -> (usize, usize) {
    let proxy = slow_connects(server, connect);
    let pool = Pool::<Main>::builder(options(server, &proxy));
    let pool = pool.max(CONNECTIONS).build();
    let (listener, address) = kit::listen().await;
    let serving = highball::serve(Api).state(AppState { pool: pool.clone() });
    let running = kit::run(serving.listen(listener).quiet());
    let served = clients_that_leave(address).await;
    settle(&pool).await;
    let ours = proxy.counts().accepted;
    // They are idle at the server as well: no acquire waits for one.
    for _ in 0..2 {
        let acquiring = async {
            let mut held = Vec::new();
            for _ in 0..CONNECTIONS {
                held.push(pool.acquire().await.expect("a connection"));
            }
        };
        let limit = Duration::from_secs(1);
        tokio::time::timeout(limit, acquiring)
            .await
            .expect("idle connections");
        settle(&pool).await;
    }
    running.abort();
    pool.close().await;

    let control = slow_connects(server, connect);
    let most = u32::try_from(CONNECTIONS).expect("a small number");
    let pool = PgPoolOptions::new().max_connections(most);
    let pool = pool.connect_lazy_with(options(server, &control));
    let (listener, address) = kit::listen().await;
    let serving = highball::serve(bare::Api).state(bare::AppState { pool });
    let running = kit::run(serving.listen(listener).quiet());
    let bare = clients_that_leave(address).await;
    running.abort();
    let theirs = control.counts().accepted;
    eprintln!("{connect:?}: {ours} connects, {served} served; pool of sqlx: {theirs}, {bare}");
    (ours, theirs)
}

#[tokio::test]
async fn clients_that_leave_do_not_lose_connections_that_are_opened() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    for connect in [4, 30].map(Duration::from_millis) {
        let (ours, theirs) = connects(&server, connect).await;
        // Each query that is cancelled may take one more connection.
        assert!(ours < 100 && ours < theirs, "{connect:?}: {ours} {theirs}");
    }
}

#[tokio::test]
async fn a_connection_that_cancels_a_query_is_not_replaced_by_one_more() {
    let Some(server) = postgres_or_skip().await else {
        return;
    };
    let proxy = slow_connects(&server, Duration::ZERO);
    let pool = Pool::<Main>::builder(options(&server, &proxy));
    let pool = pool.max(2).min_idle(2).build();
    pool.open().await.expect("an open pool");
    let mut conn = pool.acquire().await.expect("a connection");
    let query = sqlx::query("SELECT pg_sleep(60)").execute(&mut *conn);
    let left = tokio::time::timeout(Duration::from_millis(300), query).await;
    assert!(left.is_err());
    // From now on, the other connection needs some time to cancel the query.
    proxy.delay(Duration::ZERO, Duration::from_millis(100));
    drop(conn);
    tokio::time::sleep(Duration::from_millis(80)).await;
    let lent = pool.acquire().await.expect("a connection");
    assert_eq!((pool.status().open, proxy.counts().accepted), (2, 2));
    drop(lent);
}

/// Waits until all connections are idle.
async fn settle(pool: &Pool<Main>) {
    for _ in 0..5000 {
        let status = pool.status();
        if (status.open, status.idle, status.used) == (CONNECTIONS, CONNECTIONS, 0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    panic!("connections are lost: {:?}", pool.status());
}
