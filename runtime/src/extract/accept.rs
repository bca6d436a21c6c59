//! The extractor of [`Accept`], the content types that the client accepts.

use super::{Extract, Facts, Input};
use crate::response::{Accept, Rejection};

impl<'r> Extract<'r> for Accept {
    type State = ();
    const FACTS: Facts = crate::routes::header_facts!("accept");

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self::from_headers(input.headers()))
    }
}
