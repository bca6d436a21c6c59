//! A page that shows the queues.

use highball::{
    body::produce,
    prelude::*,
    response::Html,
    sse::{Event, Sse},
    tokio::time::sleep,
};
use highball_jobs::{
    Jobs,
    backend::{Count, State as Is},
};
use serde::Serialize;

/// The pause between two counts.
const PAUSE: std::time::Duration = millis(500);

/// The names of all jobs of the app.
const NAMES: [&str; 3] = ["email", "points", "cron.forget_addresses"];

/// The numbers of jobs of one name.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Queue {
    name: &'static str,
    waiting: u64,
    running: u64,
    parked: u64,
}

async fn count(jobs: &Jobs) -> highball::Result<Vec<Queue>> {
    let counts = jobs.counts().await?;
    let queues = NAMES.map(|name| Queue {
        name,
        waiting: of(&counts, name, Is::Waiting),
        running: of(&counts, name, Is::Running),
        parked: of(&counts, name, Is::Parked),
    });
    Ok(queues.into())
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
pub(crate) fn live(State(jobs): State<Jobs>) -> Sse {
    Sse::new(produce(|events| async move {
        let mut sent = Vec::new();
        loop {
            // While the database does not answer, the page shows the last numbers.
            if let Ok(counted) = count(&jobs).await
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
