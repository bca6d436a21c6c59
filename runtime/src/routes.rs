//! Routes as the macros declare them: constant data, checked when the app is compiled.

mod answers;
mod argument_facts;
mod blame;
mod chain;
mod check;
mod check_app;
mod check_cached;
mod check_csrf;
mod check_demands;
mod check_dual_write;
mod check_jobs;
mod check_locals;
mod check_needs;
mod check_unique;
mod clash;
mod consumer;
mod cross_site;
mod definition;
mod demand;
mod descriptions;
mod fact;
mod fact_list;
mod facts;
mod field_path;
mod info;
mod inputs;
mod job_problem;
mod job_table;
mod link;
mod local;

mod mount;
mod named_facts;
mod node;
mod part;
mod pattern;
mod payloads;
mod problem;
mod query_names;
mod route_facts;
mod route_jobs;
mod route_parts;
mod route_text;
mod segment;
mod shape;
mod similar;
mod sums;
mod walk;
mod whole_pattern;

pub use answers::{Answer, Answers};
pub(crate) use argument_facts::first_keyed;
pub use argument_facts::{ArgumentFacts, Description, ResponseInfo, needs_locals, part_facts};
pub(crate) use blame::Blame;
pub(crate) use check::fail_if_reported;
pub use check::{Report, check};
pub use check_jobs::{CheckedApp, JobReport, assert_job, check_with_jobs};
pub use check_locals::assert_order;
pub use consumer::{Consumer, ConsumerInfo, Consumers};
pub use cross_site::CrossSiteCheck;
pub use definition::{ArgumentInfo, Definition};
pub use demand::{Demand, DemandedPart, assert_demanded};
pub use fact::Fact;
pub use fact_list::{FactList, assert_facts};
pub use facts::Facts;
pub(crate) use facts::header_facts;
pub use info::Route;
pub use inputs::{InputInfo, InputKind, Inputs, Login};
#[cfg(feature = "schemas")]
pub(crate) use link::only_route;
pub use link::{LinkParam, Path0, Path1, Path2, Path3, Path4, Path5, Path6, find, join, write_own};
pub use local::{LocalId, LocalType, PassedLocals};
pub use mount::MountedGroup;
pub(crate) use mount::{groups, routes, text};
pub use node::{Entry, EntryProbe, NoEntry, NoLink, Node};
pub use part::{PartInfo, PartKind};
pub use pattern::Pattern;
pub use payloads::{
    AcceptOpaque, AcceptedBy, NoPayloads, Payloads, PayloadsProbe, Returned, RoutePayloads,
    RouteTypes, Shown, Visit,
};
pub use route_facts::Inside;
pub use route_parts::{RoutePart, RoutePartKind};
pub use segment::{Csrf, Methods, Priority, RouteOptions, STANDARD, Segment, Slash};
pub use shape::Shape;
pub(crate) use shape::{EMPTY, MAX_PARAMS, MAX_ROUTES, MAX_SEGMENTS};
pub(crate) use walk::Walk;
