//! Collects the changes of one operation.

use super::{
    Change,
    document::Operation,
    rules::Rule,
    walk::{Difference, Side},
};

/// The changes of an operation.
#[derive(Debug)]
pub(super) struct Report {
    method: String,
    path: String,
    changes: Vec<Change>,
}

impl Report {
    pub(super) fn new(operation: &Operation<'_>) -> Self {
        let (method, path) = (operation.method.to_uppercase(), operation.path.to_owned());
        Self {
            method,
            path,
            changes: Vec::new(),
        }
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// Adds a change, unless it is there already: variants of one schema may have the same change.
    pub(super) fn add(&mut self, rule: &'static Rule, place: &str, fact: &str) {
        let change = self.change(rule, place, fact);
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
    }

    /// Returns a change. The fact is the beginning of its message.
    pub(super) fn change(&self, rule: &'static Rule, place: &str, fact: &str) -> Change {
        Change {
            kind: rule.kind,
            rule: rule.name,
            method: self.method.clone(),
            path: self.path.clone(),
            place: place.to_owned(),
            message: format!("{}{}.", capitalized(fact), rule.end),
        }
    }

    /// Adds the differences of schemas at a place.
    pub(super) fn add_differences(&mut self, side: Side, place: &str, found: Vec<Difference>) {
        for Difference {
            rule,
            pointer,
            fact,
        } in found
        {
            let rule = match side {
                Side::Request => &rule.request,
                Side::Answer => &rule.answer,
            };
            let place = if pointer.is_empty() {
                place.to_owned()
            } else {
                format!("{place}, {pointer}")
            };
            self.add(rule, &place, &fact);
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
