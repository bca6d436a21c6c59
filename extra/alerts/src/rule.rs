//! The rules of Prometheus, as data, and their text.
//!
//! serde-saphyr writes and reads them: it quotes as YAML requires, and the same types read a committed file back.

use std::collections::BTreeMap;

use highball::{Error, Result};
use serde::{Deserialize, Serialize};

/// A file of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rules {
    #[serde(default)]
    pub(crate) groups: Vec<Group>,
}

/// Rules that are evaluated one after another, so that an alert sees what the rules before it have recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) rules: Vec<Rule>,
}

pub(crate) type Texts = BTreeMap<String, String>;

/// A rule that records a series or that alerts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) record: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) alert: Option<String>,
    pub(crate) expr: String,
    /// How long the expression is true before the alert fires.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<String>,
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub(crate) labels: Texts,
    #[serde(default, skip_serializing_if = "Texts::is_empty")]
    pub(crate) annotations: Texts,
}

impl Rule {
    /// Returns a rule that records a series.
    pub(crate) fn record(name: &str, expr: String, labels: Texts) -> Self {
        Self {
            record: Some(name.to_owned()),
            expr,
            labels,
            ..Self::default()
        }
    }

    /// Returns a rule that alerts, after this many minutes.
    pub(crate) fn alert(name: &str, expr: String, minutes: u64, severity: Severity) -> Self {
        Self {
            alert: Some(name.to_owned()),
            expr,
            hold: Some(format!("{minutes}m")),
            ..Self::default()
        }
        .label("severity", severity.name())
        .label("priority", severity.priority())
    }

    /// Adds a label, in which Prometheus expands no template.
    pub(crate) fn label(mut self, name: &str, value: &str) -> Self {
        self.labels.insert(name.to_owned(), without_template(value));
        self
    }

    /// Adds an annotation, in which Prometheus expands templates.
    pub(crate) fn annotation(mut self, name: &str, template: String) -> Self {
        self.annotations.insert(name.to_owned(), template);
        self
    }

    /// Returns the name.
    pub(crate) fn name(&self) -> &str {
        let name = self.alert.as_deref().or(self.record.as_deref());
        name.unwrap_or_default()
    }
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Severity {
    /// A person is called.
    Page,
    /// It is looked at in working hours.
    Ticket,
}

impl Severity {
    fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Ticket => "ticket",
        }
    }

    fn priority(self) -> &'static str {
        match self {
            Self::Page => "P1",
            Self::Ticket => "P2",
        }
    }
}

/// Escapes text that Prometheus would expand as a template.
pub(crate) fn without_template(text: &str) -> String {
    text.replace("{{", r#"{{ "{{" }}"#)
}

/// Returns data as YAML.
pub(crate) fn yaml(data: &impl Serialize) -> Result<String> {
    let text = serde_saphyr::to_string(data);
    text.map_err(|error| Error::from(error).context("writing the rules"))
}
