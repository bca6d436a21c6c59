//! The primitives that the model in `model.rs` replaces by those of loom.

#[cfg(not(all(test, highball_loom)))]
pub(crate) use std::sync::{Arc as StampArc, Mutex, MutexGuard, atomic::AtomicU64};

#[cfg(all(test, highball_loom))]
pub(crate) use loom::sync::{Arc as StampArc, Mutex, MutexGuard, atomic::AtomicU64};

use std::sync::PoisonError;

/// Locks a mutex. The data are valid even after a panic, since no code of the user changes them.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
