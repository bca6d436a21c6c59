//! The extractor of [`Json`], a JSON body.

use serde::de::DeserializeOwned;

use super::{Extract, Facts, Input, TYPED_BODY};
use crate::{
    decode::json,
    response::{Json, Rejection},
};

impl<'r, T: DeserializeOwned> Extract<'r> for Json<T> {
    type State = ();
    const BODY: bool = true;
    const FACTS: Facts = TYPED_BODY;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        json::content_type(input.headers())?;
        json::parse(input.body()).map(Json)
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        json::content_type(input.headers())
    }
}
