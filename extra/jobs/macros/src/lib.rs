//! The macros of `highball-jobs`.
//!
//! # Contracts
//!
//! The file `contracts/<job>.txt` in the directory of a package contains the stored form of a job, for each version of
//! which there may be jobs in the queue. [`derive@Job`] compares the type with it while the program is compiled.
//!
//! ```text
//! # A line that begins with `#` is a comment.
//! version 1
//!   order: i64
//!   to: String
//!
//! version 2, deny_unknown_fields
//!   lang: Option<String>, optional
//!   order: i64
//!   to: Vec<Address>
//! ```
//!
//! Each field is a line: its name in the stored form, and its type as text. `optional` is a field that a job may lack:
//! an `Option`, or one with `#[serde(default)]`. `..rest: Rest` is a field with `#[serde(flatten)]`. The lines are in
//! the order of the names, so the order of the fields in the source does not matter.
//!
//! The line of a version also contains the kind of the type, if it is no struct with named fields: `unit`, `newtype`,
//! `tuple`, or `enum` with its `tag`, `content` or `untagged`. Below an enum, each variant is a line, and its fields
//! are indented by four spaces:
//!
//! ```text
//! version 1, enum, tag = "kind"
//!   cancelled, unit
//!   shipped
//!     order: i64
//! ```
//!
//! A type is compared as text. So a change inside of `Address` is not found, and an alias of another name is another
//! type.

mod consumer;
mod contract;
mod cron;
mod job;
mod options;
mod schedule;
#[cfg(test)]
mod tests;
mod values;

use highball_macro_stages::{fragments, runtime_path};
use quote::quote;

/// Makes a struct or an enum a job, which can be stored and run later.
///
/// ```text
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("email", version = 2, upgrade_from(EmailV1), ordered_by(customer), unique(order), unique_for = mins(10))]
/// struct Email {
///     customer: i64,
///     order: i64,
///     #[job(secret)]
///     token: String,
/// }
/// ```
///
/// The name identifies the job in the queue, so it must not change with the name of the type. It is one to 64 of the
/// characters `a-z`, `A-Z`, `0-9`, `-`, `_` and `.`.
///
/// | option | meaning | default |
/// |---|---|---|
/// | `"email"` | the name of the job | must be written |
/// | `version = 2` | the version of the stored form, from 1 | 1 |
/// | `upgrade_from(EmailV1)` | the types of older versions, lowest first. Each is a `Job` of the same name, and `Email: From<EmailV1>` | none |
/// | `ordered_by(customer)` | the fields of the key by which jobs run one after the other | no order |
/// | `limited_by(customer), limit = 3` | the fields of the key of which three jobs run at once, in all processes | no limit |
/// | `unique(order)` | the fields of the key of which the queue contains one job | not unique |
/// | `unique_for = mins(10)` | how long a finished job still blocks others of its key | until it ends |
/// | `max_waiting = 10_000` | the most jobs that may wait | no limit |
///
/// | attribute of a field | meaning |
/// |---|---|
/// | `#[job(secret)]` | the value is never shown |
///
/// The fields of keys implement `Display`. The units `millis`, `secs`, `mins`, `hours` and `days` need no import.
///
/// # Older jobs
///
/// A job of an older version is read by the type in `upgrade_from(..)` that has this version, and converted by `From`.
/// Any other older job is read as the type itself.
///
/// If the file `contracts/email.txt` exists in the directory of the package, the type is compared with it:
///
/// - Within a version, processes with the older and the newer code run at the same time during a deploy, so both have
///   to
///   read the jobs of the other. A field or a variant that is lost, renamed or has another type is an error, and so
///   are a new variant and a new field that is neither an `Option` nor has `#[serde(default)]`.
/// - The jobs of each older version in the file have to be readable, by the type itself or by one in
///   `upgrade_from(..)`.
///
/// Each difference is an error at the field. With `HIGHBALL_CONTRACTS=accept` in the environment nothing is compared,
/// so that the program can be compiled to write the file again. Without a file nothing is compared. The crate's
/// documentation describes the file.
///
/// The attributes of serde that change the stored form are in the contract. Those by which a job is written and read
/// differently, such as `skip_serializing` and `from`, are errors.
#[proc_macro_derive(Job, attributes(job))]
pub fn job(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    job::derive(fragments::in_type(input.into())).into()
}

