//! Tags whose invalidations reach other processes.

use std::sync::{Arc, Weak};

use super::{Inner, Tag, Tags};
use crate::redis::Link;

/// The connection of tags to other processes, which ends with them.
pub(super) struct Linked(Arc<Link>);

impl Drop for Linked {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Tags that the task of their link does not keep alive.
#[derive(Clone)]
pub(crate) struct WeakTags(Weak<Inner>);

impl WeakTags {
    pub(crate) fn upgrade(&self) -> Option<Tags> {
        self.0.upgrade().map(Tags)
    }
}

impl Tags {
    pub(crate) fn linked(link: Arc<Link>) -> Self {
        Self::with(Some(Linked(link)))
    }

    pub(crate) fn link(&self) -> Option<&Arc<Link>> {
        self.0.linked.as_ref().map(|linked| &linked.0)
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Connects the tags, if they have a link that is not connected yet.
    pub(crate) fn start_link(&self) {
        if let Some(link) = self.link() {
            link.start(|| WeakTags(Arc::downgrade(&self.0)));
        }
    }

    /// Publishes an invalidation. This comes before the local one: a call that sees the local one waits for the
    /// publication before it reads a value that other processes have stored.
    pub(super) fn publish(&self, tag: &Tag) {
        if let Some(link) = self.link() {
            link.publish(tag);
            self.start_link();
        }
    }
}
