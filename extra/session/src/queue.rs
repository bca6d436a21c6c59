//! The order of changes within the process, so that a crowd of requests for one slot does not conflict in the store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::OwnedMutexGuard;

use crate::Key;

/// The slot of a session.
type Place = (Key, &'static str);

/// The locks of the slots that are being changed.
#[derive(Default)]
pub(crate) struct Queue(Mutex<HashMap<Place, Arc<tokio::sync::Mutex<()>>>>);

/// The turn of a change. Dropping it lets the next one begin.
pub(crate) struct Turn<'a> {
    queue: &'a Queue,
    place: Place,
    guard: Option<OwnedMutexGuard<()>>,
}

impl Queue {
    /// Waits for the turn of a change. Turns are in the order of the calls.
    pub(crate) async fn turn(&self, key: &Key, slot: &'static str) -> Turn<'_> {
        let place = (*key, slot);
        let lock = Arc::clone(self.locks().entry(place).or_default());
        // A wait that is given up removes the lock as well, if it was the last one.
        let mut turn = Turn {
            queue: self,
            place,
            guard: None,
        };
        turn.guard = Some(lock.lock_owned().await);
        turn
    }

    fn locks(&self) -> MutexGuard<'_, HashMap<Place, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut locks = self.queue.locks();
        self.guard = None;
        if locks
            .get(&self.place)
            .is_some_and(|lock| Arc::strong_count(lock) == 1)
        {
            locks.remove(&self.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn changes_of_one_slot_are_in_order_and_leave_nothing() {
        let queue = Queue::default();
        let (a, b) = (Key::new([1; 32]), Key::new([2; 32]));
        let first = queue.turn(&a, "cart").await;
        let other = queue.turn(&a, "views").await;
        let elsewhere = queue.turn(&b, "cart").await;
        {
            // It waits, and is given up.
            let second = queue.turn(&a, "cart");
            let given_up = tokio::time::timeout(std::time::Duration::from_millis(1), second).await;
            assert!(given_up.is_err());
        }
        assert_eq!(queue.locks().len(), 3);
        drop((first, other));
        assert_eq!(queue.locks().len(), 1);
        drop(elsewhere);
        assert!(queue.locks().is_empty());
    }
}
