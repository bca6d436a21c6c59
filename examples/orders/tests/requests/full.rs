//! A database whose disk is full.
#![cfg(not(feature = "postgres"))]

use highball_db::Pool;

use super::*;

const ORDERS: &str = "SELECT count(*) FROM orders";
const JOBS: &str = "SELECT count(*) FROM highball_jobs WHERE name <> 'cron.forget_addresses'";

#[tokio::test]
async fn a_full_disk_tears_nothing_and_is_no_failure_for_ever() {
    // The limit of pages belongs to a connection, so there is only one.
    let shop = Pool::memory().max(1).migrations(sqlx::migrate!()).build();
    shop.open().await.expect("a database");
    let sink = Sink::start().await.expect("a port");
    let state = AppState::new(shop, Mailer::new(sink.address()));
    state.jobs.prepare().await.expect("tables");
    let session = Api.test().state(state.clone()).start();
    let shop = TestShop {
        worker: state
            .jobs
            .workers(Api, &state)
            .by_hand(&Clock::new().handle()),
        session,
        state,
        clock: Clock::new(),
        sink,
        _scratch: None,
    };
    let pages = shop.number("PRAGMA page_count").await;
    let limit = format!("PRAGMA max_page_count = {}", pages + 4);
    shop.run_text(limit).await;
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..500 {
        let response = shop.order("ada", "ada@example.org").await;
        match response.status().as_u16() {
            202 => accepted += 1,
            500 => {
                refused += 1;
                let text = response.text();
                assert!(
                    !text.contains("disk") && !text.contains("database"),
                    "{text}"
                );
            }
            status => panic!("{status}"),
        }
        if refused == 3 {
            break;
        }
    }
    assert!(
        accepted > 0 && refused == 3,
        "{accepted} accepted, {refused} refused"
    );
    assert_eq!(shop.number(ORDERS).await, accepted);
    assert_eq!(shop.number(JOBS).await, 2 * accepted);
    shop.run_text("PRAGMA max_page_count = 1000000".to_owned())
        .await;
    assert_eq!(shop.order("ada", "ada@example.org").await.status(), 202);
    assert_eq!(shop.number(ORDERS).await, accepted + 1);
    let attempts = shop.run_after(0).await;
    assert_eq!(i64::try_from(attempts), Ok(2 * (accepted + 1)));
    assert_eq!(shop.get("/points/ada").await["points"], 20 * (accepted + 1));
    eprintln!(
        "{accepted} orders fit, 3 were refused, and after more room {attempts} jobs were done"
    );
}
