//! A journal of what the requests of an app have changed: a small battery.
//!
//! It uses every way in which a package can take part in an app: hooks of the server, arguments of handlers with and
//! without a scope, an option of routes, and a derive. The page `docs/how-to/battery.md` explains it.

mod battery;
mod draft;
mod latest;
mod line;
mod option;

pub use battery::Journal;
pub use draft::{Draft, Lines};
pub use journal_macros::Line;
pub use latest::{Latest, Reader};
pub use line::Line;
pub use option::journaled;
