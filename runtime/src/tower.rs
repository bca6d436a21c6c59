//! Tower's layers and services inside an app.

mod layer;

pub use layer::{ChainService, LayerCell, run_layer};
