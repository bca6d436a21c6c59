//! The extractor of [`BodyStream`], the body as a stream of chunks.

use super::{Answers, BODY_ANSWERS, ExtractAsync, Facts, Input, Inputs};
use crate::{body::BodyStream, request::Context, response::Rejection};

impl ExtractAsync for BodyStream {
    type State = ();
    const BODY: bool = true;
    const FACTS: Facts = Facts::BODY;
    const INPUTS: Inputs = Inputs::maybe(&Inputs::raw_body("*/*"));
    const ANSWERS: Answers = BODY_ANSWERS;

    async fn extract(cx: &mut Context<'_>, _: Input<'_>) -> Result<Self, Rejection> {
        let limit = cx.out().body_limit;
        let body = std::mem::take(&mut cx.out().body);
        Self::new(body, limit).map_err(Rejection::from)
    }
}
