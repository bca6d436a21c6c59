//! The values that a metric of a unit takes.

use std::time::Duration;

use crate::unit::{Seconds, Unit};

/// An amount of a unit: a number, or a [`Duration`] if the unit is [`Seconds`].
///
/// # Examples
/// ```
/// use highball_metrics::{Amount, Bytes, Seconds};
/// use std::time::Duration;
///
/// assert_eq!(Amount::<Seconds>::amount(Duration::from_millis(250)), 0.25);
/// assert_eq!(Amount::<Bytes>::amount(4096), 4096.0);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an amount of `{U}`",
    label = "neither a number nor a time",
    note = "a number is an amount of every unit, and a `Duration` is one of `Seconds`"
)]
pub trait Amount<U: Unit> {
    /// Returns the amount in units.
    fn amount(self) -> f64;
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl<U: Unit> Amount<U> for $number {
            fn amount(self) -> f64 {
                self as f64
            }
        })*
    };
}

numbers!(f64 f32 i32 u8 u16 u32 u64 i64 usize);

impl Amount<Seconds> for Duration {
    fn amount(self) -> f64 {
        self.as_secs_f64()
    }
}

/// Returns an amount in parts of its unit, as counters and sums count. A negative or infinite amount is 0.
pub(crate) fn parts<U: Unit>(amount: f64) -> u64 {
    if !amount.is_finite() {
        return 0;
    }
    // The conversion saturates.
    (amount * U::PARTS as f64).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_that_cannot_be_added_are_nothing() {
        assert_eq!(parts::<Seconds>(0.25), 250_000);
        assert_eq!(parts::<()>(3.0), 3);
        for amount in [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(parts::<Seconds>(amount), 0, "{amount}");
        }
    }
}
