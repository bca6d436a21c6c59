//! The constants of an app: its table, its routes and its groups.
//!
//! They are constants of a type that is generic over the app. So the compiler evaluates them where it generates code
//! for the app, and not in every `cargo check`.

use std::marker::PhantomData;

use crate::{
    routes::{Entry, MountedGroup, Route, groups, routes, text},
    table::{Parts, Plan, Table},
};

/// The sizes of an app's arrays, as [`Measure`](super::Measure) has them, as a type. `PLAN` is the larger of the
/// numbers of nodes and ends.
#[derive(Debug)]
pub struct Sizes<
    const ROUTES: usize,
    const GROUPS: usize,
    const TEXT: usize,
    const NODES: usize,
    const SLOTS: usize,
    const AFFIXES: usize,
    const ENDS: usize,
    const PLAN: usize,
>;

/// The sizes of an app that does not compile.
pub type NoRoutes = Sizes<0, 1, 0, 1, 0, 0, 0, 1>;

/// The constants of an app, for its sizes.
pub trait Layout<A> {
    /// The route table.
    const TABLE: Table;
    /// The routes, by their number in the table.
    const ROUTES: &'static [Route];
    /// The groups, the app itself first.
    const GROUPS: &'static [MountedGroup];
}

/// Each step of a layout is a separate constant, so that no single evaluation takes long.
struct Steps<A, S>(PhantomData<(A, S)>);

impl<
    A: Entry,
    const ROUTES: usize,
    const GROUPS: usize,
    const TEXT: usize,
    const NODES: usize,
    const SLOTS: usize,
    const AFFIXES: usize,
    const ENDS: usize,
    const PLAN: usize,
> Steps<A, Sizes<ROUTES, GROUPS, TEXT, NODES, SLOTS, AFFIXES, ENDS, PLAN>>
{
    const PLAN: Plan<PLAN> = Plan::of(A::NODE);
    const PARTS: &'static Parts<NODES, SLOTS, AFFIXES, ENDS> = &Self::PLAN.build();
    const TEXT: &'static [u8; TEXT] = &text(A::NODE);
    const ROUTES: &'static [Route; ROUTES] = &routes(A::NODE, Self::TEXT);
    const GROUPS: &'static [MountedGroup; GROUPS] = &groups(A::NODE);
}

impl<
    A: Entry,
    const ROUTES: usize,
    const GROUPS: usize,
    const TEXT: usize,
    const NODES: usize,
    const SLOTS: usize,
    const AFFIXES: usize,
    const ENDS: usize,
    const PLAN: usize,
> Layout<A> for Sizes<ROUTES, GROUPS, TEXT, NODES, SLOTS, AFFIXES, ENDS, PLAN>
{
    const TABLE: Table = Steps::<A, Self>::PARTS.table();
    const ROUTES: &'static [Route] = Steps::<A, Self>::ROUTES;
    const GROUPS: &'static [MountedGroup] = Steps::<A, Self>::GROUPS;
}
