//! A number that only grows.

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

/// A counter: a number of events, or a sum, that only grows.
///
/// `L` is the type of its labels and `U` its unit. A field of a struct with [`#[derive(Metrics)]`](macro@crate::Metrics)
/// has this type. To count is an index and one relaxed addition, without a lock, a hash or an allocation.
///
/// # Examples
/// ```
/// use highball_metrics::{Bytes, Counter, Exporter, Labels, Metrics};
///
/// #[derive(Clone, Copy, Labels)]
/// enum Channel {
///     Web,
///     App,
/// }
///
/// #[derive(Metrics)]
/// struct Sales {
///     /// Orders that were paid: `sales_paid_total`.
///     paid: Counter<Channel>,
///     /// Bytes of invoices: `sales_invoices_bytes_total`.
///     invoices: Counter<(), Bytes>,
/// }
///
/// let sales: Sales = Exporter::new().add();
/// sales.paid.inc(Channel::App);
/// sales.invoices.add(18_000);
/// assert_eq!((sales.paid.get(Channel::App), sales.invoices.get()), (1.0, 18_000.0));
/// ```
pub struct Counter<L = (), U = ()> {
    cells: Arc<[AtomicU64]>,
    types: PhantomData<fn() -> (L, U)>,
}

impl<L, U> Counter<L, U> {
    pub(crate) fn new(cells: Arc<[AtomicU64]>) -> Self {
        Self {
            cells,
            types: PhantomData,
        }
    }
}

impl<L, U: Unit> Counter<L, U> {
    fn add_at(&self, index: usize, parts: u64) {
        if let Some(cell) = self.cells.get(index) {
            cell.fetch_add(parts, Relaxed);
        }
    }

    fn get_at(&self, index: usize) -> f64 {
        let cell = self.cells.get(index).map_or(0, |cell| cell.load(Relaxed));
        cell as f64 / U::PARTS as f64
    }
}

impl<L: Labels, U: Unit> Counter<L, U> {
    /// Adds one.
    pub fn inc(&self, labels: L) {
        self.add_at(labels.index(), U::PARTS);
    }

    /// Adds an amount. A negative one is ignored.
    pub fn add(&self, labels: L, amount: impl Amount<U>) {
        self.add_at(labels.index(), parts::<U>(amount.amount()));
    }

    /// Returns the current value.
    pub fn get(&self, labels: L) -> f64 {
        self.get_at(labels.index())
    }
}

impl<U: Unit> Counter<(), U> {
    /// Adds one.
    pub fn inc(&self) {
        self.add_at(0, U::PARTS);
    }

    /// Adds an amount. A negative one is ignored.
    pub fn add(&self, amount: impl Amount<U>) {
        self.add_at(0, parts::<U>(amount.amount()));
    }

    /// Returns the current value.
    pub fn get(&self) -> f64 {
        self.get_at(0)
    }
}

impl<L, U> Clone for Counter<L, U> {
    fn clone(&self) -> Self {
        Self {
            cells: Arc::clone(&self.cells),
            types: PhantomData,
        }
    }
}

impl<L, U> fmt::Debug for Counter<L, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Counter").field(&self.cells).finish()
    }
}
