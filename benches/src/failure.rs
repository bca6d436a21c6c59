//! The error type of the measurements.

use std::error::Error;

/// The reason why nothing could be measured.
pub(crate) type Failure = Box<dyn Error>;
