//! The extractor of [`State`], a part of the app state.

use super::{Extract, Facts, Input};
use crate::{request::State, response::Rejection};

impl<'r, T: 'static> Extract<'r> for State<T> {
    type State = T;
    const FACTS: Facts = Facts::NONE;

    fn extract(input: Input<'r, T>) -> Result<Self, Rejection> {
        Ok(input.share_state())
    }
}
