//! Tower layers and services inside an app.

mod layer;

pub use crate::app::{Service, forward};
pub use layer::ChainService;
#[doc(hidden)]
pub use layer::{LayerCell, run_layer};
