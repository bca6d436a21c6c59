//! The query of a page: its own two parameters, and the others.

use std::{fmt, num::NonZeroU32};

use percent_encoding::percent_decode_str;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, Visitor},
};

/// The parameters of a page. Other parameters of the query belong to the handler.
#[derive(Default)]
pub(super) struct Params {
    pub(super) cursor: Option<String>,
    pub(super) limit: Option<NonZeroU32>,
}

impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct("Params", &["cursor", "limit"], ParamsVisitor)
    }
}

struct ParamsVisitor;

impl<'de> Visitor<'de> for ParamsVisitor {
    type Value = Params;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Params, A::Error> {
        let mut params = Params::default();
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                "cursor" => params.cursor = map.next_value()?,
                "limit" => params.limit = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(params)
    }
}

/// Returns the query without `cursor`, as it was sent.
pub(super) fn without_cursor(query: &str) -> String {
    let others = pairs(query).filter(|pair| !is_named(pair, "cursor"));
    others.collect::<Vec<_>>().join("&")
}

/// Returns the pairs that decide what is in the list, in a fixed order.
pub(super) fn filters(query: &str) -> Vec<&str> {
    let is_own = |pair: &&str| is_named(pair, "cursor") || is_named(pair, "limit");
    let mut filters: Vec<_> = pairs(query).filter(|pair| !is_own(pair)).collect();
    filters.sort_unstable();
    filters
}

fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|pair| !pair.is_empty())
}

fn is_named(pair: &str, name: &str) -> bool {
    let key = pair.split_once('=').map_or(pair, |(key, _)| key);
    percent_decode_str(key).eq(name.bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_parameters_are_separated_from_others() {
        let check = |query: &str, link: &str, expected: &[&str]| {
            assert_eq!(without_cursor(query), link, "{query}");
            assert_eq!(filters(query), expected, "{query}");
        };
        check("", "", &[]);
        check("cursor=a", "", &[]);
        check("limit=5&cursor=a", "limit=5", &[]);
        check("b=2&cursor=a&a=1", "b=2&a=1", &["a=1", "b=2"]);
        check("%63ursor=a&&l%69mit=1&x", "l%69mit=1&x", &["x"]);
        check("cursors=a&limit", "cursors=a&limit", &["cursors=a"]);
    }
}
