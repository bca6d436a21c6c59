//! A page that shows the queues.

use std::sync::Arc;

use highball::{
    body::produce,
    prelude::*,
    response::Html,
    sse::{Event, Sse},
    tokio::time::sleep,
};
use highball_db::Pool;
use highball_jobs::{
    Sql,
    backend::{Backend as _, Count, State as Is},
};
use serde::Serialize;

use crate::database::Shop;

/// The pause between two counts.
const PAUSE: std::time::Duration = millis(500);

/// The names of all jobs of the app.
const NAMES: [&str; 3] = ["email", "points", "cron.forget_addresses"];

/// The numbers of jobs in the database.
#[derive(Debug, Clone)]
pub struct Queues(Arc<Sql<Shop>>);

/// The numbers of jobs of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Queue {
    name: &'static str,
    waiting: u64,
    running: u64,
    parked: u64,
}

impl Queues {
    /// Counts the jobs in this database.
    pub fn new(shop: &Pool<Shop>) -> Self {
        Self(Arc::new(Sql::new(shop)))
    }

    async fn count(&self) -> highball::Result<Vec<Queue>> {
        let counts = self.0.counts().await?;
        let queues = NAMES.map(|name| Queue {
            name,
            waiting: of(&counts, name, Is::Waiting),
            running: of(&counts, name, Is::Running),
            parked: of(&counts, name, Is::Parked),
        });
        Ok(queues.into())
    }
}

fn of(counts: &[Count], name: &str, state: Is) -> u64 {
    let mut counts = counts.iter();
    let count = counts.find(|count| count.name == name && count.state == state);
    count.map_or(0, |count| count.jobs)
}

/// Returns the page, which contains its script and its style.
#[get("/")]
pub(crate) fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

/// Sends the numbers of jobs, and again after each change.
#[get("/live")]
pub(crate) fn live(State(queues): State<Queues>) -> Sse {
    Sse::new(produce(|events| async move {
        let mut sent = Vec::new();
        loop {
            // While the database does not answer, the page shows the last numbers.
            if let Ok(counted) = queues.count().await
                && counted != sent
                && let Ok(event) = Event::json(&counted)
            {
                events.send(event).await;
                sent = counted;
            }
            sleep(PAUSE).await;
        }
    }))
}
