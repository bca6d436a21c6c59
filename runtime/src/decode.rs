//! Deserializes queries, forms and JSON bodies, and describes what is wrong with them.
//!
//! For a query or a form, [`Pairs`] contains the decoded pairs and [`search`] deserializes them with serde. An error is
//! a `PairError`, which [`messages`] converts into a rejection. All inputs, JSON included, share these messages.

use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::{decode::messages::PairSource, response::Rejection};

mod error;
mod error_log;
mod expected;
mod hidden_errors;
#[cfg(test)]
mod hostile;
pub(crate) mod json;
pub(crate) mod location;
pub(crate) mod media_type;
pub(crate) mod messages;
mod pairs;
mod plain_text;
mod root;
#[cfg(test)]
mod round_trip;
mod search;
mod serde_errors;
mod value;

pub(crate) use self::error::Fault;
use self::pairs::Pairs;
#[cfg(feature = "validate")]
pub(crate) use location::escape;
#[cfg(any(
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
pub(crate) use location::format_rejection;
pub(crate) use media_type::essence;
pub(crate) use messages::bad_param_encoding;

/// The maximum number of pairs of a form or a query.
const MAX_PAIRS: usize = 1000;

/// Deserializes a query.
pub(crate) fn query<T: DeserializeOwned>(query: &str) -> Result<T, Rejection> {
    decode_pairs(query.as_bytes(), PairSource::Query, StatusCode::BAD_REQUEST)
}

/// Deserializes the body of a form.
pub(crate) fn form<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    decode_pairs(body, PairSource::Form, StatusCode::UNPROCESSABLE_ENTITY)
}

/// Returns the first value of the key, or `None` if there is none or if it is badly encoded.
pub(crate) fn first<'r>(query: &'r str, key: &str) -> Option<std::borrow::Cow<'r, str>> {
    pairs::first(query.as_bytes(), key)
}

fn decode_pairs<T: DeserializeOwned>(
    text: &[u8],
    source: PairSource,
    status: StatusCode,
) -> Result<T, Rejection> {
    let pairs = parse_pairs(text, source)?;
    search::decode(&pairs).map_err(|error| {
        let error = error.locate_by_text(&pairs);
        messages::pair_rejection(&error, &pairs, source, status)
    })
}

/// Splits and decodes the pairs.
///
/// Their number is checked first, so that a body of millions of `&` allocates nothing.
fn parse_pairs(text: &[u8], source: PairSource) -> Result<Pairs<'_>, Rejection> {
    let count = text.iter().filter(|byte| **byte == b'&').count() + 1;
    if count > MAX_PAIRS {
        let detail = format!("the {} has more than {MAX_PAIRS} fields", source.name());
        return Err(Rejection::new(StatusCode::BAD_REQUEST, detail));
    }
    Pairs::parse(text, count).map_err(|bad| messages::encoding_rejection(&bad, source))
}
