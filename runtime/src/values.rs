//! Key/value pairs, of a query or a form, read into the types of an app.
//!
//! [`Pairs`] holds the decoded pairs, [`read`] hands them to serde, and what is wrong comes back as a
//! [`Wrong`], which [`words`] puts into the one voice that all inputs are told in.

mod blame;
mod error;
#[cfg(test)]
mod hostile;
pub(crate) mod json;
mod log;
pub(crate) mod media;
mod pairs;
pub(crate) mod place;
mod root;
mod search;
mod serde_words;
mod value;
pub(crate) mod words;
#[cfg(test)]
mod written;

use http::StatusCode;
use serde::de::DeserializeOwned;

pub(crate) use self::error::What;
use self::{pairs::Pairs, words::Input};
use crate::rejection::Rejection;

/// The most pairs of a form or a query.
const MOST: usize = 1000;

/// Reads a query.
pub(crate) fn query<T: DeserializeOwned>(query: &str) -> Result<T, Rejection> {
    read(query.as_bytes(), Input::Query, StatusCode::BAD_REQUEST)
}

/// Reads a form from a body.
pub(crate) fn form<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    read(body, Input::Form, StatusCode::UNPROCESSABLE_ENTITY)
}

/// Returns the first value of the key; a value that is not well encoded is none.
pub(crate) fn first<'r>(query: &'r str, key: &str) -> Option<std::borrow::Cow<'r, str>> {
    pairs::first(query.as_bytes(), key)
}

fn read<T: DeserializeOwned>(
    text: &[u8],
    input: Input,
    status: StatusCode,
) -> Result<T, Rejection> {
    let pairs = parse(text, input)?;
    search::read(&pairs).map_err(|wrong| {
        let wrong = wrong.at_its_pair(&pairs);
        words::pair(&wrong, &pairs, input, status)
    })
}

/// Splits and decodes the pairs, after their number is known to be sensible.
fn parse(text: &[u8], input: Input) -> Result<Pairs<'_>, Rejection> {
    let count = text.iter().filter(|byte| **byte == b'&').count() + 1;
    if count > MOST {
        let detail = format!("the {} has more than {MOST} fields", input.whole());
        return Err(Rejection::new(StatusCode::BAD_REQUEST, detail));
    }
    Pairs::parse(text, count).map_err(|bad| words::bad_encoding(&bad, input))
}
