//! Key/value pairs, of a query or a form, read into the types of an app.
//!
//! [`Pairs`] holds the decoded pairs, [`read`] hands them to serde, and what is wrong comes back as a
//! [`Wrong`], which [`words`] puts into the one voice that all inputs are told in.

use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::{decode::messages::Input, response::Rejection};

mod error;
mod error_log;
mod hidden_errors;
#[cfg(test)]
mod hostile;
pub(crate) mod json;
pub(crate) mod location;
pub(crate) mod media_type;
pub(crate) mod messages;
mod pairs;
mod root;
#[cfg(test)]
mod round_trip;
mod search;
mod serde_errors;
mod value;

pub(crate) use self::error::What;
use self::pairs::Pairs;
#[cfg(feature = "validate")]
pub(crate) use location::escape;
#[cfg(any(
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
pub(crate) use location::unreadable;
pub(crate) use media_type::essence;
pub(crate) use messages::bad_param_encoding;

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
        messages::pair(&wrong, &pairs, input, status)
    })
}

/// Splits and decodes the pairs, after their number is known to be sensible.
fn parse(text: &[u8], input: Input) -> Result<Pairs<'_>, Rejection> {
    let count = text.iter().filter(|byte| **byte == b'&').count() + 1;
    if count > MOST {
        let detail = format!("the {} has more than {MOST} fields", input.whole());
        return Err(Rejection::new(StatusCode::BAD_REQUEST, detail));
    }
    Pairs::parse(text, count).map_err(|bad| messages::bad_encoding(&bad, input))
}
