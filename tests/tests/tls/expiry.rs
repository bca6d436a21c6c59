//! The gauge of the end of a certificate.

use std::{
    future::IntoFuture,
    sync::{Arc, OnceLock},
};

use highball::{
    battery::{Battery, Hooks, Registry},
    prelude::*,
    serve::Listener,
    tokio,
};
use tokio::net::TcpListener;

use crate::{Api, certificate_authority::Authority, soon};

const GAUGE: &str = "highball_tls_certificate_ends_seconds";

/// A battery that keeps the registry.
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

impl Probe {
    /// Returns the values of the gauge.
    fn ends(&self) -> Vec<f64> {
        let gauges = self.0.get().map(Registry::gauges).unwrap_or_default();
        let gauges = gauges.iter().filter(|gauge| gauge.name() == GAUGE);
        gauges.map(|gauge| gauge.read()).collect()
    }

    async fn wait_for(&self, ends: &[f64]) {
        let waiting = async {
            while self.ends() != ends {
                tokio::time::sleep(millis(10)).await;
            }
        };
        soon(waiting).await;
    }
}

async fn bound() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").await;
    listener.expect("a port is free")
}

#[tokio::test]
async fn the_end_of_each_certificate_is_a_gauge_that_follows_a_renewal() {
    let (authority, probe) = (Authority::new(), Probe::default());
    let tls = authority.tls().reload_every(millis(20));
    authority.sign_until("server", (2030, 1, 2));
    let serving = highball::serve(Api)
        .install(probe.clone())
        .listen(Listener::from(bound().await).tls(tls.clone()))
        .listen(Listener::from(bound().await).tls(tls))
        .quiet();
    let server = tokio::spawn(serving.into_future());
    // Both listeners have the same file.
    probe.wait_for(&[1_893_542_400.0]).await;
    authority.sign_until("server", (2020, 1, 2));
    probe.wait_for(&[1_577_923_200.0]).await;
    server.abort();
}
