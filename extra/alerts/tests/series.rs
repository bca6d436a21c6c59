//! Each series of the test cases is one that an app exports, with the same labels and bounds.

mod rules_app;

use std::collections::BTreeSet;

use highball::prelude::*;
use highball_metrics::{Exporter, measured, metrics};
use rules_app::{
    added, alerts, any_method, book, checkout, export, home, many, median, odd, ticks,
};

#[derive(State)]
struct AppState {
    exporter: Exporter,
}

#[routes(app, with(measured))]
struct Api(
    checkout,
    book,
    median,
    export,
    odd,
    many,
    added,
    any_method,
    home,
    ticks,
);

#[routes(admin)]
struct Operators(metrics);

/// Returns the name and the labels of a series, without those that Prometheus adds.
fn parts(series: &str) -> BTreeSet<String> {
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels = labels.trim_end_matches('}').replace("\\\"", "\u{1}");
    // No label of the app contains a comma.
    let labels = labels.split(',').map(str::to_owned);
    let labels =
        labels.filter(|label| !label.starts_with("job=") && !label.starts_with("instance="));
    labels
        .chain([name.to_owned()])
        .filter(|part| !part.is_empty())
        .collect()
}

/// Returns the series of the test cases, whose lines YAML may fold.
fn of_cases(cases: &str) -> Vec<String> {
    let parts = cases.split("- series: ").skip(1);
    let texts = parts.filter_map(|part| part.split("values:").next());
    texts
        .map(|text| {
            let words = text.trim().trim_start_matches(">-").split_whitespace();
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[tokio::test]
async fn test_cases_have_series_of_the_app() {
    let exporter = Exporter::new();
    let state = AppState {
        exporter: exporter.clone(),
    };
    let client = Api.test().state(state).start();
    assert_eq!(client.get("/").send().await.status(), 200);
    let scrape = Operators.test().state(AppState { exporter });
    let scrape = scrape.get("/metrics").send().await;
    let lines = scrape.text().lines().filter(|line| !line.starts_with('#'));
    let exported: BTreeSet<_> = lines
        .filter_map(|line| Some(parts(line.rsplit_once(' ')?.0)))
        .collect();
    let cases = alerts().test_cases(Api::ROUTES, "rules.yml").unwrap();
    let series = of_cases(&cases);
    let of_app = series.iter().filter(|series| {
        series.starts_with("http_") || cfg!(target_os = "linux") && series.starts_with("process_")
    });
    let mut count = 0;
    for series in of_app {
        assert!(
            exported.contains(&parts(series)),
            "{series}\n{}",
            scrape.text()
        );
        count += 1;
    }
    assert!(count > 100, "{count}");
}
