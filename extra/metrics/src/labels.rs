//! The labels of a metric, whose values are known to the compiler.

use crate::text_label::Texts;

/// The labels of a metric. `#[derive(Labels)]` implements it for an enum without fields, which is one label, and for a
/// struct of enums and `bool`s, which is one label for each field.
///
/// Each combination of values is a series, which exists from the start. So a text cannot be a label: the number of its
/// values has no bound, and each costs memory here and in Prometheus.
///
/// # Examples
/// ```
/// use highball_metrics::Labels;
///
/// #[derive(Clone, Copy, Labels)]
/// enum Channel {
///     Web,
///     App,
/// }
///
/// let [channel] = Channel::FACTORS else { panic!() };
/// assert_eq!((channel.name(), channel.values()), ("channel", &["web", "app"][..]));
/// assert_eq!(Channel::App.index(), 1);
/// ```
pub trait Labels {
    /// The labels.
    const FACTORS: &'static [Factor];

    /// Returns the number of this combination of values, where the last label changes first.
    fn index(&self) -> usize;
}

/// One label with all of its values.
///
/// # Examples
/// ```
/// use highball_metrics::Factor;
///
/// const STATE: Factor = Factor::new("state", &["open", "closed"]);
/// assert_eq!(STATE.values().len(), 2);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Factor {
    pub(crate) name: &'static str,
    pub(crate) values: &'static [&'static str],
    /// The values of a [`text_label!`](crate::text_label), for which `values` has only their number.
    texts: Option<fn() -> &'static Texts>,
}

impl Factor {
    /// Returns a label with this name and these values.
    pub const fn new(name: &'static str, values: &'static [&'static str]) -> Self {
        Self {
            name,
            values,
            texts: None,
        }
    }

    /// Returns a label whose values are texts.
    #[doc(hidden)]
    pub const fn of_texts(
        name: &'static [u8],
        values: &'static [&'static str],
        texts: fn() -> &'static Texts,
    ) -> Self {
        let name = match str::from_utf8(name) {
            Ok(name) if name.is_ascii() => name,
            _ => panic!(
                "the name of a label has only `a-z`, `A-Z`, `0-9` and `_`: write another name"
            ),
        };
        Self {
            name,
            values,
            texts: Some(texts),
        }
    }

    /// Returns the label of a field, with the values of the field's type.
    #[doc(hidden)]
    pub const fn of_field(name: &'static str, factors: Option<&'static [Self]>) -> Self {
        match factors {
            Some([only]) => Self { name, ..*only },
            // `check_field` reports it.
            _ => Self::new(name, &[]),
        }
    }

    /// Returns the name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns whether its values are known only while the app runs.
    pub(crate) const fn has_texts(&self) -> bool {
        self.texts.is_some()
    }

    /// Returns the values that there are now, by their index, and `None` for each that is free.
    fn current(&self) -> Vec<Option<&'static str>> {
        let Some(texts) = self.texts else {
            return self.values.iter().copied().map(Some).collect();
        };
        let mut values: Vec<_> = texts().values().into_iter().map(Some).collect();
        values.resize(self.values.len(), None);
        values
    }

    /// Returns the values, by their index. Those of a [`text_label!`](crate::text_label) are empty.
    pub const fn values(&self) -> &'static [&'static str] {
        self.values
    }
}

/// A label only as the field of a struct, whose name it then has.
impl Labels for bool {
    const FACTORS: &'static [Factor] = &[Factor::new("", &["false", "true"])];

    fn index(&self) -> usize {
        usize::from(*self)
    }
}

/// Returns how many values a label has.
pub const fn value_count(factors: Option<&'static [Factor]>) -> usize {
    Factor::of_field("", factors).values.len()
}

/// The labels of a series, with their values.
pub(crate) type Combination = Vec<(&'static str, &'static str)>;

/// Returns each combination of values, by its index. `None` is one with a value that is free.
pub(crate) fn combinations(factors: &[Factor]) -> Vec<Option<Combination>> {
    let mut all = vec![Some(Vec::new())];
    for factor in factors {
        let values = factor.current();
        let longer = all.iter().flat_map(|shorter| {
            values.iter().map(move |value| {
                let mut longer = shorter.clone()?;
                longer.push((factor.name, (*value)?));
                Some(longer)
            })
        });
        all = longer.collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_are_in_the_order_of_their_indices() {
        let factors = [
            Factor::new("a", &["x", "y"]),
            Factor::new("b", &["0", "1", "2"]),
        ];
        let all = combinations(&factors);
        assert_eq!(all.len(), 6);
        assert_eq!(all[1], Some(vec![("a", "x"), ("b", "1")]));
        assert_eq!(all[3], Some(vec![("a", "y"), ("b", "0")]));
        assert_eq!(combinations(&[]), [Some(Vec::new())]);
    }
}
