//! Locals: values that guards and middleware pass along the chain, in frames on its stack. There is no map and no
//! allocation.

use std::{any::Any, fmt};

/// The values that the steps of a chain have provided so far, innermost first.
#[derive(Clone, Copy)]
pub(crate) struct Locals<'f>(Frame<'f>);

#[derive(Clone, Copy)]
enum Frame<'f> {
    /// The values that a test puts in front of the chain. A server has none.
    Root(&'f [Box<dyn Any + Send + Sync>]),
    Pushed {
        value: &'f (dyn Any + Send + Sync),
        up: &'f Locals<'f>,
    },
}

impl<'f> Locals<'f> {
    /// Returns the locals at the start of a chain.
    pub(crate) const fn root(values: &'f [Box<dyn Any + Send + Sync>]) -> Self {
        Self(Frame::Root(values))
    }

    /// Returns the innermost value of this type.
    pub(crate) fn get<T: 'static>(&self) -> Option<&'f T> {
        let mut at = self;
        loop {
            match at.0 {
                Frame::Root(values) => return values.iter().find_map(|v| v.downcast_ref()),
                Frame::Pushed { value, up } => match value.downcast_ref() {
                    Some(value) => return Some(value),
                    None => at = up,
                },
            }
        }
    }

    /// Returns the locals with one more value in front.
    pub(crate) fn push(&'f self, value: &'f (dyn Any + Send + Sync)) -> Locals<'f> {
        Locals(Frame::Pushed { value, up: self })
    }
}

impl fmt::Debug for Locals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locals").finish_non_exhaustive()
    }
}
