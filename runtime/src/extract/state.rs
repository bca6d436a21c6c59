//! The extractor of [`State`], a part of the app state.

use super::{Answers, Extract, Facts, Input, Inputs};
use crate::{request::State, response::Rejection};

impl<'r, T: 'static> Extract<'r> for State<T> {
    type State = T;
    const FACTS: Facts = Facts::NONE;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r, T>) -> Result<Self, Rejection> {
        Ok(input.share_state())
    }
}
