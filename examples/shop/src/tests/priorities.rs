//! Overload: reports are rejected, and orders are not.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use super::*;
use crate::scratch::HISTORY;

/// How many clients request reports, one after the other. The capacity runs three at once.
const CLERKS: usize = 100;

/// The times of the reports that were made, and the number of those that were rejected.
#[derive(Default)]
struct Reports {
    took: Vec<Duration>,
    rejected: usize,
}

/// Requests reports, one after the other, until the end.
async fn request_reports(shop: Arc<TestShop>, is_end: Arc<AtomicBool>) -> Reports {
    let mut reports = Reports::default();
    while !is_end.load(Relaxed) {
        let start = Instant::now();
        let request = shop.client.get("/office/report").cookie(COOKIE, &shop.carl);
        let response = request.send().await;
        match response.status().as_u16() {
            200 => reports.took.push(start.elapsed()),
            // The capacity rejects it before it waits for a connection.
            503 if !response.text().contains("the database is busy") => reports.rejected += 1,
            other => panic!("{other}: {}", response.text()),
        }
    }
    reports
}

/// Places 20 orders, one after the other, and returns their times.
async fn place_orders(shop: &TestShop) -> Vec<Duration> {
    let mut took = Vec::new();
    for _ in 0..20 {
        let start = Instant::now();
        let response = shop.buy(json!({ "product": 1 })).await;
        assert_eq!(response.status(), 201, "{}", response.text());
        took.push(start.elapsed());
    }
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// `load` measures the latencies. Here a busy machine must not matter: one order at a time is never over the capacity.
#[tokio::test]
async fn many_reports_do_not_delay_orders() {
    let Some(scratch) = scratch().await else {
        return;
    };
    let shop = TestShop::start(&scratch, Some(capacity())).await;
    shop.run(HISTORY).await;
    let (shop, is_end) = (Arc::new(shop), Arc::new(AtomicBool::new(false)));
    let clerk = |_| tokio::spawn(request_reports(Arc::clone(&shop), Arc::clone(&is_end)));
    let clerks: Vec<_> = (0..CLERKS).map(clerk).collect();
    let orders = place_orders(&shop).await;
    is_end.store(true, Relaxed);
    let (mut made, mut rejected) = (Vec::new(), 0);
    for clerk in clerks {
        let reports = clerk.await.expect("no panic");
        made.extend(reports.took);
        rejected += reports.rejected;
    }
    assert!(rejected > 0, "some reports are rejected");
    assert!(!made.is_empty(), "not all reports are rejected");
    let (orders, made) = (median(orders), median(made));
    assert!(orders < made, "orders take {orders:?}, reports {made:?}");
}
