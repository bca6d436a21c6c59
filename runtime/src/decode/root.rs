//! The deserializer of all pairs.

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess,
        Visitor, value::BorrowedStrDeserializer,
    },
    forward_to_deserialize_any,
};

use super::{
    error::PairError,
    pairs::{Pairs, ReadAs},
    value::Value,
};

/// Deserializes the pairs as a struct, a map, or a list of pairs.
#[derive(Clone, Copy)]
pub(crate) struct Root<'de>(pub(crate) &'de Pairs<'de>);

impl<'de> Root<'de> {
    fn entries(self) -> Entries<'de> {
        Entries {
            pairs: self.0,
            idx: 0,
            current: None,
        }
    }
}

impl<'de> Deserializer<'de> for Root<'de> {
    type Error = PairError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        self.0.is_flattened.set(true);
        visitor.visit_map(self.entries())
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_map(self.entries())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        match self.0.len() {
            0 => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_unit()
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_seq(self.entries())
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_seq(self.entries())
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_seq(self.entries())
    }

    /// The variant is the first key that is the name of one. Its value is the content of the variant.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        let mut entries = self.entries();
        while let Some(value) = entries.next(false) {
            if known.contains(&&*value.pair.key) {
                return visitor.visit_enum(Variant(value));
            }
        }
        let known = known.join("`, `");
        Err(PairError::custom(format!("one of `{known}` is required")))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'de>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf map
        identifier ignored_any
    }
}

/// An iteration over the pairs.
struct Entries<'de> {
    pairs: &'de Pairs<'de>,
    idx: usize,
    current: Option<Value<'de>>,
}

impl<'de> Entries<'de> {
    fn next(&mut self, is_single: bool) -> Option<Value<'de>> {
        loop {
            let (idx, pair) = (self.idx, self.pairs.get(self.idx)?);
            self.idx += 1;
            if pair.read_as.get() != ReadAs::Absent && (is_single || pair.is_first) {
                return Some(Value {
                    pairs: self.pairs,
                    pair,
                    idx,
                    is_single,
                });
            }
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = PairError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, PairError> {
        self.current = self.next(false);
        let Some(value) = self.current else {
            return Ok(None);
        };
        let key = seed.deserialize(Key(&value.pair.key));
        key.map(Some).map_err(|error| error.at_pair(value.idx))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, PairError> {
        let Some(value) = self.current.take() else {
            return Err(PairError::custom("a value was requested twice"));
        };
        seed.deserialize(value)
            .map_err(|error| error.at_pair(value.idx))
    }
}

impl<'de> SeqAccess<'de> for Entries<'de> {
    type Error = PairError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PairError> {
        let Some(value) = self.next(true) else {
            return Ok(None);
        };
        let pair = seed.deserialize(KeyValue(value));
        pair.map(Some).map_err(|error| error.at_pair(value.idx))
    }
}

/// A variant of an enum and its content.
struct Variant<'de>(Value<'de>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = PairError;
    type Variant = Value<'de>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Value<'de>), PairError> {
        Ok((seed.deserialize(Key(&self.0.pair.key))?, self.0))
    }
}

impl<'de> VariantAccess<'de> for Value<'de> {
    type Error = PairError;

    fn unit_variant(self) -> Result<(), PairError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, PairError> {
        seed.deserialize(self)
            .map_err(|error| error.at_pair(self.idx))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, PairError> {
        self.deserialize_seq(visitor)
            .map_err(|error| error.at_pair(self.idx))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_map(visitor)
            .map_err(|error| error.at_pair(self.idx))
    }
}

/// A key and its value, as an element of a list of pairs.
struct KeyValue<'de>(Value<'de>);

impl<'de> Deserializer<'de> for KeyValue<'de> {
    type Error = PairError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_seq(KeyValueElements {
            key: Some(&self.0.pair.key),
            value: Some(self.0),
        })
    }

    forward_to_deserialize_any! {
        <V: Visitor<'de>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct KeyValueElements<'de> {
    key: Option<&'de str>,
    value: Option<Value<'de>>,
}

impl<'de> SeqAccess<'de> for KeyValueElements<'de> {
    type Error = PairError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PairError> {
        if let Some(key) = self.key.take() {
            return seed.deserialize(Key(key)).map(Some);
        }
        let value = self.value.take();
        value.map(|value| seed.deserialize(value)).transpose()
    }
}

/// A key: a text, or a number for a map with numbers as keys.
struct Key<'de>(&'de str);

macro_rules! numbers {
    ($($method:ident $visit:ident $ty:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
            match self.0.parse() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(PairError::invalid_type(
                    Unexpected::Other(self.0),
                    &concat!("a key that is a `", stringify!($ty), "`"),
                )),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = PairError;

    numbers! {
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_u128 visit_u128 u128,
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_i128 visit_i128 i128,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        known: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        BorrowedStrDeserializer::new(self.0).deserialize_enum(name, known, visitor)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'de>>
        bool f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}
