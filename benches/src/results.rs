//! The results of a server.

use crate::{endpoint::Endpoint, wrk::Loaded};

/// The results of a server at one endpoint.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measured {
    /// User-space instructions per request on a persistent connection.
    pub(crate) instructions: Option<f64>,
    /// Heap allocations per request.
    pub(crate) allocations: Option<f64>,
    /// Whether requests are pipelined.
    pub(crate) is_pipelined: bool,
    /// One result for each round.
    pub(crate) loaded: Vec<Loaded>,
}

impl Measured {
    pub(crate) fn new(endpoint: &Endpoint) -> Self {
        Self {
            is_pipelined: endpoint.batch > 1,
            ..Self::default()
        }
    }
}

/// The results of a server at all endpoints, in their order.
#[derive(Debug)]
pub(crate) struct Results {
    pub(crate) name: &'static str,
    pub(crate) at: Vec<Measured>,
    /// The peak memory, in KiB.
    pub(crate) peak_memory: u64,
}
