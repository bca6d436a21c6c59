//! The results of a server.

use crate::{endpoint::Endpoint, wrk::Loaded};

/// What was measured of a server at an endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    /// User-space instructions of a request on a kept connection.
    pub(crate) instructions: Option<f64>,
    /// Heap allocations of a request.
    pub(crate) allocations: Option<f64>,
    /// Several are sent before the first is answered.
    pub(crate) is_batch: bool,
    /// One for each round.
    pub(crate) loaded: Vec<Loaded>,
}

impl Measured {
    pub(crate) fn new(endpoint: &Endpoint) -> Self {
        Self {
            is_batch: endpoint.batch > 1,
            ..Self::default()
        }
    }
}

/// What was measured of a server, at each endpoint in their order.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) name: &'static str,
    pub(crate) at: Vec<Measured>,
    /// The most memory that it has held, in KiB.
    pub(crate) memory: u64,
}
