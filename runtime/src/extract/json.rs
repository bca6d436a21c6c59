//! The extractor of [`Json`], a JSON body.

use serde::de::DeserializeOwned;

use super::{Answers, Extract, Facts, Input, Inputs, TYPED_BODY, TYPED_BODY_ANSWERS};
use crate::{
    decode::json,
    response::{Json, Rejection},
};

impl<'r, T: DeserializeOwned> Extract<'r> for Json<T> {
    type State = ();
    const BODY: bool = true;
    const FACTS: Facts = TYPED_BODY;
    const INPUTS: Inputs = Inputs::body::<T>("application/json");
    const ANSWERS: Answers = TYPED_BODY_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        json::content_type(input.headers())?;
        json::parse(input.body()).map(Json)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        json::content_type(input.headers())
    }
}
