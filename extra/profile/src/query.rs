//! The query of a profile.

use std::{ops::RangeInclusive, time::Duration};

use highball::{Rejection, http::StatusCode};
use serde::Deserialize;

const SECONDS: RangeInclusive<u64> = 1..=60;
const HZ: RangeInclusive<i32> = 1..=1000;

/// The query of a profile. Other keys are ignored: tools add some.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    seconds: Option<u64>,
    hz: Option<i32>,
}

/// How long and how often samples are taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) time: Duration,
    pub(crate) hz: i32,
}

impl Asked {
    /// Returns the span, or a 400 if a value is outside of its range.
    pub(crate) fn span(&self) -> Result<Span, Rejection> {
        let seconds = in_range("seconds", self.seconds.unwrap_or(30), &SECONDS)?;
        let hz = in_range("hz", self.hz.unwrap_or(99), &HZ)?;
        Ok(Span {
            time: Duration::from_secs(seconds),
            hz,
        })
    }
}

fn in_range<T>(name: &'static str, value: T, range: &RangeInclusive<T>) -> Result<T, Rejection>
where
    T: PartialOrd + ToString + Copy,
{
    if range.contains(&value) {
        return Ok(value);
    }
    let expected = format!(
        "a number from {} to {}",
        range.start().to_string(),
        range.end().to_string()
    );
    let detail = format!("`{name}` is not {expected}");
    let rejection = Rejection::new(StatusCode::BAD_REQUEST, detail);
    Err(rejection.with_error("query", name, expected, value.to_string()))
}
