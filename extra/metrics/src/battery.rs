//! The exporter as a battery.

use std::time::Duration;

use highball::battery::{Battery, Hooks};

use crate::{exporter::Exporter, names};

/// Creates the metrics of all routes and reads the gauges of all batteries, also of those that are installed later. The
/// server does not start if two metrics have one name.
impl Battery for Exporter {
    fn name(&self) -> String {
        "metrics".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let routes = hooks.routes();
        self.http(|| routes);
        let registry = hooks.registry();
        self.set_registry(registry.clone());
        hooks.on_start(Duration::from_secs(1), async move {
            names::check(&self.own(), &registry.gauges())
        });
    }
}
