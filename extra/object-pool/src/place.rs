//! The right to one object of a pool.

use std::{mem, sync::Arc};

use crate::{shared::Shared, state::Returned};

/// The right to one object of a pool: an object, or room for one. However it ends, its `Drop` settles it.
pub(crate) struct Place<T> {
    shared: Arc<Shared<T>>,
    content: Content<T>,
}

enum Content<T> {
    Object(T),
    /// The object was not made yet.
    Room,
    /// The object has left the place. If nothing follows, it has left the pool.
    Left,
}

impl<T> Place<T> {
    pub(crate) fn with(shared: &Arc<Shared<T>>, object: T) -> Self {
        Self {
            shared: Arc::clone(shared),
            content: Content::Object(object),
        }
    }

    pub(crate) fn empty(shared: &Arc<Shared<T>>) -> Self {
        Self {
            shared: Arc::clone(shared),
            content: Content::Room,
        }
    }

    pub(crate) fn shared(&self) -> &Arc<Shared<T>> {
        &self.shared
    }

    pub(crate) fn object(&self) -> Option<&T> {
        match &self.content {
            Content::Object(object) => Some(object),
            Content::Room | Content::Left => None,
        }
    }

    pub(crate) fn object_mut(&mut self) -> Option<&mut T> {
        match &mut self.content {
            Content::Object(object) => Some(object),
            Content::Room | Content::Left => None,
        }
    }

    /// Removes the object.
    pub(crate) fn take(&mut self) -> Option<T> {
        match mem::replace(&mut self.content, Content::Left) {
            Content::Object(object) => Some(object),
            other => {
                self.content = other;
                None
            }
        }
    }

    /// Puts back an object that [`take`](Self::take) has removed.
    pub(crate) fn put_back(&mut self, object: T) {
        self.content = Content::Object(object);
    }

    /// Puts in the object that was made for this place.
    pub(crate) fn fill(&mut self, object: T) {
        self.shared.lock().made();
        self.content = Content::Object(object);
    }

    /// Drops objects that `check` rejects. Afterwards the place has an object that is accepted, or room for a new one.
    pub(crate) fn check(&mut self) {
        let shared = Arc::clone(&self.shared);
        let Some(check) = &shared.options.check else {
            return;
        };
        // Without its object, the place is freed if `check` or the `Drop` of the object panics.
        while let Some(mut object) = self.take() {
            if check(&mut object) {
                return self.put_back(object);
            }
            drop(object);
            let idle = shared.lock().replace();
            self.content = idle.map_or(Content::Room, Content::Object);
        }
    }
}

impl<T> Drop for Place<T> {
    fn drop(&mut self) {
        let returned = match mem::replace(&mut self.content, Content::Left) {
            Content::Object(object) => Returned::Object(object),
            Content::Room => Returned::Unmade,
            Content::Left => Returned::Nothing,
        };
        self.shared.settle(returned);
    }
}
