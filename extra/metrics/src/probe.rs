//! Finds out whether a type is a label or a unit, without an error if it is not.

use std::marker::PhantomData;

use crate::{
    labels::{Factor, Labels},
    unit::Unit,
};

/// Has the labels of `L`, or its name as a unit. The compiler prefers these constants to those of [`NoLabels`] and
/// [`NoUnit`].
#[derive(Debug)]
pub struct Probe<L: ?Sized>(PhantomData<L>);

/// A unit: its name, and how many parts of it are counted.
#[derive(Debug, Clone, Copy)]
pub struct UnitInfo {
    pub(crate) name: &'static str,
    pub(crate) parts: u64,
}

impl UnitInfo {
    /// Returns a unit.
    pub const fn of<U: Unit>() -> Self {
        Self {
            name: U::NAME,
            parts: U::PARTS,
        }
    }
}

impl<U: Unit> Probe<U> {
    /// The unit.
    pub const UNIT: Option<UnitInfo> = Some(UnitInfo::of::<U>());
}

/// The unit of a type that is none, which a check reports.
pub trait NoUnit {
    /// None.
    const UNIT: Option<UnitInfo> = None;
}

impl<U: ?Sized> NoUnit for Probe<U> {}

impl<L: Labels> Probe<L> {
    /// The labels.
    pub const FACTORS: Option<&'static [Factor]> = Some(L::FACTORS);

    /// Returns the number of a combination of values.
    pub fn index(labels: &L) -> usize {
        labels.index()
    }
}

/// The labels of a type that is none, which a check reports.
pub trait NoLabels<L: ?Sized> {
    /// None.
    const FACTORS: Option<&'static [Factor]> = None;

    /// Returns 0.
    fn index(_: &L) -> usize {
        0
    }
}

impl<L: ?Sized> NoLabels<L> for Probe<L> {}
