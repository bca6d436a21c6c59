//! Compares the rates of highball-jobs with those of apalis and of bare `FOR UPDATE SKIP LOCKED`.
//!
//! `HIGHBALL_TEST_POSTGRES=.. cargo run --release`, in this directory
//!
//! Each queue has 8 workers in this process. SQLite has a write-ahead log and `synchronous = full`, Redis writes and
//! syncs each command, and PostgreSQL has its defaults, so each acknowledged job is on the disk. The tables of SQL have
//! 1,000,000 finished jobs. Names as arguments select queues. apalis looks for jobs every 100 ms.

mod bare;
mod highball_sql;
mod in_apalis;
mod place;
mod tally;

use std::time::Duration;

use highball::Error as Failure;
use tally::Measured;

/// How many jobs run at the same time.
const WORKERS: usize = 8;

/// The finished jobs that SQL tables contain.
const FINISHED: u64 = 1_000_000;

/// The jobs that wait before the workers start.
const WAITING: usize = 5_000;

/// The jobs that are published one after another while the workers wait for them, and the pause between two.
const SINGLE: usize = 300;
const PAUSE: Duration = Duration::from_millis(25);

const ROUNDS: usize = 3;

const QUEUES: [&str; 5] = [
    "highball-jobs, SQLite",
    "apalis, SQLite",
    "apalis, Redis",
    "highball-jobs, PostgreSQL",
    "SKIP LOCKED, PostgreSQL",
];

async fn measure(queue: &str) -> Result<Measured, Failure> {
    match queue {
        "highball-jobs, SQLite" => highball_sql::sqlite().await,
        "apalis, SQLite" => in_apalis::sqlite().await,
        "apalis, Redis" => in_apalis::redis().await,
        "highball-jobs, PostgreSQL" => highball_sql::postgres().await,
        _ => bare::measure().await,
    }
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let chosen = std::env::args().skip(1).collect::<Vec<_>>();
    let chosen = QUEUES.into_iter().filter(|queue| {
        chosen.is_empty() || chosen.iter().any(|part| queue.contains(part.as_str()))
    });
    let chosen = chosen.collect::<Vec<_>>();
    let mut rounds = vec![Vec::new(); chosen.len()];
    for round in 1..=ROUNDS {
        for (queue, measured) in chosen.iter().zip(&mut rounds) {
            eprintln!("round {round}: {queue}");
            measured.push(measure(queue).await?);
        }
    }
    println!("| Queue | jobs per second | wait, median | wait, p99 |");
    println!("|---|---|---|---|");
    for (queue, measured) in chosen.iter().zip(&mut rounds) {
        println!("| {queue} | {} |", Measured::median(measured));
    }
    Ok(())
}
