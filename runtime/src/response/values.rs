//! Texts, bytes, statuses and rejections as responses, and `Option` and `Result` of responses.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};

use super::{IntoResponse, Response, rejection::Rejection};
use crate::{
    body::Body,
    routes::{Answer, Answers, Facts},
};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");

impl IntoResponse for Response {
    fn into_response(self) -> Response {
        self
    }
}

impl IntoResponse for () {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::empty(200));

    fn into_response(self) -> Response {
        Response::new(Body::empty())
    }
}

impl IntoResponse for std::convert::Infallible {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn into_response(self) -> Response {
        match self {}
    }
}

impl IntoResponse for StatusCode {
    const FACTS: Facts = Facts::NONE;

    fn into_response(self) -> Response {
        Response::empty(self)
    }
}

impl IntoResponse for &'static str {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::new(200, "text/plain"));

    fn into_response(self) -> Response {
        Response::typed(TEXT, self.into())
    }
}

impl IntoResponse for String {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::new(200, "text/plain"));

    fn into_response(self) -> Response {
        Response::typed(TEXT, self.into())
    }
}

impl IntoResponse for Cow<'static, str> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::new(200, "text/plain"));

    fn into_response(self) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }
}

impl IntoResponse for Bytes {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::new(200, "application/octet-stream"));

    fn into_response(self) -> Response {
        Response::typed(BYTES, self.into())
    }
}

impl IntoResponse for Vec<u8> {
    const FACTS: Facts = Facts::NONE;
    const ANSWERS: Answers = Answers::one(Answer::new(200, "application/octet-stream"));

    fn into_response(self) -> Response {
        Response::typed(BYTES, self.into())
    }
}

impl IntoResponse for Body {
    const FACTS: Facts = Facts::STREAM.maybe();

    fn into_response(self) -> Response {
        Response::new(self)
    }
}

impl IntoResponse for Rejection {
    const FACTS: Facts = Facts::NONE;

    fn into_response(self) -> Response {
        Response::rejected(self)
    }
}

/// `None` becomes a 404.
impl<T: IntoResponse> IntoResponse for Option<T> {
    const FACTS: Facts = T::FACTS.maybe();
    const ANSWERS: Answers = Answers::either(
        &T::ANSWERS,
        &Answers::one(Answer::problem(404).about("there is nothing here")),
    );

    fn into_response(self) -> Response {
        match self {
            Some(value) => value.into_response(),
            None => Rejection::new(StatusCode::NOT_FOUND, "there is nothing here").into_response(),
        }
    }
}

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    const FACTS: Facts = Facts::either(&T::FACTS, &E::FACTS);
    const ANSWERS: Answers = Answers::either(&T::ANSWERS, &E::ANSWERS);

    fn into_response(self) -> Response {
        match self {
            Ok(value) => value.into_response(),
            Err(error) => error.into_response(),
        }
    }
}
