//! The notifications of Alertmanager, in version 4 of their format.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

/// A notification. Unknown fields are accepted.
#[derive(Debug, Deserialize)]
pub(crate) struct Notification {
    pub(crate) version: String,
    pub(crate) alerts: Vec<Alert>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Alert {
    pub(crate) status: Status,
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(rename = "startsAt")]
    pub(crate) starts_at: Timestamp,
    pub(crate) fingerprint: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Firing,
    Resolved,
}

impl Alert {
    pub(crate) fn name(&self) -> &str {
        self.labels.get("alertname").map_or("", String::as_str)
    }

    pub(crate) fn occurrence(&self) -> Occurrence {
        Occurrence {
            fingerprint: self.fingerprint.clone(),
            starts_at: self.starts_at.as_millisecond(),
        }
    }
}

/// One firing of one alert, from its beginning to its end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize)]
pub(crate) struct Occurrence {
    pub(crate) fingerprint: String,
    /// In milliseconds since 1970.
    pub(crate) starts_at: i64,
}
