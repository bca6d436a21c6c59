//! Background jobs for the [Highball](https://docs.rs/highball) web framework: an outbox, consumers, schedules.
//!
//! A job is data, a consumer is a function, and the list of consumers is part of the app. The compiler checks that each
//! job that a route publishes has a consumer. Jobs are kept in the database of the app, and a crash loses none.
//!
//! # Examples
//! ```no_run
//! use highball::prelude::*;
//! use highball_db::{Pool, Sqlite, Tx, database};
//! use highball_jobs::{Job, Jobs, Outbox, Retry, consumer};
//! use serde::{Deserialize, Serialize};
//!
//! database!(Shop: Sqlite);
//!
//! #[derive(Clone, State)]
//! struct AppState {
//!     shop: Pool<Shop>,
//!     jobs: Jobs,
//! }
//!
//! #[derive(Serialize, Deserialize, Job)]
//! #[job("email")]
//! struct Email {
//!     to: String,
//! }
//!
//! /// The e-mail is sent if the order is stored, also after a crash.
//! #[post("/orders/{to}")]
//! async fn order(
//!     to: &str,
//!     mut tx: Tx<'_, Shop>,
//!     email: Outbox<'_, Email>,
//! ) -> highball::Result<StatusCode> {
//!     // Store the order in `tx`.
//!     email.push(&mut tx, Email { to: to.to_owned() }).await?;
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
//! struct Api(order);
//!
//! #[highball::main]
//! async fn main() -> highball::Result {
//!     let shop = Pool::<Shop>::file("shop.db").build();
//!     let jobs = Jobs::new(&shop);
//!     let state = AppState { shop: shop.clone(), jobs: jobs.clone() };
//!     let workers = jobs.workers(Api, &state);
//!     highball::serve(Api).state(state).install(shop).install(workers).await
//! }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
pub mod backend;
#[cfg(feature = "conformance")]
#[cfg_attr(docsrs, doc(cfg(feature = "conformance")))]
pub mod conformance;
mod consumer;
mod contract;
mod cron;
mod done;
mod fault;
mod job;
mod jobs;
mod line;
mod options;
mod outbox;
mod publisher;
mod push_error;
mod queue;
mod relay;
mod requirements;
mod retry;
mod sql;
mod tick;
mod time;
mod worker;

pub use attempt::Attempt;
/// # Examples
/// ```
/// use highball_jobs::Job;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("email", unique(order))]
/// struct Email {
///     order: i64,
/// }
/// assert_eq!(Email { order: 7 }.unique_key().as_deref(), Some("7"));
/// ```
pub use highball_jobs_macros::Job;
/// # Examples
/// ```
/// use highball_jobs::{Job, Retry, consumer};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("email")]
/// struct Email {
///     to: String,
/// }
///
/// #[consumer(timeout = secs(30))]
/// async fn send_email(email: Email) -> Result<(), Retry> {
///     println!("to {}", email.to);
///     Ok(())
/// }
/// ```
pub use highball_jobs_macros::consumer;
/// # Examples
/// ```
/// use highball_jobs::{Retry, cron};
///
/// #[cron("0 3 * * *", zone = "Europe/Berlin", missed = once, timeout = mins(10))]
/// async fn prune() -> Result<(), Retry> {
///     println!("It is three o'clock.");
///     Ok(())
/// }
/// ```
pub use highball_jobs_macros::cron;
pub use job::{BoxError, Job};
pub use jobs::Jobs;
pub use options::{Missed, Options, Schedule};
pub use outbox::Outbox;
pub use push_error::PushError;
pub use queue::Queue;
pub use retry::Retry;
pub use sql::Sql;
pub use worker::{ConsumerList, WorkerByHand, Workers};

/// The items that generated code calls. It is not a public interface.
#[doc(hidden)]
pub mod __private {
    pub use highball::{
        describe::{Consumer as CoreConsumer, ConsumerInfo},
        extract::{Fact, Facts},
    };
    pub use serde::{Serialize, de::DeserializeOwned};

    pub use crate::{
        consumer::{
            Argument, ArgumentFrom, Arguments, ArgumentsFrom, Checked, Env, Is, Outcome, Run,
            is_argument, is_job, repeated,
        },
        contract::{Contract, HasContract, contract_of},
        job::{BoxError, Job, from_json, key, read_job, same_text},
        options::{Missed, Options, Schedule},
        retry::Retry,
        tick::Tick,
    };

    /// The units of times.
    pub mod units {
        use std::time::Duration;

        pub use highball::middleware::{hours, millis, mins, secs};

        /// Returns a time in days.
        pub const fn days(count: u64) -> Duration {
            hours(count * 24)
        }
    }
}
