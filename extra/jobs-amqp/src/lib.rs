//! Background jobs of the [Highball](https://docs.rs/highball) web framework in RabbitMQ.
//!
//! [`Amqp`] is a backend of [`highball_jobs`] for RabbitMQ 3.10 or later. Each job is done at least once.
//!
//! # Examples
//! ```no_run
//! use highball::prelude::*;
//! use highball_jobs::{Job, Jobs, PushError, Queue, Retry, consumer};
//! use highball_jobs_amqp::Amqp;
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
//!     let amqp = Amqp::at("amqp://shop:secret@localhost/shop").prefix("shop").build()?;
//!     let jobs = Jobs::on(amqp);
//!     let state = AppState { jobs: jobs.clone() };
//!     let workers = jobs.workers(Api, &state);
//!     highball::serve(Api).state(state).install(workers).await
//! }
//! ```
//!
//! # An outbox
//! A handler that changes data publishes in its transaction: [`Jobs::with_outbox`](highball_jobs::Jobs::with_outbox)
//! stores the job in the database, and the process publishes it after the commit. Consumers with a transaction have the
//! effect of a message that is delivered twice once.
//!
//! # Queues
//! With the prefix `shop`, the job `email` has three durable quorum queues, which are declared when a connection uses
//! the job for the first time:
//!
//! | Queue | Jobs |
//! |---|---|
//! | `shop.email` | that can run |
//! | `shop.email.suspect` | that have crashed: each process runs one of them at a time |
//! | `shop.email.parked` | that do not run again by themselves |
//!
//! All jobs share the delay queues `shop.delay.1s`, `5s`, `30s`, `120s`, `600s` and `3600s`, and the exchange
//! `shop.wake`, which wakes workers. A job with a later time waits in the longest delay queue that does not exceed the
//! rest of its time, and then in the next one. So it is up to a second late, and later if no worker runs at the end of
//! a wait. Counts do not include jobs in delay queues.
//!
//! # Publishers
//! A message is persistent, and a queue has it on the disk when its publisher returns. The errors of
//! [`PushError`](highball_jobs::PushError) are different if no queue takes the message, if the broker is blocked by an
//! alarm, if the confirm does not come in time, and if there is no connection. A message that was under way at such a
//! failure may be stored all the same.
//!
//! A process has two connections, one of which only publishes. So jobs are taken and acknowledged while the broker is
//! blocked, and an alarm that they have caused can end.
//!
//! # Attempts
//! RabbitMQ gives a job to another process when the connection of the first one ends, and counts it in
//! `x-delivery-count`. That is a crash of the attempt, also if only the network has failed. The first attempt cannot
//! store its end any longer. Within a process, a job whose task blocks its thread loses its lease as in a database.
//!
//! RabbitMQ closes the channel of a message that is not acknowledged within its `consumer_timeout`, which is 30 minutes
//! by default. So each consumer needs a `timeout`, and the start fails if it is not shorter than
//! [`acknowledge_within`](Builder::acknowledge_within).
//!
//! # Not in a broker
//! `ordered_by`, `limited_by`, `unique`, `rate` and [`Attempt::step`](highball_jobs::Attempt::step) need a table, and are refused with
//! an error. So are schedules, unless there is an outbox. Jobs that wait cannot be listed. Two jobs may run in
//! another order than they were published.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod amqp;
mod builder;
mod claim;
mod contract;
mod delay;
mod delete;
#[cfg(doctest)]
mod doctests;
mod error;
mod held;
mod link;
mod message;
mod names;
mod parked;
mod settle;
mod topology;
mod wake;

pub use amqp::Amqp;
pub use builder::Builder;
