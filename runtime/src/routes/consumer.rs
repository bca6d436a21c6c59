//! Consumers of jobs, as constant data.

use crate::routes::{fact::Fact, facts::Facts};

/// The job that a consumer takes and those that it publishes, as constant data.
///
/// # Examples
/// ```
/// use highball::{describe::ConsumerInfo, extract::{Fact, Facts}};
///
/// const AWARD: Facts = Facts::PUBLISHES.and(Facts::named(&[Fact::new("job", "award")]));
/// const INFO: ConsumerInfo =
///     ConsumerInfo::new("send_email", "email", file!(), line!()).publishes(&[&AWARD]);
///
/// assert_eq!((INFO.name(), INFO.job()), ("send_email", "email"));
/// assert!(INFO.jobs().eq(["award"]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct ConsumerInfo {
    name: &'static str,
    job: &'static str,
    file: &'static str,
    line: u32,
    /// The facts of its arguments.
    facts: &'static [&'static Facts],
    is_from_outside: bool,
    is_scheduled: bool,
}

impl ConsumerInfo {
    /// Creates the description of a consumer from the name of its function, the name of the job that it takes, and
    /// the place of the function.
    pub const fn new(name: &'static str, job: &'static str, file: &'static str, line: u32) -> Self {
        Self {
            name,
            job,
            file,
            line,
            facts: &[],
            is_from_outside: false,
            is_scheduled: false,
        }
    }

    /// Sets the facts of its arguments, which name the jobs that it publishes.
    #[must_use]
    pub const fn publishes(mut self, facts: &'static [&'static Facts]) -> Self {
        self.facts = facts;
        self
    }

    /// States that something outside of the app publishes its job.
    ///
    /// # Examples
    /// ```
    /// use highball::describe::ConsumerInfo;
    ///
    /// const INFO: ConsumerInfo = ConsumerInfo::new("import", "import", file!(), line!()).from_outside();
    /// assert!(INFO.is_from_outside() && !INFO.is_scheduled());
    /// ```
    #[must_use]
    pub const fn from_outside(mut self) -> Self {
        self.is_from_outside = true;
        self
    }

    /// States that a schedule publishes its job.
    ///
    /// # Examples
    /// ```
    /// use highball::describe::ConsumerInfo;
    ///
    /// const INFO: ConsumerInfo = ConsumerInfo::new("clean_up", "clean_up", file!(), line!()).scheduled();
    /// assert!(INFO.is_scheduled());
    /// ```
    #[must_use]
    pub const fn scheduled(mut self) -> Self {
        self.is_scheduled = true;
        self
    }

    /// Returns the name of its function.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the name of the job that it takes.
    pub const fn job(&self) -> &'static str {
        self.job
    }

    /// Returns the source file of its function.
    pub const fn file(&self) -> &'static str {
        self.file
    }

    /// Returns the line of its function.
    pub const fn line(&self) -> u32 {
        self.line
    }

    /// Returns the facts of its arguments.
    pub(super) const fn facts(&self) -> &'static [&'static Facts] {
        self.facts
    }

    /// Returns whether something outside of the app publishes its job.
    pub const fn is_from_outside(&self) -> bool {
        self.is_from_outside
    }

    /// Returns whether a schedule publishes its job.
    pub const fn is_scheduled(&self) -> bool {
        self.is_scheduled
    }

    /// Returns the names of the jobs that it publishes, each once.
    pub fn jobs(&self) -> impl Iterator<Item = &'static str> {
        job_names(self.facts.iter().map(|facts| **facts))
    }
}

/// Returns the names of the jobs that something with these facts publishes, each once.
pub(super) fn job_names(all: impl Iterator<Item = Facts>) -> impl Iterator<Item = &'static str> {
    let publishing = all.filter(|facts| facts.may(Facts::PUBLISHES));
    let jobs = publishing.flat_map(|facts| facts.names());
    once_each(jobs.filter(|fact| fact.is_job()).map(Fact::name))
}

/// Returns each name once, in the order of its first occurrence.
pub(super) fn once_each(
    names: impl Iterator<Item = &'static str>,
) -> impl Iterator<Item = &'static str> {
    let mut seen = Vec::new();
    names.filter(move |name| {
        let is_new = !seen.contains(name);
        if is_new {
            seen.push(*name);
        }
        is_new
    })
}

/// A consumer of jobs. `#[consumer]` of `highball-jobs` implements it for a type of the function's name.
///
/// The type is `pub`, also if the function is private: [`Consumers::List`] of a public app contains it.
///
/// # Examples
/// ```
/// use highball::describe::{Consumer, ConsumerInfo};
///
/// #[allow(non_camel_case_types)]
/// pub struct send_email;
///
/// impl Consumer for send_email {
///     const INFO: ConsumerInfo = ConsumerInfo::new("send_email", "email", file!(), line!());
/// }
/// assert_eq!(send_email::INFO.job(), "email");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a consumer",
    label = "cannot be listed in `jobs(..)`",
    note = "put `#[consumer(..)]` or `#[cron(..)]` on the function"
)]
pub trait Consumer {
    /// Its description.
    const INFO: ConsumerInfo;
}

/// The consumers of an app: `#[routes(app, jobs(..))]` implements it.
///
/// # Examples
/// ```
/// use highball::{describe::{Consumer, ConsumerInfo, Consumers}, prelude::*};
///
/// #[allow(non_camel_case_types)]
/// struct import;
///
/// impl Consumer for import {
///     const INFO: ConsumerInfo = ConsumerInfo::new("import", "import", file!(), line!()).from_outside();
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, jobs(import))]
/// struct Api(home);
///
/// # fn main() {
/// assert_eq!(<Api as Consumers>::INFOS[0].name(), "import");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "the app `{Self}` lists no consumers",
    label = "has no `jobs(..)`",
    note = "write `#[routes(app, jobs(send_email, award))]`, with the functions that take jobs"
)]
pub trait Consumers {
    /// The types of the consumers, as nested tuples: `(send_email, (award, ()))`.
    type List;
    /// The description of each, in the same order.
    const INFOS: &'static [ConsumerInfo];
    /// The jobs that another program takes, `elsewhere("report")`.
    const ELSEWHERE: &'static [&'static str];
}
