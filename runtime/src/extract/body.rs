//! The extractors `Bytes` and `String`, which take the whole body.

use bytes::Bytes;
use http::StatusCode;

use super::{Answers, BODY_ANSWERS, Extract, Facts, Input, Inputs};
use crate::response::Rejection;

impl<'r> Extract<'r> for Bytes {
    type State = ();
    const BODY: bool = true;
    const FACTS: Facts = Facts::BODY;
    const INPUTS: Inputs = Inputs::maybe(&Inputs::raw_body("*/*"));
    const ANSWERS: Answers = BODY_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Ok(input.body().clone())
    }
}

impl<'r> Extract<'r> for String {
    type State = ();
    const BODY: bool = true;
    const FACTS: Facts = Facts::BODY;
    const INPUTS: Inputs = Inputs::maybe(&Inputs::raw_body("text/plain"));
    const ANSWERS: Answers = BODY_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        match std::str::from_utf8(input.body()) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(Rejection::new(
                StatusCode::BAD_REQUEST,
                format!("the body is not UTF-8 at byte {}", error.valid_up_to()),
            )),
        }
    }
}
