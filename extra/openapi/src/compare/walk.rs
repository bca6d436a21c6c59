//! Compares two schemas and the schemas in them.

use std::collections::{HashMap, HashSet, VecDeque};

use serde_json::Value;

use super::{
    document::Document,
    rules::SchemaRule,
    schema::Schema,
    stable::{Stable, has_reference},
    view::View,
};

/// Variants in variants are compared down to this depth, since each takes several kilobytes of the stack.
const MAX_DEPTH: usize = 32;

/// A side of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

/// A difference between two schemas.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) rule: &'static SchemaRule,
    /// The place in the value as a JSON pointer, where `*` is any item or any property.
    pub(super) pointer: String,
    pub(super) fact: String,
}

/// Whether a schema narrows or widens another one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Relation {
    pub(super) narrows: bool,
    pub(super) widens: bool,
}

impl Relation {
    pub(super) fn is_equal(self) -> bool {
        !self.narrows && !self.widens
    }

    fn add(&mut self, other: Self) {
        self.narrows |= other.narrows;
        self.widens |= other.widens;
    }
}

/// Compares schemas of two documents on one side.
#[derive(Debug)]
pub(super) struct Walker<'d> {
    pub(super) old: Document<'d>,
    pub(super) new: Document<'d>,
    pub(super) side: Side,
    /// Whether values are written as text, as in parameters and headers.
    pub(super) is_text: bool,
    stable: &'d Stable<'d>,
    relations: HashMap<(Schema, Schema), Relation>,
    /// The number of relations that are being found.
    depth: usize,
}

/// Two schemas, old and new.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Pair {
    /// As they are in the documents.
    Values(Value, Value),
    /// Variants.
    Read(Box<(Schema, Schema)>),
}

/// The comparison of two schemas and of those in them.
#[derive(Debug, Default)]
struct Walk {
    found: Vec<Difference>,
    /// The relations of variants that are not compared again.
    relation: Relation,
    /// The pairs that are compared later, and their places.
    next: VecDeque<(Pair, String)>,
    /// Pairs with references that are compared already.
    seen: HashSet<Pair>,
    /// Components that are compared already, with or without `null`.
    components: HashSet<(Schema, Schema)>,
}

/// The comparison of one pair.
#[derive(Debug)]
pub(super) struct Step<'w, 'd> {
    pub(super) walker: &'w mut Walker<'d>,
    walk: &'w mut Walk,
    pointer: String,
}

