//! Versions of an API that must not change: a change that breaks a client is an error.

use serde_json::Value;

use crate::{
    Spec,
    cli::line,
    compare::{Change, compare},
};

/// A version of an API, and its document.
pub(crate) struct Frozen {
    pub(crate) prefix: String,
    pub(crate) document: &'static str,
}

/// A change that is accepted although it breaks a client.
pub(crate) struct Accepted {
    pub(crate) rule: &'static str,
    /// The method and the path.
    pub(crate) operation: &'static str,
}

/// Returns a message for each change of a frozen version that breaks clients and is not accepted.
pub(crate) fn broken(spec: &Spec, frozen: &[Frozen], accepted: &[Accepted]) -> Vec<String> {
    let new: Value = serde_json::from_str(spec.json()).unwrap_or_default();
    let mut messages = Vec::new();
    for Frozen { prefix, document } in frozen {
        let Ok(old) = serde_json::from_str::<Value>(document) else {
            messages.push(format!("the frozen document of `{prefix}` is not JSON"));
            continue;
        };
        let is_accepted = |change: &Change| {
            let operation = format!("{} {}", change.method, change.path);
            let mut accepted = accepted.iter();
            accepted.any(|one| one.rule == change.rule && one.operation == operation)
        };
        let changes = compare(&below(prefix, &old), &below(prefix, &new)).into_iter();
        let breaking = changes.filter(|change| change.kind.is_breaking() && !is_accepted(change));
        messages.extend(
            breaking.map(|change| format!("`{prefix}` is frozen, and {}", line(spec, &change))),
        );
    }
    messages
}

/// Returns a document with the paths below a prefix.
fn below(prefix: &str, document: &Value) -> Value {
    let mut document = document.clone();
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.retain(|path, _| {
            let rest = path.strip_prefix(prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
    }
    document
}
