//! A cache of values as a battery.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use highball::{
    battery::{Battery, Hooks, Registry},
    prelude::*,
    tokio,
};
use highball_cache::Cache;

#[get("/")]
async fn home() {}

#[routes(app)]
struct Api(home);

/// A battery that keeps the gauges of the others.
#[derive(Clone, Default)]
struct Probe(Arc<OnceLock<Registry>>);

impl Battery for Probe {
    fn name(&self) -> String {
        "probe".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let _first = self.0.set(hooks.registry());
    }
}

#[tokio::test]
async fn the_numbers_of_a_cache_are_gauges() {
    let cache = |items| {
        Cache::<u64, u64>::builder(Duration::from_secs(60))
            .entries(items)
            .build()
    };
    let (prices, names, probe) = (cache(100), cache(100), Probe::default());
    let serving = highball::serve(Api);
    let serving = serving
        .install(prices.battery("prices"))
        .install(names.battery("names"));
    drop(serving.install(probe.clone()));
    for _ in 0..3 {
        let five = prices.get(7, || async { Ok::<_, std::io::Error>(5) }).await;
        assert_eq!(five.expect("a value"), 5);
    }
    let gauges = probe.0.get().expect("a registry").gauges();
    let read = |name: &str, cache: &str| {
        let labels = [("cache".to_owned(), cache.to_owned())];
        let gauge = gauges
            .iter()
            .find(|gauge| gauge.name() == name && gauge.labels() == labels);
        gauge.expect("a gauge").read()
    };
    assert_eq!(
        ["cache_hits", "cache_loads", "cache_entries"].map(|name| read(name, "prices")),
        [2.0, 1.0, 1.0]
    );
    assert_eq!(
        ["cache_hits", "cache_loads", "cache_entries"].map(|name| read(name, "names")),
        [0.0; 3]
    );
}
