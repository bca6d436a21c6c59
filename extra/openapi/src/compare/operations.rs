//! Compares the operations of two documents.

use serde_json::Value;

use super::{
    Change,
    document::{Document, Operation},
    report::Report,
    rules::{self, Rule},
    stable::Stable,
    walk::{Side, Walker},
};

/// Compares an operation of both documents.
#[derive(Debug)]
pub(super) struct Comparison<'d> {
    pub(super) old: Document<'d>,
    pub(super) new: Document<'d>,
    stable: &'d Stable<'d>,
    pub(super) report: Report,
}

/// Returns the changes of all operations, those of removed and changed ones first.
pub(super) fn compare(old: &Value, new: &Value) -> Vec<Change> {
    let (old, new) = (Document::new(old), Document::new(new));
    let stable = Stable::new(old, new);
    let (before, after) = (old.operations(), new.operations());
    let mut changes = Vec::new();
    for (key, operation) in &before {
        let Some(other) = after.get(key) else {
            let has_path = after.keys().any(|(path, _)| *path == key.0);
            changes.push(removed(operation, has_path));
            continue;
        };
        let report = Report::new(other);
        let mut comparison = Comparison {
            old,
            new,
            stable: &stable,
            report,
        };
        comparison.compare(operation, other);
        changes.extend(comparison.report.into_changes());
    }
    let added = after.iter().filter(|(key, _)| !before.contains_key(*key));
    changes.extend(added.map(|(_, operation)| {
        let report = Report::new(operation);
        report.change(&rules::OPERATION_ADDED, "", "the operation is new")
    }));
    changes
}

fn removed(operation: &Operation<'_>, has_path: bool) -> Change {
    let (rule, fact) = if is_deprecated(operation.value) {
        (
            &rules::DEPRECATED_OPERATION_REMOVED,
            "the operation was deprecated and is removed",
        )
    } else if has_path {
        (&rules::OPERATION_REMOVED, "the operation is removed")
    } else {
        (&rules::PATH_REMOVED, "the path is removed")
    };
    Report::new(operation).change(rule, "", fact)
}

impl<'d> Comparison<'d> {
    pub(super) fn walker(&self, side: Side, is_text: bool) -> Walker<'d> {
        Walker::new([self.old, self.new], self.stable, side, is_text)
    }

    /// Adds a change, unless it is there already.
    pub(super) fn add(&mut self, rule: &'static Rule, place: &str, fact: &str) {
        self.report.add(rule, place, fact);
    }

    fn compare(&mut self, old: &Operation<'d>, new: &Operation<'d>) {
        self.compare_id(old.value, new.value);
        if is_deprecated(new.value) && !is_deprecated(old.value) {
            self.report.add(
                &rules::OPERATION_DEPRECATED,
                "",
                "the operation is deprecated",
            );
        }
        self.compare_security(old.value, new.value);
        self.compare_parameters(old, new);
        self.compare_request_bodies(old.value.get("requestBody"), new.value.get("requestBody"));
        self.compare_answers(old.value.get("responses"), new.value.get("responses"));
    }

    fn compare_id(&mut self, old: &Value, new: &Value) {
        let [old, new] = [old, new].map(|value| value.get("operationId").and_then(Value::as_str));
        if old != new {
            let [old, new] =
                [old, new].map(|id| id.map_or_else(|| "none".to_owned(), |id| format!("`{id}`")));
            let fact = format!("the `operationId` is {new} instead of {old}");
            self.add(&rules::OPERATION_ID_CHANGED, "", &fact);
        }
    }
}

pub(super) fn is_deprecated(value: &Value) -> bool {
    flag(value, "deprecated")
}

/// Returns a field that is `false` where it is missing.
pub(super) fn flag(value: &Value, name: &str) -> bool {
    value.get(name) == Some(&Value::Bool(true))
}
