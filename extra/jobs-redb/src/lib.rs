//! Background jobs of the [Highball](https://docs.rs/highball) web framework in one file, for apps without a database.
//!
//! [`Redb`] is a backend of [`highball_jobs`] on the embedded store [redb](https://docs.rs/redb). Each job is done at
//! least once.
//!
//! # Examples
//! ```no_run
//! use highball::prelude::*;
//! use highball_jobs::{Job, Jobs, PushError, Queue, Retry, consumer};
//! use highball_jobs_redb::Redb;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Clone, State)]
//! struct AppState {
//!     jobs: Jobs,
//! }
//!
//! #[derive(Serialize, Deserialize, Job)]
//! #[job("email")]
//! struct Email {
//!     to: String,
//! }
//!
//! #[post("/emails/{to}")]
//! async fn request(to: &str, email: Queue<'_, Email>) -> Result<StatusCode, PushError> {
//!     email.push(Email { to: to.to_owned() }).await?;
//!     Ok(StatusCode::ACCEPTED)
//! }
//!
//! #[consumer(timeout = secs(30))]
//! async fn send_email(email: Email) -> Result<(), Retry> {
//!     println!("to {}", email.to);
//!     Ok(())
//! }
//!
//! #[routes(app, jobs(send_email))]
//! struct Api(request);
//!
//! #[highball::main]
//! async fn main() -> highball::Result {
//!     let jobs = Jobs::on(Redb::open("jobs.redb")?);
//!     let state = AppState { jobs: jobs.clone() };
//!     let workers = jobs.workers(Api, &state);
//!     highball::serve(Api).state(state).install(workers).await
//! }
//! ```
//!
//! # One process
//! The process that opens the file locks it until it ends, and a second one receives an error. An app with several
//! processes keeps its jobs in a database or in a broker. The lock also means that a new version of a program starts
//! when the old one has ended.
//!
//! # Publishers
//! A job is on the disk when its publisher returns. One thread writes the file, and while it waits for the disk it
//! collects the calls of others, which share the next write. If the future of a call is dropped, the call still takes
//! effect, apart from a claim, which is given back.
//!
//! If the disk is full, publishers receive [`PushError::Blocked`](highball_jobs::PushError::Blocked). The file is opened
//! again by the next call.
//!
//! # Attempts
//! The file has the attempts of each job, and leases are in memory. When a file is opened, each job that runs is that
//! of a process that has ended, so its attempt counts as a crash. Other attempts crash when their lease ends, as in a
//! database.
//!
//! # No transactions
//! [`Outbox`](highball_jobs::Outbox) stores a job in the transaction of a database, and returns an error if there is
//! none. Publish with a [`Queue`](highball_jobs::Queue), or add the database of the app with
//! [`Jobs::with_outbox`](highball_jobs::Jobs::with_outbox).

mod backend;
mod claim;
mod contract;
mod end;
mod error;
mod file;
mod handover;
mod index;
mod job;
mod leases;
mod limits;
mod look;
mod push;
mod session;
mod store;
mod tables;
#[cfg(test)]
mod tests;
mod writer;

pub use backend::Redb;
