//! Clients that send orders, one after another.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use highball::{json, tokio::task::JoinSet};

use crate::client::Client;

/// The responses of a load.
pub(crate) struct Seen {
    times: Vec<Duration>,
    /// How often each status was received.
    pub(crate) statuses: BTreeMap<u16, usize>,
    pub(crate) lasted: Duration,
}

impl Seen {
    /// Returns the time within which this share of the responses has arrived, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let idx = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(idx).map_or(0.0, Duration::as_secs_f64) * 1000.0
    }

    /// Returns the number of responses in a second.
    pub(crate) fn rate(&self) -> f64 {
        // Exact up to 2^53.
        #[allow(clippy::cast_precision_loss)]
        let count = self.times.len() as f64;
        count / self.lasted.as_secs_f64()
    }
}

/// Sends orders with this number of clients for this time.
pub(crate) async fn load(
    server: SocketAddr,
    clients: usize,
    time: Duration,
) -> highball::Result<Seen> {
    let client = Arc::new(Client::new(server));
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for number in 0..clients {
        let client = Arc::clone(&client);
        running.spawn(async move {
            let request = request(number);
            let mut seen = Vec::new();
            while begun.elapsed() < time {
                let sent = Instant::now();
                let status = client.ask(&request).await?;
                seen.push((status, sent.elapsed()));
            }
            highball::Result::Ok(seen)
        });
    }
    let (mut times, mut statuses) = (Vec::new(), BTreeMap::new());
    while let Some(seen) = running.join_next().await {
        for (status, time) in seen?? {
            times.push(time);
            *statuses.entry(status).or_default() += 1;
        }
    }
    times.sort();
    let lasted = begun.elapsed();
    Ok(Seen {
        times,
        statuses,
        lasted,
    })
}

fn request(number: usize) -> String {
    let customer = format!("c{number}");
    let email = format!("{customer}@example.org");
    let body = json!({ "customer": customer, "email": email, "cents": 1995 }).to_string();
    format!(
        "POST /orders HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
