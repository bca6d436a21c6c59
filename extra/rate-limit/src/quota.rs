//! The number of requests that a limit allows, per period and at once.

use std::{num::NonZeroU32, time::Duration};

/// A number of requests per period, and a number at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    requests: NonZeroU32,
    per: Duration,
    burst: NonZeroU32,
}

const YEAR: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// The longest time in which a credit may refill. `governor` counts nanoseconds in 64 bits, which overflow after
/// a few centuries.
const MAX_FILL: Duration = Duration::from_secs(50 * YEAR.as_secs());

impl Quota {
    /// Returns the quota, or a message if a number is out of range.
    pub(crate) const fn new(
        requests: u32,
        per: Duration,
        burst: u32,
    ) -> Result<Self, &'static str> {
        let (Some(requests), Some(burst)) = (NonZeroU32::new(requests), NonZeroU32::new(burst))
        else {
            return Err("a rate limit of 0 requests rejects every request: take at least 1");
        };
        if per.as_nanos() < 1_000_000_000 || per.as_nanos() > YEAR.as_nanos() {
            return Err(
                "a rate limit counts over a second at least and a year at most: take another time",
            );
        }
        let quota = Self {
            requests,
            per,
            burst,
        };
        if quota.fill_time().as_nanos() > MAX_FILL.as_nanos() {
            return Err("the burst of a rate limit takes centuries to fill: take a smaller one");
        }
        Ok(quota)
    }

    /// Like [`new`](Self::new), but panics on a mistake, which is a compile error in a constant.
    pub(crate) const fn constant(requests: u32, seconds: u64, burst: u32) -> Self {
        match Self::new(requests, Duration::from_secs(seconds), burst) {
            Ok(quota) => quota,
            Err(mistake) => panic!("{}", mistake),
        }
    }

    pub(crate) const fn with_burst(self, burst: u32) -> Self {
        match Self::new(self.requests.get(), self.per, burst) {
            Ok(quota) => quota,
            Err(mistake) => panic!("{}", mistake),
        }
    }

    /// Returns the time after which one more request is allowed.
    const fn interval(&self) -> Duration {
        // A year in nanoseconds fits in 64 bits.
        let nanos = self.per.as_nanos() as u64 / self.requests.get() as u64;
        Duration::from_nanos(if nanos == 0 { 1 } else { nanos })
    }

    /// Returns the time in which an empty credit refills.
    pub(crate) const fn fill_time(&self) -> Duration {
        let nanos = self.interval().as_nanos() * self.burst.get() as u128;
        let max = MAX_FILL.as_nanos() + 1;
        Duration::from_nanos(if nanos > max {
            max as u64
        } else {
            nanos as u64
        })
    }

    /// Returns the quota in `governor`'s type.
    pub(crate) fn to_governor(self) -> governor::Quota {
        let quota = governor::Quota::with_period(self.interval());
        let quota = quota.unwrap_or_else(|| governor::Quota::per_second(self.requests));
        quota.allow_burst(self.burst)
    }

    /// Returns the item of the header `RateLimit-Policy`. Its window is rounded up to whole seconds.
    pub(crate) fn policy(&self, name: &str) -> String {
        let seconds = self.per.as_secs() + u64::from(self.per.subsec_nanos() > 0);
        format!("\"{name}\";q={};w={seconds}", self.requests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_has_bounds() {
        let check = |requests, per, burst, expected: Option<&str>| {
            let mistake = Quota::new(requests, per, burst).err();
            assert_eq!(mistake.is_some(), expected.is_some(), "{mistake:?}");
            assert!(
                mistake
                    .unwrap_or_default()
                    .contains(expected.unwrap_or_default())
            );
        };
        let second = Duration::from_secs(1);
        check(1, second, 1, None);
        check(u32::MAX, second, u32::MAX, None);
        check(1, YEAR, 50, None);
        check(0, second, 1, Some("0 requests"));
        check(1, second, 0, Some("0 requests"));
        check(1, Duration::ZERO, 1, Some("a second at least"));
        check(1, Duration::from_millis(999), 1, Some("a second at least"));
        check(1, Duration::MAX, 1, Some("a year at most"));
        check(1, YEAR, 51, Some("a smaller one"));
        check(1, YEAR, u32::MAX, Some("a smaller one"));
    }

    #[test]
    fn a_window_has_whole_seconds() {
        let quota = Quota::new(3, Duration::from_millis(1500), 3).expect("a quota");
        assert_eq!(quota.policy("a b"), "\"a b\";q=3;w=2");
    }
}
