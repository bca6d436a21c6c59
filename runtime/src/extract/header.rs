//! Typed headers of the `headers` crate.

use http::{HeaderMap, StatusCode};

use super::{Answer, Answers, Extract, Facts, Input, Inputs};
use crate::{deref::deref, response::Rejection};

/// An extractor for a request header as a type of the `headers` crate. A missing or invalid header is rejected with
/// 400.
///
/// # Examples
/// ```
/// use highball::{extract::Header, prelude::*};
///
/// #[get("/agent")]
/// async fn agent(agent: Header<headers::UserAgent>) -> String {
///     agent.to_string()
/// }
/// # #[routes(app)] struct Api(agent);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Header<T>(pub T);

deref!(Header);

impl<'r, T: headers::Header> Extract<'r> for Header<T> {
    type State = ();
    const FACTS: Facts = Facts::HEADERS;
    const INPUTS: Inputs = Inputs::typed_header(T::name);
    const ANSWERS: Answers =
        Answers::one(Answer::problem(400).about("a header is missing or malformed"));

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Self::from_headers(input.headers())
    }

    fn check_head(input: Input<'_>) -> Result<(), Rejection> {
        Self::from_headers(input.headers()).map(drop)
    }
}

impl<T: headers::Header> Header<T> {
    fn from_headers(headers: &HeaderMap) -> Result<Self, Rejection> {
        let name = T::name();
        let mut values = headers.get_all(name).iter().peekable();
        if values.peek().is_none() {
            let detail = format!("the header `{name}` is needed");
            let rejection = Rejection::new(StatusCode::BAD_REQUEST, detail);
            return Err(rejection.with_fault("header", name.as_str(), "is missing"));
        }
        T::decode(&mut values).map(Self).map_err(|_| {
            let detail = format!("the header `{name}` cannot be read");
            let rejection = Rejection::new(StatusCode::BAD_REQUEST, detail);
            rejection.with_fault("header", name.as_str(), "has no valid value")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_do_not_name_the_header() {
        // `headers::Header::name` is not a constant.
        let facts = <Header<headers::UserAgent> as Extract<'_>>::FACTS;
        assert!(facts.may(Facts::HEADERS) && facts.names().next().is_none());
    }
}
