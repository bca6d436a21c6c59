//! Limits of numbers and of lengths.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::types::Types;

/// The integers of each integer format, smallest and largest (the formats of OpenAPI and of schemars).
const INTEGER_FORMATS: [(&str, i128, i128); 10] = [
    ("int8", i8::MIN as i128, i8::MAX as i128),
    ("int16", i16::MIN as i128, i16::MAX as i128),
    ("int32", i32::MIN as i128, i32::MAX as i128),
    ("int64", i64::MIN as i128, i64::MAX as i128),
    ("int", i64::MIN as i128, i64::MAX as i128),
    ("uint8", 0, u8::MAX as i128),
    ("uint16", 0, u16::MAX as i128),
    ("uint32", 0, u32::MAX as i128),
    ("uint64", 0, u64::MAX as i128),
    ("uint", 0, u64::MAX as i128),
];

/// Returns the smallest and the largest integer of a format.
pub(super) fn integer_range(format: &str) -> Option<(i128, i128)> {
    let found = INTEGER_FORMATS.iter().find(|(name, ..)| *name == format);
    found.map(|(_, smallest, largest)| (*smallest, *largest))
}

/// The smallest or the largest number of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Bound {
    pub(super) number: Number,
    /// Whether the number itself is outside.
    pub(super) is_exclusive: bool,
}

impl Bound {
    /// Returns the lower bound of the keywords.
    pub(super) fn lower(keywords: &Map<String, Value>) -> Option<Self> {
        let (first, second) = Self::pair(keywords, "minimum", "exclusiveMinimum");
        tighter(first, second, Self::cmp_lower)
    }

    /// Returns the upper bound of the keywords.
    pub(super) fn upper(keywords: &Map<String, Value>) -> Option<Self> {
        let (first, second) = Self::pair(keywords, "maximum", "exclusiveMaximum");
        tighter(first, second, |one, other| one.cmp_upper(other).reverse())
    }

    fn pair(
        keywords: &Map<String, Value>,
        inclusive: &str,
        exclusive: &str,
    ) -> (Option<Self>, Option<Self>) {
        let read = |name: &str, is_exclusive| match keywords.get(name) {
            Some(Value::Number(number)) => Some(Self {
                number: number.clone(),
                is_exclusive,
            }),
            _ => None,
        };
        (read(inclusive, false), read(exclusive, true))
    }

    /// Compares two lower bounds; the tighter one is greater.
    pub(super) fn cmp_lower(&self, other: &Self) -> Ordering {
        cmp_numbers(&self.number, &other.number).then(self.is_exclusive.cmp(&other.is_exclusive))
    }

    /// Compares two upper bounds; the tighter one is less.
    pub(super) fn cmp_upper(&self, other: &Self) -> Ordering {
        cmp_numbers(&self.number, &other.number).then(other.is_exclusive.cmp(&self.is_exclusive))
    }

    /// Returns the bound of integers as an inclusive one: `> 0` is `>= 1`. `step` leads inwards.
    pub(super) fn of_integers(self, step: i128) -> Self {
        let inclusive = self.number.as_i128().filter(|_| self.is_exclusive);
        match inclusive.and_then(|number| Number::from_i128(number + step)) {
            Some(number) => Self {
                number,
                is_exclusive: false,
            },
            None => self,
        }
    }

    /// Returns the bound for messages.
    pub(super) fn text(bound: Option<&Self>) -> String {
        match bound {
            Some(Self {
                number,
                is_exclusive: true,
            }) => format!("{number}, exclusively"),
            Some(Self { number, .. }) => number.to_string(),
            None => "none".to_owned(),
        }
    }
}

/// Returns the greater of two bounds in the order of `compare`.
pub(super) fn tighter(
    one: Option<Bound>,
    other: Option<Bound>,
    compare: impl Fn(&Bound, &Bound) -> Ordering,
) -> Option<Bound> {
    match (one, other) {
        (Some(one), Some(other)) if compare(&one, &other).is_lt() => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

/// Compares numbers, exactly if both are integers.
pub(super) fn cmp_numbers(one: &Number, other: &Number) -> Ordering {
    if let (Some(one), Some(other)) = (one.as_i128(), other.as_i128()) {
        return one.cmp(&other);
    }
    let as_float = |number: &Number| number.as_f64().unwrap_or_default();
    as_float(one).total_cmp(&as_float(other))
}

/// The least and the greatest length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Span {
    pub(super) min: u64,
    pub(super) max: Option<u64>,
}

impl Span {
    pub(super) const ANY: Self = Self { min: 0, max: None };

    pub(super) fn read(keywords: &Map<String, Value>, min: &str, max: &str) -> Self {
        let read = |name: &str| keywords.get(name).and_then(as_length);
        Self {
            min: read(min).unwrap_or(0),
            max: read(max),
        }
    }

    pub(super) fn and(self, other: Self) -> Self {
        let max = match (self.max, other.max) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        Self {
            min: self.min.max(other.min),
            max,
        }
    }
}

/// Returns a length, which may be written as `3.0`.
fn as_length(value: &Value) -> Option<u64> {
    value
        .as_u64()
        .or_else(|| value.as_f64().map(|length| length as u64))
}

/// Returns the bounds without those that the format and the type of integers imply.
pub(super) fn explicit_bounds(
    types: Types,
    format: Option<&String>,
    lower: Option<Bound>,
    upper: Option<Bound>,
) -> (Option<Bound>, Option<Bound>) {
    if types.and(Types::NUMBER) != Types::INTEGER {
        return (lower, upper);
    }
    let (lower, upper) = (
        lower.map(|bound| bound.of_integers(1)),
        upper.map(|bound| bound.of_integers(-1)),
    );
    let Some((smallest, largest)) = format.and_then(|format| integer_range(format)) else {
        return (lower, upper);
    };
    let lower = lower.filter(|bound| {
        bound
            .number
            .as_i128()
            .is_none_or(|number| number > smallest)
    });
    let upper = upper.filter(|bound| bound.number.as_i128().is_none_or(|number| number < largest));
    (lower, upper)
}
