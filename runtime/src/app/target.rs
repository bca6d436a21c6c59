//! The target of a request: a handler, or a group that responds in place of one.

use std::sync::Mutex;

use crate::{request::Miss, response::Rejection};

/// Where a request leads: to a handler, or to a group that responds because no handler does.
pub(super) struct Target {
    /// The number of the field in each group on the way, innermost first.
    pub(super) fields: &'static [u16],
    /// Why no handler responds, if none does.
    pub(super) miss: Option<Miss>,
}

impl Target {
    pub(super) fn miss(fields: &'static [u16], miss: Miss) -> Self {
        Self {
            fields,
            miss: Some(miss),
        }
    }

    /// Leads to the innermost group around the target, which responds with the rejection.
    pub(super) fn rejected(self, rejection: Rejection) -> Self {
        let group = match self.miss {
            None => group_of_handler(self.fields),
            Some(_) => self.fields,
        };
        Self::miss(group, Miss::Refused(Mutex::new(Some(rejection))))
    }
}

/// Removes the last step, from the innermost group to the handler.
pub(super) fn group_of_handler(fields: &'static [u16]) -> &'static [u16] {
    fields.split_first().map_or(&[], |(_, group)| group)
}
