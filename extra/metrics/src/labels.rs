//! The labels of a metric, whose values are known to the compiler.

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
}

impl Factor {
    /// Returns a label with this name and these values.
    pub const fn new(name: &'static str, values: &'static [&'static str]) -> Self {
        Self { name, values }
    }

    /// Returns the label of a field, with the values of the field's type.
    #[doc(hidden)]
    pub const fn of_field(name: &'static str, factors: Option<&'static [Self]>) -> Self {
        let values = match factors {
            Some([only]) => only.values,
            // `check_field` reports it.
            _ => &[],
        };
        Self { name, values }
    }

    /// Returns the name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the values, by their index.
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

/// Returns each combination of values, by its index.
pub(crate) fn combinations(factors: &[Factor]) -> Vec<Vec<(&'static str, &'static str)>> {
    let mut all = vec![Vec::new()];
    for factor in factors {
        let longer = all.iter().flat_map(|shorter| {
            factor.values.iter().map(move |value| {
                let mut longer = shorter.clone();
                longer.push((factor.name, *value));
                longer
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
        assert_eq!(all[1], [("a", "x"), ("b", "1")]);
        assert_eq!(all[3], [("a", "y"), ("b", "0")]);
        assert_eq!(combinations(&[]), [[]]);
    }
}
