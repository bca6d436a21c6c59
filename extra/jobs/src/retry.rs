//! The error of a consumer.

use std::{borrow::Cow, fmt, time::Duration};

/// Why a job has not succeeded, and when it runs again. A consumer returns it as its error.
///
/// `?` converts every error type: the job runs again after a pause that grows with each attempt, up to the attempts of
/// its consumer. [`never`](Self::never) parks the job at once, because it cannot succeed.
///
/// # Examples
/// ```
/// use highball_jobs::Retry;
///
/// fn send(to: &str) -> Result<(), Retry> {
///     if !to.contains('@') {
///         return Err(Retry::never("the address has no `@`"));
///     }
///     std::fs::write("/no/such/mailbox", to)?;
///     Ok(())
/// }
///
/// assert!(send("ada").unwrap_err().is_final());
/// assert!(!send("ada@example.org").unwrap_err().is_final());
/// ```
pub struct Retry {
    pub(crate) when: When,
    pub(crate) reason: Cow<'static, str>,
}

/// When a job runs again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// After the pause of its consumer.
    Usual,
    /// After this time.
    In(Duration),
    /// After this time, and the attempt does not count.
    Snooze(Duration),
    Never,
    /// An earlier attempt has done it.
    Done,
}

impl Retry {
    /// The job runs again after the usual pause: it doubles with each attempt, and a random part of it is taken.
    ///
    /// # Examples
    /// ```
    /// use highball_jobs::Retry;
    ///
    /// assert_eq!(Retry::later("the printer has no paper").reason(), "the printer has no paper");
    /// ```
    pub fn later(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(When::Usual, reason)
    }

    /// The job runs again after this time, for example that of a `Retry-After`.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_jobs::Retry;
    ///
    /// let retry = Retry::in_time(Duration::from_secs(60), "the service asks for a minute");
    /// assert!(!retry.is_final());
    /// ```
    pub fn in_time(time: Duration, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(When::In(time), reason)
    }

    /// The job runs again after this time, and the attempt does not count: what it needs is not there yet.
    ///
    /// # Examples
    /// ```
    /// use std::time::Duration;
    ///
    /// use highball_jobs::Retry;
    ///
    /// let retry = Retry::snooze(Duration::from_secs(5), "the payment is pending");
    /// assert!(!retry.is_final());
    /// ```
    pub fn snooze(time: Duration, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(When::Snooze(time), reason)
    }

    /// The job never runs again: it is parked, where it can be listed and queued again.
    ///
    /// # Examples
    /// ```
    /// use highball_jobs::Retry;
    ///
    /// assert!(Retry::never("there is no such order").is_final());
    /// ```
    pub fn never(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::new(When::Never, reason)
    }

    /// The effect of the job is stored already, so it is done.
    pub(crate) fn done() -> Self {
        Self::new(When::Done, "an earlier attempt has done it")
    }

    fn new(when: When, reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            when,
            reason: reason.into(),
        }
    }

    /// Returns why the job has not succeeded.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns whether the job never runs again.
    pub fn is_final(&self) -> bool {
        self.when == When::Never
    }
}

/// `Retry` is no [`Error`](std::error::Error), so that `?` converts each one.
impl<E: Into<highball::Error>> From<E> for Retry {
    #[track_caller]
    fn from(error: E) -> Self {
        let error: highball::Error = error.into();
        Self::later(format!("{error:#}"))
    }
}

impl fmt::Debug for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("when", &self.when)
            .field("reason", &self.reason)
            .finish()
    }
}
