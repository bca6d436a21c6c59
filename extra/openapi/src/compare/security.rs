//! Compares which credentials an operation requires.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{document::Document, operations::Comparison, rules};

/// One way to authenticate: each scheme, by its definition, with the scopes that it requires.
type Alternative = BTreeMap<String, Login>;

/// A scheme in an alternative.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Login {
    name: String,
    scopes: BTreeSet<String>,
}

impl Comparison<'_> {
    /// Compares the alternatives. A request that satisfied an old one has to satisfy a new one.
    pub(super) fn compare_security(&mut self, old: &Value, new: &Value) {
        let (old, new) = (alternatives(self.old, old), alternatives(self.new, new));
        for alternative in &old {
            if !new.iter().any(|other| satisfies(alternative, other)) {
                self.alternative_removed(alternative, &new);
            }
        }
        for alternative in &new {
            let is_related = |other| satisfies(other, alternative) || satisfies(alternative, other);
            if !old.iter().any(is_related) {
                let fact = format!("{} is accepted", names(alternative));
                self.add(&rules::SECURITY_ADDED, "security", &fact);
            }
        }
        if new.contains(&Alternative::new()) && !old.contains(&Alternative::new()) {
            self.add(
                &rules::SECURITY_OPTIONAL,
                "security",
                "credentials are optional",
            );
        }
    }

    fn alternative_removed(&mut self, alternative: &Alternative, new: &[Alternative]) {
        let has_same_schemes = |other: &&Alternative| other.keys().eq(alternative.keys());
        if alternative.is_empty() {
            let required: Vec<_> = new.iter().map(names).collect();
            let fact = format!("{} is required", required.join(" or "));
            self.add(&rules::SECURITY_REQUIRED, "security", &fact);
        } else if let Some(other) = new.iter().find(has_same_schemes) {
            let fact = format!(
                "{} requires the scopes {}",
                names(alternative),
                added_scopes(alternative, other)
            );
            self.add(&rules::SECURITY_SCOPE_ADDED, "security", &fact);
        } else {
            let fact = format!("{} is not accepted any more", names(alternative));
            self.add(&rules::SECURITY_REMOVED, "security", &fact);
        }
    }
}

/// Returns whether a request with the credentials of one alternative has those of another.
fn satisfies(credentials: &Alternative, required: &Alternative) -> bool {
    required.iter().all(|(scheme, login)| {
        let given = credentials.get(scheme);
        given.is_some_and(|given| login.scopes.is_subset(&given.scopes))
    })
}

/// Returns the alternatives of an operation. None means that no credentials are required.
fn alternatives(document: Document<'_>, operation: &Value) -> Vec<Alternative> {
    let list = operation
        .get("security")
        .or_else(|| document.get("security"));
    let list = list
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object);
    let alternatives: Vec<_> = list.map(|schemes| alternative(document, schemes)).collect();
    match alternatives.is_empty() {
        true => vec![Alternative::new()],
        false => alternatives,
    }
}

fn alternative(document: Document<'_>, schemes: &Map<String, Value>) -> Alternative {
    let logins = schemes.iter().map(|(name, scopes)| {
        let scopes = scopes
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        let scopes = scopes.map(str::to_owned).collect();
        (
            definition(document, name),
            Login {
                name: name.clone(),
                scopes,
            },
        )
    });
    logins.collect()
}

/// Returns what clients need of a scheme, which does not include its name.
fn definition(document: Document<'_>, name: &str) -> String {
    let components = document.get("components");
    let schemes = components.and_then(|components| components.get("securitySchemes"));
    let Some(scheme) = schemes.and_then(|schemes| schemes.get(name)) else {
        return name.to_owned();
    };
    let scheme = document.resolve(scheme);
    let text = |field: &str| scheme.get(field).and_then(Value::as_str);
    let key = match text("in") {
        Some("header") => text("name").map(str::to_ascii_lowercase),
        _ => text("name").map(str::to_owned),
    };
    let http = text("scheme").map(str::to_ascii_lowercase);
    let address = text("openIdConnectUrl");
    json!([text("type"), text("in"), key, http, address, flows(scheme)]).to_string()
}

/// Returns the addresses of the flows of OAuth.
fn flows(scheme: &Value) -> Value {
    let flows = scheme
        .get("flows")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let address = |(name, flow): (&String, &Value)| {
        json!([name, flow.get("authorizationUrl"), flow.get("tokenUrl")])
    };
    flows.map(address).collect()
}

fn names(alternative: &Alternative) -> String {
    let names = alternative
        .values()
        .map(|login| format!("`{}`", login.name));
    names.collect::<Vec<_>>().join(" with ")
}

fn added_scopes(old: &Alternative, new: &Alternative) -> String {
    let scopes = new.iter().flat_map(|(scheme, login)| {
        let known = old.get(scheme);
        let is_new =
            move |scope: &&String| known.is_none_or(|known| !known.scopes.contains(*scope));
        login.scopes.iter().filter(is_new)
    });
    scopes
        .map(|scope| format!("`{scope}`"))
        .collect::<Vec<_>>()
        .join(", ")
}
