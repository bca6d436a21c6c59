//! The deserializer of one value, or of the values of one key.

use serde::{
    Deserializer,
    de::{DeserializeSeed, EnumAccess, Error, SeqAccess, VariantAccess, Visitor},
};

use super::{
    error::PairError,
    pairs::{Pair, Pairs, ReadAs},
};

/// A value, alone or with the later values of the same key.
#[derive(Clone, Copy)]
pub(crate) struct Value<'p> {
    pub(crate) pairs: &'p Pairs<'p>,
    pub(crate) pair: &'p Pair<'p>,
    pub(crate) idx: usize,
    /// Whether the later values of the key are excluded.
    pub(crate) is_single: bool,
}

impl<'p> Value<'p> {
    /// Returns the text, or an error if the key has several values.
    fn text(self, expected: &str) -> Result<&'p str, PairError> {
        match self.is_several() {
            true => Err(PairError::several_values(expected)),
            false => Ok(&self.pair.value),
        }
    }

    fn is_several(self) -> bool {
        !self.is_single && self.pair.next.is_some() && self.pair.read_as.get() != ReadAs::First
    }

    fn list(self) -> List<'p> {
        let is_single = self.is_single || self.pair.read_as.get() == ReadAs::First;
        List {
            value: Some(self),
            is_single,
        }
    }

    /// Passes the text to the visitor as a number of the first type that can represent it.
    fn number<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
        let text: &'p str = &self.pair.value;
        if let Ok(number) = text.parse() {
            return visitor.visit_u64(number);
        }
        if let Ok(number) = text.parse() {
            return visitor.visit_i64(number);
        }
        match text.parse() {
            Ok(number) => visitor.visit_f64(number),
            Err(_) => visitor.visit_borrowed_str(text),
        }
    }
}

/// Implements the methods that deserialize a number.
macro_rules! numbers {
    ($($method:ident $visit:ident $ty:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
            let text = self.text(stringify!($ty))?;
            match text.parse() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(PairError::mismatch(stringify!($ty), text)),
            }
        }
    )*};
}

/// Implements the methods that pass the text to the visitor.
macro_rules! texts {
    ($($method:ident $expected:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
            visitor.visit_borrowed_str(self.text($expected)?)
        }
    )*};
}

impl<'p> Deserializer<'p> for Value<'p> {
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
        deserialize_f32 visit_f32 f32,
        deserialize_f64 visit_f64 f64,
    }

    texts! {
        deserialize_char "a character",
        deserialize_str "a string",
        deserialize_string "a string",
        deserialize_bytes "a string",
        deserialize_byte_buf "a string",
        deserialize_identifier "a string",
    }

    /// Passes the text to the visitor, or the value that it was converted to: see [`search`](super::search).
    fn deserialize_any<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
        self.pairs.is_buffered.set(true);
        self.pairs.log.start();
        let read_as = self.pair.read_as.get();
        if self.is_several() || read_as.is_in_list() && !self.is_single {
            return visitor.visit_seq(self.list());
        }
        match read_as {
            ReadAs::Nothing | ReadAs::NothingInList => visitor.visit_unit(),
            ReadAs::Unreadable => visitor.visit_bytes(b"\xff"),
            ReadAs::Number | ReadAs::NumberInList => self.number(visitor),
            ReadAs::Bool | ReadAs::BoolInList => {
                visitor.visit_bool(matches!(&*self.pair.value, "true" | "on"))
            }
            _ => visitor.visit_borrowed_str(&self.pair.value),
        }
    }

    fn deserialize_bool<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
        match self.text("a boolean")? {
            // A checkbox without the attribute `value` sends `on`.
            "true" | "on" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            text => Err(PairError::mismatch("a boolean", text)),
        }
    }

    fn deserialize_option<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
        if self.is_several() || !self.pair.value.is_empty() {
            return visitor.visit_some(self);
        }
        if self.pair.read_as.get() == ReadAs::Nothing {
            return visitor.visit_none();
        }
        // The visitor is consumed even if the type rejects the empty text. So the pair is recorded, and the next
        // attempt presents it as `None`.
        visitor.visit_some(self).inspect_err(|_| {
            self.pairs.rejected_empty.set(Some(self.idx));
        })
    }

    fn deserialize_unit<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
        match self.text("unit")? {
            "" => visitor.visit_unit(),
            text => Err(PairError::mismatch("unit", text)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_seq(self.list())
    }

    fn deserialize_tuple<V: Visitor<'p>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_seq(self.list())
    }

    fn deserialize_tuple_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, PairError> {
        visitor.visit_seq(self.list())
    }

    fn deserialize_map<V: Visitor<'p>>(self, _: V) -> Result<V::Value, PairError> {
        Err(PairError::mismatch("a map", self.text("a map")?))
    }

    fn deserialize_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'p>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PairError> {
        self.text("a string")?;
        visitor.visit_enum(UnitVariant(self))
    }

    fn deserialize_ignored_any<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, PairError> {
        visitor.visit_unit()
    }
}

/// The values of one key.
struct List<'p> {
    value: Option<Value<'p>>,
    is_single: bool,
}

impl<'p> SeqAccess<'p> for List<'p> {
    type Error = PairError;

    fn next_element_seed<T: DeserializeSeed<'p>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PairError> {
        let Some(value) = self.value.take() else {
            return Ok(None);
        };
        let next = value.pair.next.filter(|_| !self.is_single);
        self.value = next.and_then(|idx| {
            let pair = value.pairs.get(idx)?;
            Some(Value { pair, idx, ..value })
        });
        let one = Value {
            is_single: true,
            ..value
        };
        let element = seed.deserialize(one);
        element.map(Some).map_err(|error| error.at_pair(value.idx))
    }
}

/// A variant without fields, whose name is the value.
struct UnitVariant<'p>(Value<'p>);

impl<'p> EnumAccess<'p> for UnitVariant<'p> {
    type Error = PairError;
    type Variant = NoFields;

    fn variant_seed<T: DeserializeSeed<'p>>(
        self,
        seed: T,
    ) -> Result<(T::Value, NoFields), PairError> {
        Ok((seed.deserialize(self.0)?, NoFields))
    }
}

/// The content of a variant without fields.
struct NoFields;

impl NoFields {
    fn reject<T>() -> Result<T, PairError> {
        Err(PairError::custom(
            "a variant with fields is not supported here",
        ))
    }
}

impl<'p> VariantAccess<'p> for NoFields {
    type Error = PairError;

    fn unit_variant(self) -> Result<(), PairError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'p>>(self, _: T) -> Result<T::Value, PairError> {
        Self::reject()
    }

    fn tuple_variant<V: Visitor<'p>>(self, _: usize, _: V) -> Result<V::Value, PairError> {
        Self::reject()
    }

    fn struct_variant<V: Visitor<'p>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, PairError> {
        Self::reject()
    }
}
