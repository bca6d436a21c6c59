//! The derives: `Local`, `State`, `PathFields` and `IntoResponse`.

mod local;
mod path_fields;
mod response;
mod state;

pub(crate) use local::expand as local;
pub(crate) use path_fields::expand as path_fields;
pub(crate) use response::expand as response;
pub(crate) use state::expand as state;

pub(crate) use highball_macro_stages::derive::{crate_path, expand};