impl<'d> Walker<'d> {
    pub(super) fn new(
        [old, new]: [Document<'d>; 2],
        stable: &'d Stable<'d>,
        side: Side,
        is_text: bool,
    ) -> Self {
        Self {
            old,
            new,
            side,
            is_text,
            stable,
            relations: HashMap::new(),
            depth: 0,
        }
    }

    /// Returns the differences between two schemas of the documents.
    pub(super) fn compare(&mut self, old: &Value, new: &Value) -> Vec<Difference> {
        if self.stable.is_same(old, new) {
            return Vec::new();
        }
        self.walk(Pair::Values(old.clone(), new.clone())).found
    }

    /// Finds the differences, those near the root first. A component is compared once, at its first place: this ends
    /// in recursive types, and one change of a type is one difference.
    fn walk(&mut self, pair: Pair) -> Walk {
        let mut walk = Walk {
            next: VecDeque::from([(pair, String::new())]),
            ..Walk::default()
        };
        while let Some((pair, pointer)) = walk.next.pop_front() {
            if pair.has_reference() && !walk.seen.insert(pair.clone()) {
                continue;
            }
            let (old, new) = self.read(pair);
            let mut step = Step {
                walker: self,
                walk: &mut walk,
                pointer,
            };
            step.compare(old, new);
        }
        walk
    }

    fn read(&self, pair: Pair) -> (Schema, Schema) {
        match pair {
            Pair::Values(old, new) => (Schema::read(self.old, &old), Schema::read(self.new, &new)),
            Pair::Read(pair) => *pair,
        }
    }

    /// Returns how two schemas are related.
    pub(super) fn relation(&mut self, old: &Schema, new: &Schema) -> Relation {
        if self.stable.is_same_schema(old, new) {
            return Relation::default();
        }
        let pair = (old.clone(), new.clone());
        if let Some(relation) = self.relations.get(&pair) {
            return *relation;
        }
        if self.is_too_deep() {
            return Relation {
                narrows: true,
                widens: true,
            };
        }
        // While a pair is compared it counts as equal. Otherwise variants of a recursive type would never end.
        self.relations.insert(pair.clone(), Relation::default());
        self.depth += 1;
        let walk = self.walk(Pair::Read(Box::new(pair.clone())));
        let mut relation = walk.relation;
        for Difference { rule, .. } in walk.found {
            let (narrows, widens) = (rule.effect.narrows(), rule.effect.widens());
            relation.add(Relation { narrows, widens });
        }
        self.depth -= 1;
        self.relations.insert(pair, relation);
        relation
    }

    /// Returns whether relations are not found any more.
    pub(super) fn is_too_deep(&self) -> bool {
        self.depth == MAX_DEPTH
    }
}

impl Pair {
    fn has_reference(&self) -> bool {
        match self {
            Self::Values(old, new) => has_reference(old) || has_reference(new),
            Self::Read(pair) => pair.0.inner().chain(pair.1.inner()).any(has_reference),
        }
    }
}

impl Step<'_, '_> {
    fn compare(&mut self, old: Schema, new: Schema) {
        self.compare_annotations(&old, &new);
        let old = View::new(self.walker.old, old);
        let new = View::new(self.walker.new, new);
        if old.is_never() || new.is_never() {
            return self.compare_never(&old, &new);
        }
        self.compare_null(&old, &new);
        match (old.variants.is_empty(), new.variants.is_empty()) {
            (true, true) => self.compare_once(old.base, new.base),
            // A keyword that moves from the base into each variant, or back, is not a change.
            (false, false) if old.base.is_any() == new.base.is_any() => {
                self.compare_plain(&old.base, &new.base);
                self.compare_variants(old.variants, new.variants);
            }
            _ => self.compare_variants(old.into_variants(), new.into_variants()),
        }
    }

    /// Compares two schemas, unless they are components that are compared already.
    fn compare_once(&mut self, old: Schema, new: Schema) {
        let is_component = old.component.is_some() || new.component.is_some();
        let pair = (old, new);
        if is_component && self.walk.components.contains(&pair) {
            return;
        }
        self.compare_plain(&pair.0, &pair.1);
        if is_component {
            self.walk.components.insert(pair);
        }
    }

    /// Adds a difference at the place of the pair.
    pub(super) fn report(&mut self, rule: &'static SchemaRule, fact: impl Into<String>) {
        self.report_at(None, rule, fact.into());
    }

    /// Adds a difference at the place of the pair, or at a property in it.
    pub(super) fn report_at(
        &mut self,
        property: Option<&str>,
        rule: &'static SchemaRule,
        fact: String,
    ) {
        let pointer = property.map_or_else(|| self.pointer.clone(), |name| self.pointer_to(name));
        self.walk.found.push(Difference {
            rule,
            pointer,
            fact,
        });
    }

    /// Compares two schemas in those of the pair later. `*` is the place of all items or properties.
    pub(super) fn compare_later(&mut self, token: &str, old: &Value, new: &Value) {
        if !self.walker.stable.is_same(old, new) {
            let pair = Pair::Values(old.clone(), new.clone());
            self.walk.next.push_back((pair, self.pointer_to(token)));
        }
    }

    /// Compares two variants later.
    pub(super) fn compare_variant_later(&mut self, old: &Schema, new: &Schema) {
        if self.walker.stable.is_same_schema(old, new) {
            return;
        }
        let pair = (old.clone(), new.clone());
        match self
            .walker
            .relations
            .get(&pair)
            .filter(|_| self.walker.depth > 0)
        {
            // A relation consists of relations, without their differences.
            Some(relation) => self.walk.relation.add(*relation),
            None => {
                let pair = Pair::Read(Box::new(pair));
                self.walk.next.push_back((pair, self.pointer.clone()));
            }
        }
    }

    fn pointer_to(&self, token: &str) -> String {
        let token = token.replace('~', "~0").replace('/', "~1");
        format!("{}/{token}", self.pointer)
    }
}