/// Makes an async function a consumer, which runs the jobs of one type.
///
/// ```text
/// #[consumer(timeout = secs(30), attempts = 12, backoff = (secs(1), mins(10)))]
/// async fn send_email(job: Email, mail: State<Mailer>, tx: &mut Transaction<Shop>) -> Result<(), Retry> { .. }
///
/// #[routes(app, jobs(send_email))]
/// struct Api(create_order);
/// ```
///
/// The first argument is the job, by value. The others are `State<T>`, `&mut Transaction<D>`, `&Attempt`, `Outbox<'_,
/// J>` and `Queue<'_, J>`; `State(mail): State<Mailer>` binds a clone of the value. They are opened in their order and
/// closed in reverse, after the function has returned.
///
/// The function returns `Result<(), Retry>`. With an error the job runs again later, until `attempts` are used. Its
/// future is `Send`. Work that blocks belongs in `tokio::task::spawn_blocking`, because the worker runs other jobs on
/// the same thread.
///
/// | option | meaning | default |
/// |---|---|---|
/// | `timeout = secs(30)` | how long the function may run, or `never` for no limit | must be written |
/// | `at_once = 8` | how many of its jobs run at the same time in one process | 8 |
/// | `attempts = 12` | how often a job runs until it is dead | 12 |
/// | `crashes = 3` | how often a job may end the process until it is dead | 3 |
/// | `rate = 50` | how many jobs begin in a second | no limit |
/// | `backoff = (secs(1), mins(10))` | the first and the longest wait after an error | 1 second, 1 hour |
/// | `keep = days(1)` | how long a finished job is kept | 1 day |
/// | `from = outside` | another program publishes the job, so no route has to | a route or a job publishes it |
///
/// The values are expressions. `millis`, `secs`, `mins`, `hours` and `days` need no import.
///
/// The attribute adds a type with the name of the function, which `jobs(..)` lists.
#[proc_macro_attribute]
pub fn consumer(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    consumer::expand(args.into(), item.into()).into()
}

/// Runs an async function by a schedule, once in all processes of an app.
///
/// ```text
/// #[cron("0 3 * * *", zone = "Europe/Berlin", missed = once, timeout = mins(10))]
/// async fn prune(shop: State<Pool<Shop>>) -> Result<(), Retry> { .. }
///
/// #[routes(app, jobs(send_email, prune))]
/// struct Api(create_order);
/// ```
///
/// The arguments and the result are those of [`macro@consumer`], without a job. The job has the name `cron.prune`. Its
/// runs do not overlap.
///
/// The schedule has five fields: the minute, the hour, the day of the month, the month, and the day of the week from 0
/// or `SUN` to 6 or `SAT`. A field is `*`, a value, a range `1-5`, either with a step such as `*/15` and `8-18/2`, or a
/// list of them with commas. If both days are limited, one of them is enough. `@hourly`, `@daily`, `@weekly` and
/// `@monthly` are schedules, too. A mistake, and a day that never comes, is an error at the text.
///
/// | option | meaning | default |
/// |---|---|---|
/// | `"0 3 * * *"` | the schedule | must be written |
/// | `timeout = mins(10)` | how long the function may run, or `never` for no limit | must be written |
/// | `zone = "Europe/Berlin"` | the time zone of the schedule | UTC |
/// | `missed = once` | whether runs that were missed are made up for: `once` for all of them, `all`, or `skip` for none | `once` |
/// | `attempts = 12` | how often a run is tried | 12 |
/// | `crashes = 3` | how often a run may end the process until it is dead | 3 |
/// | `backoff = (secs(1), mins(10))` | the first and the longest wait after an error | 1 second, 1 hour |
/// | `keep = days(1)` | how long a finished run is kept | 1 day |
///
/// The values are expressions. `millis`, `secs`, `mins`, `hours` and `days` need no import.
#[proc_macro_attribute]
pub fn cron(
    args: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    cron::expand(args.into(), item.into()).into()
}

/// Returns the path of the hidden module that generated code refers to.
fn private() -> proc_macro2::TokenStream {
    let jobs = runtime_path::package("highball-jobs");
    quote!(#jobs::__private)
}
