//! How often values were at most some bounds.

use std::{
    fmt,
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::{
    amount::{Amount, parts},
    labels::Labels,
    unit::Unit,
};

/// A histogram: how often a value was at most each bound, and the sum of all values.
///
/// `L` is the type of its labels and `U` its unit; `#[buckets(..)]` has the bounds. Choose a bound at each value that
/// an alert compares, since the values between two bounds are only estimated.
///
/// # Examples
/// ```
/// use highball_metrics::{Exporter, Histogram, Labels, Metrics, Seconds};
/// use std::time::Duration;
///
/// #[derive(Clone, Copy, Labels)]
/// enum Bank {
///     North,
///     South,
/// }
///
/// #[derive(Metrics)]
/// struct Payments {
///     /// Times until the bank has answered: `payments_answer_seconds`.
///     #[buckets(0.1, 0.5, 2.0)]
///     answer: Histogram<Bank, Seconds>,
/// }
///
/// let payments: Payments = Exporter::new().add();
/// payments.answer.observe(Bank::North, Duration::from_millis(300));
/// assert_eq!(payments.answer.count(Bank::North), 1);
/// ```
pub struct Histogram<L = (), U = ()> {
    cells: Cells,
    types: PhantomData<fn() -> (L, U)>,
}

/// The numbers of a histogram: for each series its buckets, the last one without a bound, and the sum.
#[derive(Debug, Clone)]
pub(crate) struct Cells {
    bounds: &'static [f64],
    cells: Arc<[AtomicU64]>,
}

impl Cells {
    pub(crate) fn new(series: usize, bounds: &'static [f64]) -> Self {
        let count = series * (bounds.len() + 2);
        Self {
            bounds,
            cells: (0..count).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Returns the cells of each series.
    fn series(&self) -> impl Iterator<Item = &[AtomicU64]> {
        self.cells.chunks_exact(self.bounds.len() + 2)
    }

    /// Returns the sum in parts, and the buckets with their bounds, for each series.
    pub(crate) fn read(&self) -> impl Iterator<Item = (u64, Vec<(f64, u64)>)> {
        let bounds = self.bounds.iter().copied().chain([f64::INFINITY]);
        self.series().map(move |cells| {
            let values = cells.iter().map(|cell| cell.load(Relaxed));
            let buckets = bounds.clone().zip(values).collect();
            let sum = cells.last().map_or(0, |sum| sum.load(Relaxed));
            (sum, buckets)
        })
    }
}

impl<L, U> Histogram<L, U> {
    pub(crate) fn new(cells: Cells) -> Self {
        Self {
            cells,
            types: PhantomData,
        }
    }
}

impl<L, U: Unit> Histogram<L, U> {
    fn observe_at(&self, index: usize, value: f64) {
        // A value that is not finite would make the sum useless.
        if !value.is_finite() {
            return;
        }
        let Some(cells) = self.cells.series().nth(index) else {
            return;
        };
        let bucket = self.cells.bounds.iter().position(|bound| value <= *bound);
        let bucket = bucket.unwrap_or(self.cells.bounds.len());
        cells[bucket].fetch_add(1, Relaxed);
        cells[cells.len() - 1].fetch_add(parts::<U>(value), Relaxed);
    }

    fn count_at(&self, index: usize) -> u64 {
        let cells = self.cells.series().nth(index).unwrap_or_default();
        let buckets = cells.iter().take(self.cells.bounds.len() + 1);
        buckets.map(|bucket| bucket.load(Relaxed)).sum()
    }
}

impl<L: Labels, U: Unit> Histogram<L, U> {
    /// Counts a value. One that is not finite is ignored.
    pub fn observe(&self, labels: L, value: impl Amount<U>) {
        self.observe_at(labels.index(), value.amount());
    }

    /// Returns how many values were counted.
    pub fn count(&self, labels: L) -> u64 {
        self.count_at(labels.index())
    }
}

impl<U: Unit> Histogram<(), U> {
    /// Counts a value. One that is not finite is ignored.
    pub fn observe(&self, value: impl Amount<U>) {
        self.observe_at(0, value.amount());
    }

    /// Returns how many values were counted.
    pub fn count(&self) -> u64 {
        self.count_at(0)
    }
}

impl<L, U> Clone for Histogram<L, U> {
    fn clone(&self) -> Self {
        Self {
            cells: self.cells.clone(),
            types: PhantomData,
        }
    }
}

impl<L, U> fmt::Debug for Histogram<L, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Histogram").field(&self.cells).finish()
    }
}
