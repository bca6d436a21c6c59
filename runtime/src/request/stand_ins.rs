//! The values with which a test replaces guards and middleware.

use std::{
    any::{Any, TypeId},
    fmt,
};

use crate::routes::LocalType;

/// The locals that a test gives to the chain, and the guards that it leaves out. A server has none.
#[derive(Default)]
pub(crate) struct StandIns {
    locals: Vec<Box<dyn Any + Send + Sync>>,
    /// The types of the guards: of a function, or of the value in `with(..)`.
    left_out: Vec<TypeId>,
}

impl StandIns {
    /// Adds a local in front of the chain.
    pub(crate) fn give<T: LocalType>(&mut self, local: T) {
        self.locals.push(Box::new(local));
    }

    /// Leaves a guard out.
    pub(crate) fn leave_out<G: 'static>(&mut self) {
        self.left_out.push(TypeId::of::<G>());
    }

    /// Returns the locals.
    pub(crate) fn locals(&self) -> &[Box<dyn Any + Send + Sync>] {
        &self.locals
    }

    /// Returns whether the test gives a local of this type. The part that provides it is then skipped.
    pub(crate) fn has_local<T: 'static>(&self) -> bool {
        self.locals.iter().any(|local| local.is::<T>())
    }

    /// Returns whether the test leaves this guard out.
    pub(crate) fn leaves_out(&self, guard: TypeId) -> bool {
        self.left_out.contains(&guard)
    }
}

impl fmt::Debug for StandIns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandIns")
            .field("locals", &self.locals.len())
            .field("left_out", &self.left_out.len())
            .finish()
    }
}
