//! The macros of `highball-jobs`.

mod contract;
mod job;
mod options;
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
/// The attributes of serde that change the stored form are in the text of the stored form, `CONTRACT`. Those by
/// which a job is written and read differently, such as `skip_serializing` and `from`, are errors.
#[proc_macro_derive(Job, attributes(job))]
pub fn job(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    job::derive(fragments::in_type(input.into())).into()
}

/// Returns the path of the hidden module that generated code refers to.
fn private() -> proc_macro2::TokenStream {
    let jobs = runtime_path::package("highball-jobs");
    quote!(#jobs::__private)
}
