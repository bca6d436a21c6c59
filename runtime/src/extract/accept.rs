//! The extractor of [`Accept`], the content types that the client accepts.

use super::{Answers, Extract, Facts, Input, Inputs};
use crate::response::{Accept, Rejection};

impl<'r> Extract<'r> for Accept {
    type State = ();
    const FACTS: Facts = crate::routes::header_facts!("accept");
    const INPUTS: Inputs = Inputs::maybe(&Inputs::header("accept"));
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self::from_headers(input.headers()))
    }
}
