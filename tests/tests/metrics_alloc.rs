//! Heap allocations of metrics: a measured request causes none.
//!
//! The app is called without a socket. Its own allocations are those of the same app without the observer.

mod counting;

use counting::allocations;
use highball::{http::Request, prelude::*, tokio};
use highball_metrics::{Counter, Exporter, Gauge, Histogram, Labels, Metrics, Seconds, measured};

#[derive(Clone, Copy, Labels)]
enum Channel {
    Web,
    App,
}

#[derive(Labels)]
struct Sold {
    channel: Channel,
    is_first: bool,
}

#[derive(Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<Sold>,
    /// Times of the bank.
    #[buckets(0.1, 1.0)]
    bank: Histogram<Channel, Seconds>,
    /// Carts that are open.
    carts: Gauge,
}

#[derive(State)]
struct AppState {
    exporter: Exporter,
    sales: Sales,
}

#[get("/books/{id}")]
async fn book(id: u64, sales: State<Sales>) -> StatusCode {
    sales.bank.observe(Channel::App, millis(id));
    StatusCode::NO_CONTENT
}

/// It takes the same state, and does nothing.
#[observer]
fn unmeasured(exchange: &Exchange<'_>, exporter: State<Exporter>) {
    let _ = (exchange, exporter);
}

#[routes(app, with(measured))]
struct Measured(book);

#[routes(app, with(unmeasured))]
struct Unmeasured(book);

fn state() -> AppState {
    let exporter = Exporter::new();
    AppState {
        sales: exporter.add(),
        exporter,
    }
}

/// Returns the allocations of a thousand requests.
macro_rules! count {
    ($app:ident, $path:literal) => {{
        let service = $app.service(state());
        let send = async || {
            let request = Request::get($path).body(()).expect("a request");
            drop(service.call(request).await);
        };
        for _ in 0..100 {
            send().await;
        }
        let before = allocations();
        for _ in 0..1000 {
            send().await;
        }
        allocations() - before
    }};
}

/// Counts own metrics a thousand times, and returns the allocations.
fn count_own(sales: &Sales) -> u64 {
    let before = allocations();
    for number in 0..1000 {
        sales.paid.inc(Sold {
            channel: Channel::Web,
            is_first: number == 0,
        });
        sales.bank.observe(Channel::App, millis(number));
        sales.carts.set(7);
    }
    allocations() - before
}

fn main() {
    assert_eq!(count_own(&state().sales), 0);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async {
        let (measured, unmeasured) = (count!(Measured, "/books/7"), count!(Unmeasured, "/books/7"));
        println!("a route: {measured} allocations, without metrics {unmeasured}");
        assert_eq!(measured, unmeasured);
        let (measured, unmeasured) = (count!(Measured, "/a"), count!(Unmeasured, "/a"));
        println!("no route: {measured} allocations, without metrics {unmeasured}");
        assert_eq!(measured, unmeasured);
    });
}
