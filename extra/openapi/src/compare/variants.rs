//! Compares the variants of two schemas as sets.

use super::{document::Document, rules, schema::Schema, walk::Step};

impl Step<'_, '_> {
    /// Compares variants: those of one identity with each other, and the rest with all others.
    ///
    /// `oneOf` counts as `anyOf`. Whether variants exclude each other is a promise of the document, and no client
    /// notices it.
    pub(super) fn compare_variants(&mut self, old: Vec<Schema>, new: Vec<Schema>) {
        let mut lost: Vec<_> = old.iter().collect();
        let mut gained: Vec<_> = new.iter().collect();
        for identity in [
            Self::is_identical,
            Self::has_same_tag,
            Self::has_same_label,
            Self::allows_same,
            Self::is_only_one,
        ] {
            self.match_variants(&mut lost, &mut gained, identity);
        }
        for variant in lost {
            let mut others = new.iter();
            if others.all(|other| self.walker.relation(variant, other).narrows) {
                let name = self.name(variant, self.walker.old);
                self.report(
                    &rules::VARIANT_REMOVED,
                    format!("{name} is not allowed any more"),
                );
            }
        }
        for variant in gained {
            let mut others = old.iter();
            if others.all(|other| self.walker.relation(other, variant).widens) {
                let name = self.name(variant, self.walker.new);
                self.report(&rules::VARIANT_ADDED, format!("{name} is allowed"));
            }
        }
    }

    /// Removes the variants that have the identity in common, and compares them later.
    fn match_variants(
        &mut self,
        lost: &mut Vec<&Schema>,
        gained: &mut Vec<&Schema>,
        identity: Identity<Self>,
    ) {
        let mut index = 0;
        while let Some(variant) = lost.get(index).copied() {
            let found = gained.iter().position(|other| {
                let rest = Rest { lost, gained };
                identity(self, variant, other, &rest)
            });
            match found {
                Some(position) => {
                    lost.remove(index);
                    self.compare_variant_later(variant, gained.remove(position));
                }
                None => index += 1,
            }
        }
    }

    fn is_identical(&mut self, old: &Schema, new: &Schema, _: &Rest<'_, '_>) -> bool {
        old == new
    }

    /// Returns whether the variants are objects with the same tag.
    fn has_same_tag(&mut self, old: &Schema, new: &Schema, _: &Rest<'_, '_>) -> bool {
        let tag = tag(old, self.walker.old);
        tag.is_some() && tag == self::tag(new, self.walker.new)
    }

    /// Returns whether the variants are components of one name, or have one title.
    fn has_same_label(&mut self, old: &Schema, new: &Schema, _: &Rest<'_, '_>) -> bool {
        old.label().is_some() && old.label() == new.label() && !self.has_other_tag(old, new)
    }

    /// Returns whether the variants allow the same values. At the greatest depth the first ones do, since variants
    /// that belong together are compared in any case.
    fn allows_same(&mut self, old: &Schema, new: &Schema, _: &Rest<'_, '_>) -> bool {
        self.walker.is_too_deep() || self.walker.relation(old, new).is_equal()
    }

    /// Returns whether the variants are the only ones left with their types, so that one replaces the other.
    fn is_only_one(&mut self, old: &Schema, new: &Schema, rest: &Rest<'_, '_>) -> bool {
        let is_alike = |one: &Schema, other: &Schema| {
            one.types == other.types && one.is_enum() == other.is_enum()
        };
        let count = |list: &[&Schema]| list.iter().filter(|one| is_alike(one, old)).count();
        let are_only = is_alike(old, new) && count(rest.lost) == 1 && count(rest.gained) == 1;
        let are_single = rest.lost.len() == 1 && rest.gained.len() == 1 && old.types.has(new.types);
        (are_only || are_single) && !self.has_other_tag(old, new)
    }

    fn has_other_tag(&self, old: &Schema, new: &Schema) -> bool {
        match (tag(old, self.walker.old), tag(new, self.walker.new)) {
            (Some(old), Some(new)) => old != new,
            _ => false,
        }
    }

    /// Returns how messages name a variant.
    fn name(&self, variant: &Schema, document: Document<'_>) -> String {
        let label = variant.label().map(|label| format!("`{label}`"));
        match label.or_else(|| tag(variant, document)) {
            Some(name) => format!("the variant {name}"),
            None => format!("the variant of type {}", variant.types.names()),
        }
    }
}

/// Whether an old variant is the same as a new one.
type Identity<S> = fn(&mut S, &Schema, &Schema, &Rest<'_, '_>) -> bool;

/// The variants that are not matched yet.
#[derive(Debug)]
struct Rest<'l, 's> {
    lost: &'l [&'s Schema],
    gained: &'l [&'s Schema],
}

/// Returns the difference of a variant from others: a required property with one value, or the only property.
fn tag(variant: &Schema, document: Document<'_>) -> Option<String> {
    let constants = variant.required.iter().filter_map(|name| {
        let property = Schema::read(document, variant.properties.get(name)?);
        match property.values.as_deref() {
            Some([value]) => Some(format!("`{name}` = `{value}`")),
            _ => None,
        }
    });
    let only = || match variant.required.first() {
        Some(name) if variant.required.len() == 1 && variant.properties.len() == 1 => {
            Some(format!("`{name}`"))
        }
        _ => None,
    };
    constants.into_iter().next().or_else(only)
}
