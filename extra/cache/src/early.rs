//! The two random choices of a cache: how long a value is fresh, and when it is refreshed early.

use std::time::Duration;

/// The probability of an early refresh before this many times the cost is less than one in a million.
const FAR: f64 = 14.0;

/// Shortens a time by a random part of it, so that values that were stored together do not expire together.
///
/// A time is never made longer: the caller has set how old a fresh value may be.
pub(crate) fn jittered(time: Duration, share: f64) -> Duration {
    if share == 0.0 {
        return time;
    }
    time.mul_f64(1.0 - share * fastrand::f64())
}

/// Returns whether a request refreshes a value early: XFetch of Vattani, Chierichetti and Lowenstein (VLDB 2015).
///
/// The probability grows exponentially as the value expires, and values that are costly to compute are refreshed
/// earlier. At any rate of requests, the mean number of refreshes that begin before the best moment is one, and single
/// flight makes that one the only one. `left` is the time until the value expires, `cost` is how long its
/// computation took, and a greater `beta` refreshes earlier.
pub(crate) fn is_early(left: Duration, cost: Duration, beta: f64) -> bool {
    let scale = cost.as_secs_f64() * beta;
    left.as_secs_f64() <= -scale * (1.0 - fastrand::f64()).ln()
}

/// Returns the age before which [`is_early`] is false. Such hits need no random number.
pub(crate) fn early_from(fresh: Duration, cost: Duration, beta: f64) -> Duration {
    let far = Duration::try_from_secs_f64(cost.as_secs_f64() * beta * FAR);
    fresh.saturating_sub(far.unwrap_or(Duration::MAX))
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    const COST: Duration = Duration::from_millis(20);

    #[test]
    fn jitter_spreads_evenly_and_never_extends() {
        let ttl = Duration::from_secs(100);
        let mut buckets = [0_u32; 10];
        for _ in 0..10_000 {
            let time = jittered(ttl, 0.1);
            assert!(time <= ttl && time >= Duration::from_secs(90), "{time:?}");
            let bucket = time.as_millis().saturating_sub(90_000) / 1000;
            buckets[usize::try_from(bucket).expect("it is small").min(9)] += 1;
        }
        assert!(
            buckets.iter().all(|&count| (800..1200).contains(&count)),
            "{buckets:?}"
        );
        assert_eq!(jittered(ttl, 0.0), ttl);
    }

    #[test]
    fn early_refreshes_have_the_probability_of_the_paper() {
        for (left, beta) in [(0.5, 1.0), (1.0, 1.0), (2.0, 1.0), (2.0, 2.0)] {
            let expected = f64::exp(-left / beta);
            let early = (0..100_000).filter(|_| is_early(COST.mul_f64(left), COST, beta));
            let share = f64::from(u32::try_from(early.count()).expect("it is small")) / 1e5;
            assert!((share - expected).abs() < 0.01, "{share} for {expected}");
        }
    }

    /// Requests come at a rate of 2,000 a second. Until the cost times the logarithm of the requests in it before the
    /// end, one early refresh is expected.
    #[test]
    fn one_early_refresh_is_expected() {
        const RATE: f64 = 2000.0;
        let in_cost = RATE * COST.as_secs_f64();
        let best = COST.mul_f64(in_cost.ln());
        let rounds = 4000;
        let mut refreshes = 0;
        for _ in 0..rounds {
            let mut left = COST.mul_f64(FAR);
            while left > best {
                refreshes += u32::from(is_early(left, COST, 1.0));
                left -= Duration::from_secs_f64(1.0 / RATE);
            }
        }
        let mean = f64::from(refreshes) / f64::from(rounds);
        assert!((mean - 1.0).abs() < 0.1, "{mean}");
    }

    #[test]
    fn a_value_without_cost_is_never_early() {
        assert!(!is_early(Duration::from_nanos(1), Duration::ZERO, 1.0));
        assert_eq!(early_from(COST, Duration::ZERO, 1.0), COST);
        assert_eq!(early_from(COST, COST, f64::MAX), Duration::ZERO);
    }
}
