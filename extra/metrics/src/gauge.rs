//! A number that rises and falls.

use std::{
    fmt,
    marker::PhantomData,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use crate::{amount::Amount, labels::Labels, unit::Unit};

/// A gauge: a number that rises and falls, such as a temperature or the length of a queue.
///
/// `L` is the type of its labels and `U` its unit. For a number that the app can compute when it is read, such as the
/// size of a pool, [`battery::Gauge`](highball::battery::Gauge) needs no updates.
///
/// # Examples
/// ```
/// use highball_metrics::{Exporter, Gauge, Metrics};
///
/// #[derive(Metrics)]
/// struct Room {
///     /// Visitors in the room: `room_visitors`.
///     visitors: Gauge,
/// }
///
/// let room: Room = Exporter::new().add();
/// room.visitors.add(3);
/// room.visitors.add(-1);
/// assert_eq!(room.visitors.get(), 2.0);
/// ```
pub struct Gauge<L = (), U = ()> {
    /// The values as the bits of an `f64`.
    cells: Arc<[AtomicU64]>,
    types: PhantomData<fn() -> (L, U)>,
}

impl<L, U> Gauge<L, U> {
    pub(crate) fn new(cells: Arc<[AtomicU64]>) -> Self {
        Self {
            cells,
            types: PhantomData,
        }
    }
}

impl<L, U: Unit> Gauge<L, U> {
    fn set_at(&self, index: usize, value: f64) {
        if let Some(cell) = self.cells.get(index) {
            cell.store(value.to_bits(), Relaxed);
        }
    }

    fn add_at(&self, index: usize, amount: f64) {
        if let Some(cell) = self.cells.get(index) {
            let add = |bits| Some((f64::from_bits(bits) + amount).to_bits());
            let _always_added = cell.fetch_update(Relaxed, Relaxed, add);
        }
    }

    fn get_at(&self, index: usize) -> f64 {
        let cell = self.cells.get(index);
        f64::from_bits(cell.map_or(0, |cell| cell.load(Relaxed)))
    }
}

impl<L: Labels, U: Unit> Gauge<L, U> {
    /// Sets the value.
    pub fn set(&self, labels: L, value: impl Amount<U>) {
        self.set_at(labels.index(), value.amount());
    }

    /// Adds an amount, or subtracts it if it is negative.
    pub fn add(&self, labels: L, amount: impl Amount<U>) {
        self.add_at(labels.index(), amount.amount());
    }

    /// Returns the current value.
    pub fn get(&self, labels: L) -> f64 {
        self.get_at(labels.index())
    }
}

impl<U: Unit> Gauge<(), U> {
    /// Sets the value.
    pub fn set(&self, value: impl Amount<U>) {
        self.set_at(0, value.amount());
    }

    /// Adds an amount, or subtracts it if it is negative.
    pub fn add(&self, amount: impl Amount<U>) {
        self.add_at(0, amount.amount());
    }

    /// Returns the current value.
    pub fn get(&self) -> f64 {
        self.get_at(0)
    }
}

impl<L, U> Clone for Gauge<L, U> {
    fn clone(&self) -> Self {
        Self {
            cells: Arc::clone(&self.cells),
            types: PhantomData,
        }
    }
}

impl<L, U> fmt::Debug for Gauge<L, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.cells.iter();
        let values = values.map(|cell| f64::from_bits(cell.load(Relaxed)));
        f.debug_list().entries(values).finish()
    }
}
