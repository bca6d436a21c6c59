//! Protocol Buffers, as an extractor and as a response.

use http::{HeaderValue, StatusCode};
use prost::Message;

use super::{has_content_type, unsupported_type};
use crate::{
    deref::deref_mut,
    extract::{Answer, Answers, Extract, Facts, Input, Inputs, TYPED_BODY, TYPED_BODY_ANSWERS},
    response::{IntoResponse, Rejection, Response},
};

/// A Protocol Buffers message, as an extractor and as a response, with the `prost` crate.
///
/// Another content type is rejected with 415, and an invalid message with 422.
///
/// # Examples
/// ```
/// use highball::{extract::Protobuf, prelude::*};
///
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct Note {
///     #[prost(string, tag = "1")]
///     text: String,
/// }
///
/// #[post("/echo")]
/// async fn echo(note: Protobuf<Note>) -> Protobuf<Note> {
///     note
/// }
/// # #[routes(app)] struct Api(echo);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Protobuf<T>(pub T);

deref_mut!(Protobuf);

const TYPES: [&str; 3] = [
    "application/x-protobuf",
    "application/protobuf",
    "application/vnd.google.protobuf",
];

impl<'r, T: Message + Default> Extract<'r> for Protobuf<T> {
    type State = ();
    const BODY: bool = true;
    const FACTS: Facts = TYPED_BODY;
    const INPUTS: Inputs = Inputs::raw_body("application/x-protobuf");
    const ANSWERS: Answers = TYPED_BODY_ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Self::check_head(input)?;
        T::decode(input.body().clone()).map(Self).map_err(|error| {
            // The error contains Rust types of the app, so it goes to the log only.
            Rejection::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the message cannot be read",
            )
            .with_source(error)
        })
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        match has_content_type(input.headers(), &TYPES, "") {
            true => Ok(()),
            false => Err(unsupported_type(&TYPES)),
        }
    }
}

impl<T: Message> IntoResponse for Protobuf<T> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::new(200, "application/x-protobuf"));

    fn into_response(self) -> Response {
        let bytes = self.0.encode_to_vec();
        Response::typed(HeaderValue::from_static(TYPES[0]), bytes.into())
    }
}
