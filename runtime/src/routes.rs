//! Routes as the macros declare them: constant data, checked when the app is compiled.

mod blame;
pub(crate) mod check;
mod check_locals;
mod definition;
mod info;
mod link;
mod listing;
mod local;
pub(crate) mod mount;
mod part;
pub(crate) mod segment;
mod shape;

pub(crate) use blame::Blame;
pub use check::{Report, check, fail_if_reported};
pub use definition::{
    ArgumentInfo, Definition, Entry, Field, FieldContext, Mounted, MountedGroup, NO_DEFINITION,
    is_broken, needs_locals, shapes,
};
pub use info::Route;
pub use link::{LinkParam, find, join, write};
pub use listing::{routes, text, text_len};
pub use local::{LocalId, LocalType, PassedLocals};
pub use mount::{count_groups, count_routes, count_segments, mount, mount_groups, segments};
pub use part::{PartInfo, PartKind};
pub use segment::{Methods, Priority, RouteOptions, STANDARD, Segment, Slash};
pub use shape::Shape;
pub(crate) use shape::{EMPTY, MAX_PARAMS, MAX_ROUTES};
