//! Compares formats and limits.

use std::{cmp::Ordering, collections::BTreeSet};

use serde_json::Value;

use super::{
    limits::{Bound, Span, integer_range},
    plain::{SpanRules, names},
    rules::{self, SchemaRule},
    schema::Schema,
    walk::Step,
};

impl Step<'_, '_> {
    pub(super) fn compare_formats(&mut self, old: &Schema, new: &Schema) {
        let (old, new) = (&old.formats, &new.formats);
        let rule = match (contains(old, new), contains(new, old)) {
            (true, true) => return,
            (true, false) => &rules::FORMAT_NARROWED,
            (false, true) => &rules::FORMAT_WIDENED,
            (false, false) => &rules::FORMAT_CHANGED,
        };
        self.report(
            rule,
            format!("the format is {} instead of {}", names(new), names(old)),
        );
    }

    pub(super) fn compare_bounds(&mut self, old: &Schema, new: &Schema) {
        let (before, after) = (old.maximum.as_ref(), new.maximum.as_ref());
        let order = tightness(before, after, |one, other| one.cmp_upper(other).reverse());
        let rules = (&rules::MAXIMUM_LOWERED, &rules::MAXIMUM_RAISED);
        self.report_bound("maximum", order, rules, [before, after]);
        let (before, after) = (old.minimum.as_ref(), new.minimum.as_ref());
        let order = tightness(before, after, Bound::cmp_lower);
        let rules = (&rules::MINIMUM_RAISED, &rules::MINIMUM_LOWERED);
        self.report_bound("minimum", order, rules, [before, after]);
    }

    fn report_bound(
        &mut self,
        name: &str,
        order: Ordering,
        (tighter, looser): (&'static SchemaRule, &'static SchemaRule),
        bounds: [Option<&Bound>; 2],
    ) {
        let rule = match order {
            Ordering::Greater => tighter,
            Ordering::Less => looser,
            Ordering::Equal => return,
        };
        let [old, new] = bounds.map(Bound::text);
        self.report(rule, format!("the {name} is {new} instead of {old}"));
    }

    pub(super) fn compare_multiples(&mut self, old: &Schema, new: &Schema) {
        let (old, new) = (&old.multiples, &new.multiples);
        let rule = match (divides_all(old, new), divides_all(new, old)) {
            (true, true) => return,
            (true, false) => &rules::MULTIPLE_OF_NARROWED,
            (false, true) => &rules::MULTIPLE_OF_WIDENED,
            (false, false) => &rules::MULTIPLE_OF_CHANGED,
        };
        let [old, new] = [old, new].map(|values| match values.is_empty() {
            true => "nothing".to_owned(),
            false => values
                .iter()
                .map(Value::to_string)
                .collect::<Vec<_>>()
                .join(" and "),
        });
        self.report(
            rule,
            format!("values are a multiple of {new} instead of {old}"),
        );
    }

    pub(super) fn compare_spans(&mut self, old: Span, new: Span, rules: &SpanRules) {
        let name = rules.name;
        let rule = match old.min.cmp(&new.min) {
            Ordering::Less => Some(rules.min_raised),
            Ordering::Greater => Some(rules.min_lowered),
            Ordering::Equal => None,
        };
        if let Some(rule) = rule {
            self.report(
                rule,
                format!("the least {name} is {} instead of {}", new.min, old.min),
            );
        }
        let rule = match old
            .max
            .unwrap_or(u64::MAX)
            .cmp(&new.max.unwrap_or(u64::MAX))
        {
            Ordering::Less => Some(rules.max_raised),
            Ordering::Greater => Some(rules.max_lowered),
            Ordering::Equal => None,
        };
        if let Some(rule) = rule {
            let [old, new] = [old, new].map(|span| match span.max {
                Some(max) => max.to_string(),
                None => "unlimited".to_owned(),
            });
            self.report(
                rule,
                format!("the greatest {name} is {new} instead of {old}"),
            );
        }
    }
}

/// Returns how tight the second bound is compared with the first one, where no bound is the least.
fn tightness(
    old: Option<&Bound>,
    new: Option<&Bound>,
    compare: impl Fn(&Bound, &Bound) -> Ordering,
) -> Ordering {
    match (old, new) {
        (Some(old), Some(new)) => compare(new, old),
        (old, new) => new.is_some().cmp(&old.is_some()),
    }
}

/// Returns whether the formats `outer` allow all that the formats `inner` allow.
fn contains(outer: &BTreeSet<String>, inner: &BTreeSet<String>) -> bool {
    let is_in = |one: &String| inner.iter().any(|other| is_part(other, one));
    outer.iter().all(is_in)
}

/// Returns whether each value of a format is one of another format.
fn is_part(inner: &str, outer: &str) -> bool {
    if let (Some((least, greatest)), Some((lower, upper))) =
        (integer_range(inner), integer_range(outer))
    {
        return lower <= least && greatest <= upper;
    }
    inner == outer || (inner, outer) == ("float", "double")
}

/// Returns whether each number of `outer` divides a number of `inner`.
fn divides_all(outer: &[Value], inner: &[Value]) -> bool {
    let divides = |one: &Value, other: &Value| {
        let quotient = other
            .as_f64()
            .zip(one.as_f64())
            .map(|(other, one)| other / one);
        quotient.is_some_and(|quotient| quotient.fract() == 0.0)
    };
    outer
        .iter()
        .all(|one| inner.iter().any(|other| divides(one, other)))
}
