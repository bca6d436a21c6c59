//! The types of JSON values, as a set.

use serde_json::{Number, Value};

/// A set of types. A number is an integer or a fraction, so that `integer` is a part of `number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Types(u8);

/// The name of each type, with its set. `number` precedes `integer`, because it contains it.
const NAMES: [(&str, Types); 7] = [
    ("string", Types::STRING),
    ("number", Types::NUMBER),
    ("integer", Types::INTEGER),
    ("boolean", Types::BOOLEAN),
    ("object", Types::OBJECT),
    ("array", Types::ARRAY),
    ("null", Types::NULL),
];

impl Types {
    pub(super) const NONE: Self = Self(0);
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const STRING: Self = Self(4);
    pub(super) const INTEGER: Self = Self(8);
    const FRACTION: Self = Self(16);
    pub(super) const NUMBER: Self = Self(8 + 16);
    pub(super) const OBJECT: Self = Self(32);
    pub(super) const ARRAY: Self = Self(64);
    pub(super) const ALL: Self = Self(127);
    /// Every type that has one textual form.
    pub(super) const SCALARS: Self = Self(2 + 4 + 8 + 16);

    /// Returns the types of the keyword `type`.
    pub(super) fn from_keyword(value: &Value) -> Self {
        match value {
            Value::String(name) => Self::named(name),
            Value::Array(names) => {
                let names = names.iter().filter_map(Value::as_str);
                names.fold(Self::NONE, |types, name| types.or(Self::named(name)))
            }
            _ => Self::ALL,
        }
    }

    fn named(name: &str) -> Self {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map_or(Self::NONE, |(_, types)| *types)
    }

    /// Returns the type of a value.
    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if is_integer(number) => Self::INTEGER,
            Value::Number(_) => Self::FRACTION,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns whether the sets have a type in common.
    pub(super) fn has(self, other: Self) -> bool {
        !self.and(other).is_empty()
    }

    /// Returns the single types of this set.
    pub(super) fn each(self) -> impl Iterator<Item = Self> {
        let mut rest = self;
        NAMES.iter().filter_map(move |(_, types)| {
            let one = rest.and(*types);
            rest = rest.without(one);
            (!one.is_empty()).then_some(one)
        })
    }

    /// Returns the names, for messages.
    pub(super) fn names(self) -> String {
        if self.without(Self::NULL) == Self::ALL.without(Self::NULL) {
            return "any type".to_owned();
        }
        let names: Vec<_> = self.each().map(Self::name).collect();
        match names.is_empty() {
            true => "nothing".to_owned(),
            false => names.join(" or "),
        }
    }

    fn name(self) -> String {
        let found = NAMES.iter().find(|(_, types)| types.and(self) == *types);
        found.map_or_else(|| "`number`".to_owned(), |(name, _)| format!("`{name}`"))
    }
}

fn is_integer(number: &Number) -> bool {
    number.as_i128().is_some() || number.as_f64().is_some_and(|number| number.fract() == 0.0)
}
