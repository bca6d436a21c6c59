//! One value, or the values of one key.

use serde::{
    Deserializer,
    de::{DeserializeSeed, EnumAccess, Error, SeqAccess, VariantAccess, Visitor},
};

use super::{
    error::Wrong,
    pairs::{Pair, Pairs, ReadAs},
};

/// A value, with those that follow it under the same key or without them.
#[derive(Clone, Copy)]
pub(crate) struct Value<'p> {
    pub(crate) pairs: &'p Pairs<'p>,
    pub(crate) pair: &'p Pair<'p>,
    pub(crate) idx: usize,
    /// Only this one is meant.
    pub(crate) is_single: bool,
}

impl<'p> Value<'p> {
    /// Returns the text, unless there are several.
    fn text(self, expected: &str) -> Result<&'p str, Wrong> {
        match self.is_several() {
            true => Err(Wrong::several(expected)),
            false => Ok(&self.pair.value),
        }
    }

    fn is_several(self) -> bool {
        !self.is_single && self.pair.next.is_some() && self.pair.taken.get() != ReadAs::First
    }

    fn list(self) -> List<'p> {
        let is_single = self.is_single || self.pair.taken.get() == ReadAs::First;
        List {
            value: Some(self),
            is_single,
        }
    }

    /// Shows a number of any kind.
    fn number<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
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

/// Reads numbers in the ways that serde asks for.
macro_rules! numbers {
    ($($method:ident $visit:ident $ty:ident),* $(,)?) => {$(
        fn $method<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
            let text = self.text(stringify!($ty))?;
            match text.parse() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(Wrong::other(stringify!($ty), text)),
            }
        }
    )*};
}

/// Shows the text.
macro_rules! texts {
    ($($method:ident $expected:literal),* $(,)?) => {$(
        fn $method<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.visit_borrowed_str(self.text($expected)?)
        }
    )*};
}

impl<'p> Deserializer<'p> for Value<'p> {
    type Error = Wrong;

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

    /// Shows the text or what it is taken for: see [`search`](super::search).
    fn deserialize_any<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
        self.pairs.buffered.set(true);
        self.pairs.log.open();
        let taken = self.pair.taken.get();
        if self.is_several() || taken.is_in_list() && !self.is_single {
            return visitor.visit_seq(self.list());
        }
        match taken {
            ReadAs::Nothing | ReadAs::NothingInList => visitor.visit_unit(),
            ReadAs::Unreadable => visitor.visit_bytes(b"\xff"),
            ReadAs::Number | ReadAs::NumberInList => self.number(visitor),
            ReadAs::Bool | ReadAs::BoolInList => {
                visitor.visit_bool(matches!(&*self.pair.value, "true" | "on"))
            }
            _ => visitor.visit_borrowed_str(&self.pair.value),
        }
    }

    fn deserialize_bool<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.text("a boolean")? {
            // A checkbox without a value of its own sends `on`.
            "true" | "on" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            text => Err(Wrong::other("a boolean", text)),
        }
    }

    fn deserialize_option<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.is_several() || !self.pair.value.is_empty() {
            return visitor.visit_some(self);
        }
        if self.pair.taken.get() == ReadAs::Nothing {
            return visitor.visit_none();
        }
        // The visitor is gone if the type refuses the empty text: all is read anew, with `None` here.
        visitor.visit_some(self).inspect_err(|_| {
            self.pairs.empty.set(Some(self.idx));
        })
    }

    fn deserialize_unit<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.text("unit")? {
            "" => visitor.visit_unit(),
            text => Err(Wrong::other("unit", text)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.list())
    }

    fn deserialize_tuple<V: Visitor<'p>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.list())
    }

    fn deserialize_tuple_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_seq(self.list())
    }

    fn deserialize_map<V: Visitor<'p>>(self, _: V) -> Result<V::Value, Wrong> {
        Err(Wrong::other("a map", self.text("a map")?))
    }

    fn deserialize_struct<V: Visitor<'p>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'p>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.text("a string")?;
        visitor.visit_enum(Word(self))
    }

    fn deserialize_ignored_any<V: Visitor<'p>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }
}

/// The values of one key.
struct List<'p> {
    value: Option<Value<'p>>,
    is_single: bool,
}

impl<'p> SeqAccess<'p> for List<'p> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'p>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
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
        element.map(Some).map_err(|wrong| wrong.or_at(value.idx))
    }
}

/// A variant without fields, by its name.
struct Word<'p>(Value<'p>);

impl<'p> EnumAccess<'p> for Word<'p> {
    type Error = Wrong;
    type Variant = Unit;

    fn variant_seed<T: DeserializeSeed<'p>>(self, seed: T) -> Result<(T::Value, Unit), Wrong> {
        Ok((seed.deserialize(self.0)?, Unit))
    }
}

/// What is behind the name of a variant: nothing.
struct Unit;

impl Unit {
    fn refuse<T>() -> Result<T, Wrong> {
        Err(Wrong::custom("there is no place for the variant's fields"))
    }
}

impl<'p> VariantAccess<'p> for Unit {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'p>>(self, _: T) -> Result<T::Value, Wrong> {
        Self::refuse()
    }

    fn tuple_variant<V: Visitor<'p>>(self, _: usize, _: V) -> Result<V::Value, Wrong> {
        Self::refuse()
    }

    fn struct_variant<V: Visitor<'p>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Wrong> {
        Self::refuse()
    }
}
