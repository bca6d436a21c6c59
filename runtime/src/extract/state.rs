//! The extractor of [`State`], a part of the app state.

use super::{Extract, Input};
use crate::{request::State, response::Rejection};

impl<'r, T: 'static> Extract<'r> for State<T> {
    type State = T;

    fn extract(input: Input<'r, T>) -> Result<Self, Rejection> {
        Ok(input.share_state())
    }
}
