//! A schema as one of two forms: a plain one, or one with variants.

use serde_json::Value;

use super::{document::Document, merge::append, schema::Schema, types::Types};

/// A schema whose `anyOf` and `oneOf` are one list of variants, without `null`.
#[derive(Debug)]
pub(super) struct View {
    pub(super) is_nullable: bool,
    /// The keywords that apply to each variant, or the schema itself.
    pub(super) base: Schema,
    /// The variants: none, or at least two.
    pub(super) variants: Vec<Schema>,
}

impl View {
    pub(super) fn new(document: Document<'_>, mut schema: Schema) -> Self {
        let has_null = |schema: &Schema| schema.types.has(Types::NULL);
        let unions = std::mem::take(&mut schema.unions);
        let is_nullable = has_null(&schema);
        let types = schema.types.without(Types::NULL);
        if unions.is_empty() {
            let (base, variants) = (schema.with_types(types), Vec::new());
            return Self {
                is_nullable,
                base,
                variants,
            };
        }
        let mut expander = Expander {
            document,
            open: Vec::new(),
        };
        let variants = expander.variants(&unions);
        let is_nullable = is_nullable && variants.iter().any(has_null);
        let base = schema.with_types(types).unnamed();
        let mut variants = simplify(variants);
        if variants.len() > 1 {
            return Self {
                is_nullable,
                base,
                variants,
            };
        }
        let only = variants.pop().unwrap_or_else(Schema::never);
        Self {
            is_nullable,
            base: only.and(base),
            variants,
        }
    }

    /// Returns whether no value is allowed.
    pub(super) fn is_never(&self) -> bool {
        !self.is_nullable && self.variants.is_empty() && self.base.types.is_empty()
    }

    /// Returns the schema as variants that contain what applies to each of them.
    pub(super) fn into_variants(self) -> Vec<Schema> {
        if self.variants.is_empty() {
            return split_types(self.base);
        }
        let variants = self.variants.into_iter();
        variants
            .map(|variant| variant.and(self.base.clone()))
            .collect()
    }
}

/// Splits a schema with several types, so that each can be compared with a variant.
fn split_types(schema: Schema) -> Vec<Schema> {
    if schema.is_any() {
        return vec![schema];
    }
    let types = schema.types.each();
    types
        .map(|types| schema.clone().with_types(types).settle())
        .collect()
}

/// Removes `null` and what cannot occur, and joins the variants that list values.
fn simplify(variants: Vec<Schema>) -> Vec<Schema> {
    let without_null = variants.into_iter().map(|variant| {
        let types = variant.types.without(Types::NULL);
        variant.with_types(types)
    });
    let possible = without_null.filter(|variant| !variant.types.is_empty());
    let (enums, mut others): (Vec<_>, Vec<_>) = possible.partition(Schema::is_enum);
    let joined = enums.into_iter().reduce(join);
    // A list next to a type that contains it is a hint: `anyOf: [{ enum: [..] }, { type: string }]`.
    let is_hint = |list: &Schema| {
        let contains = |other: &Schema| other.types.or(list.types) == other.types;
        others
            .iter()
            .any(|other| other.is_only_type() && contains(other))
    };
    others.extend(joined.filter(|list| !is_hint(list)));
    append(Vec::new(), others)
}

/// Joins two lists of values.
fn join(one: Schema, other: Schema) -> Schema {
    let types = one.types.or(other.types);
    let [first, second] = [one.values, other.values].map(Option::unwrap_or_default);
    Schema {
        types,
        values: Some(append(first, second)),
        ..Schema::any()
    }
}

/// Multiplies out unions, and remembers the members that it is in.
struct Expander<'d> {
    document: Document<'d>,
    open: Vec<Value>,
}

impl Expander<'_> {
    /// Returns the variants of several unions together.
    fn variants(&mut self, unions: &[Vec<Value>]) -> Vec<Schema> {
        let unions: Vec<_> = unions.iter().map(|members| self.members(members)).collect();
        let product = unions.into_iter().reduce(|variants, union| {
            let pairs = variants
                .iter()
                .flat_map(|one| union.iter().map(|other| one.clone().and(other.clone())));
            pairs.filter(|variant| !variant.types.is_empty()).collect()
        });
        product.unwrap_or_default()
    }

    /// Returns the variants of a union. A member that contains the union adds nothing to it.
    fn members(&mut self, members: &[Value]) -> Vec<Schema> {
        let mut variants = Vec::new();
        for member in members {
            if self.open.contains(member) {
                continue;
            }
            self.open.push(member.clone());
            let mut schema = Schema::read(self.document, member);
            let unions = std::mem::take(&mut schema.unions);
            if unions.is_empty() {
                variants.push(schema);
            } else {
                let base = schema.unnamed();
                let inner = self.variants(&unions).into_iter();
                variants.extend(inner.map(|variant| variant.and(base.clone())));
            }
            self.open.pop();
        }
        variants
    }
}
