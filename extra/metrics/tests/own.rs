//! Own metrics.

mod common;

use std::{sync::Arc, thread, time::Duration};

use common::{check_with_promtool, series, value};
use highball::prelude::*;
use highball_metrics::{
    Bytes, Counter, Exporter, Gauge, Histogram, Labels, Metrics, Ratio, Seconds, Unit, metrics,
};

#[derive(Clone, Copy, Labels)]
enum Channel {
    Web,
    #[label("a \"quoted\\\" app\n")]
    App,
}

#[derive(Labels)]
struct Sold {
    channel: Channel,
    r#type: Kind,
    is_retried: bool,
}

#[derive(Clone, Copy, Labels)]
#[label("kind")]
enum Kind {
    Book,
    EBook,
    Map,
}

struct Euros;

impl Unit for Euros {
    const NAME: &'static str = "euros";
}

#[derive(Clone, Metrics)]
struct Sales {
    /// Orders that were paid.
    paid: Counter<Sold>,
    /// Values of "baskets", with a \ and
    /// a second line.
    #[buckets(5, 20.0, 50.0)]
    basket: Histogram<Channel, Euros>,
    /// Bytes of invoices.
    invoices: Counter<(), Bytes>,
    /// Time that was waited for banks.
    bank: Counter<Kind, Seconds>,
    /// The share of carts that are bought.
    bought: Gauge<(), Ratio>,
    /// Carts that are open.
    #[metric(name = "open_carts")]
    carts: Gauge,
    /// A counter whose name has its suffix.
    #[metric(name = "visits_total")]
    visits: Counter,
}

#[derive(State)]
struct AppState {
    exporter: Exporter,
}

#[routes(admin)]
struct Api(metrics);

async fn scrape(exporter: &Exporter, accept: &str) -> String {
    let exporter = exporter.clone();
    let client = Api.test().state(AppState { exporter });
    let response = client.get("/metrics").header("accept", accept).send().await;
    response.text().to_owned()
}

#[tokio::test]
async fn every_series_exists_from_the_start() {
    let exporter = Exporter::new();
    let _: Sales = exporter.add();
    let text = scrape(&exporter, "*/*").await;
    let paid = series(&text, "sales_paid_total");
    assert_eq!(paid.len(), 2 * 3 * 2);
    assert!(paid.iter().all(|line| line.ends_with(" 0")), "{paid:?}");
    assert_eq!(series(&text, "sales_basket_euros_bucket").len(), 2 * 4);
    assert_eq!(value(&text, "sales_bought_ratio"), 0.0);
    check_with_promtool(&text);
}

#[tokio::test]
async fn values_are_those_that_were_counted() {
    let exporter = Exporter::new();
    let sales: Sales = exporter.add();
    let sold = |channel, r#type, is_retried| Sold {
        channel,
        r#type,
        is_retried,
    };
    sales.paid.inc(sold(Channel::Web, Kind::Map, false));
    sales.paid.add(sold(Channel::App, Kind::EBook, true), 3);
    for value in [5.0, 5.1, 1e6, -1.0, f64::NAN, f64::INFINITY] {
        sales.basket.observe(Channel::Web, value);
    }
    sales.invoices.add(1_u64 << 40);
    sales.bank.add(Kind::Book, Duration::from_millis(1500));
    sales.bought.set(0.25);
    sales.carts.add(5);
    sales.carts.add(-7);
    sales.visits.inc();
    let text = scrape(&exporter, "*/*").await;
    let paid = |labels| value(&text, &format!("sales_paid_total{{{labels}}}"));
    assert_eq!(paid(r#"channel="web",type="map",is_retried="false""#), 1.0);
    let app = r#"channel="a \"quoted\\\" app\n",type="e_book",is_retried="true""#;
    assert_eq!(paid(app), 3.0);
    let basket = |bound| {
        let labels = format!("{{le=\"{bound}\",channel=\"web\"}}");
        value(&text, &format!("sales_basket_euros_bucket{labels}"))
    };
    // The negative value is below the first bound and adds nothing to the sum.
    assert_eq!(
        ["5.0", "20.0", "50.0", "+Inf"].map(basket),
        [2.0, 3.0, 3.0, 4.0]
    );
    let sum = value(&text, "sales_basket_euros_sum{channel=\"web\"}");
    assert_eq!(sum, 1_000_010.1);
    assert_eq!(
        value(&text, "sales_basket_euros_count{channel=\"web\"}"),
        4.0
    );
    assert_eq!(
        value(&text, "sales_invoices_bytes_total"),
        (1_u64 << 40) as f64
    );
    assert_eq!(value(&text, "sales_bank_seconds_total{kind=\"book\"}"), 1.5);
    assert_eq!(value(&text, "sales_bought_ratio"), 0.25);
    assert_eq!(value(&text, "open_carts"), -2.0);
    assert_eq!(value(&text, "visits_total"), 1.0);
    assert!(text.contains(
        "# HELP sales_basket_euros Values of \"baskets\", with a \\\\ and a second line.\n"
    ));
    check_with_promtool(&text);
}

#[tokio::test]
async fn threads_lose_no_count() {
    let exporter = Exporter::new();
    let sales: Sales = exporter.add();
    let sales = Arc::new(sales);
    let threads = (0..8).map(|_| {
        let sales = Arc::clone(&sales);
        thread::spawn(move || {
            for _ in 0..10_000 {
                sales.visits.inc();
                sales.carts.add(1);
                sales.basket.observe(Channel::App, 1);
            }
        })
    });
    for thread in threads.collect::<Vec<_>>() {
        thread.join().unwrap();
    }
    assert_eq!(sales.visits.get(), 80_000.0);
    assert_eq!(sales.carts.get(), 80_000.0);
    assert_eq!(sales.basket.count(Channel::App), 80_000);
    assert_eq!(sales.basket.count(Channel::Web), 0);
}

#[tokio::test]
async fn open_metrics_has_units_and_an_end() {
    let exporter = Exporter::new();
    let _: Sales = exporter.add();
    let text = scrape(&exporter, "application/openmetrics-text").await;
    assert!(text.contains("# TYPE sales_paid counter\nsales_paid_total{"));
    assert!(
        text.contains("# TYPE sales_bank_seconds counter\n# UNIT sales_bank_seconds seconds\n")
    );
    assert!(text.contains("# HELP sales_basket_euros Values of \\\"baskets\\\", with a \\\\ and"));
    assert!(text.ends_with("# EOF\n"));
}
