//! The names that a type reads from a query, from its implementation of `Deserialize`.

use std::fmt;

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, MapAccess, Visitor, value::StrDeserializer},
    forward_to_deserialize_any,
};

/// Returns the names of the fields that a type reads, with their aliases.
///
/// It is `None` if other names may matter too: if the type has flattened fields, is a map, or rejects unknown names.
pub(crate) fn field_names<T: DeserializeOwned>() -> Option<&'static [&'static str]> {
    match T::deserialize(Probe) {
        Err(Found::Names(names)) => Some(names),
        Ok(_) | Err(Found::Other) => None,
    }
}

/// The names of a type, as the error that ends its deserialization.
#[derive(Debug)]
enum Found {
    Names(&'static [&'static str]),
    Other,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the names of a type")
    }
}

impl std::error::Error for Found {}

impl de::Error for Found {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Other
    }
}

/// A deserializer without data, which sees the names only.
struct Probe;

impl<'de> Deserializer<'de> for Probe {
    type Error = Found;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Found> {
        Err(Found::Other)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Found> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Found> {
        visitor.visit_map(UnknownName(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// A map with a name that no field has. The names of the fields are found if the type ignores it.
struct UnknownName(&'static [&'static str]);

impl<'de> MapAccess<'de> for UnknownName {
    type Error = Found;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Found> {
        seed.deserialize(StrDeserializer::new("\0")).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, _: V) -> Result<V::Value, Found> {
        Err(Found::Names(self.0))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Filter {
        #[serde(alias = "tags", rename = "tag")]
        words: Vec<String>,
        #[serde(default)]
        page: Option<u32>,
    }

    #[derive(Deserialize)]
    #[serde(transparent)]
    #[allow(dead_code)]
    struct Wrapper(Filter);

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Strict {
        page: u32,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Flattened {
        page: u32,
        #[serde(flatten)]
        rest: HashMap<String, String>,
    }

    #[test]
    fn names_are_those_of_the_query() {
        let names = |names: Option<&'static [&'static str]>| names.map(<[_]>::to_vec);
        assert_eq!(
            names(field_names::<Filter>()),
            Some(vec!["tag", "tags", "page"])
        );
        assert_eq!(field_names::<Wrapper>(), field_names::<Filter>());
    }

    #[test]
    fn any_name_may_matter() {
        assert_eq!(field_names::<Strict>(), None);
        assert_eq!(field_names::<Flattened>(), None);
        assert_eq!(field_names::<HashMap<String, String>>(), None);
        assert_eq!(field_names::<Vec<(String, String)>>(), None);
        assert_eq!(field_names::<()>(), None);
    }
}
