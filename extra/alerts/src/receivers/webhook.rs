//! The webhooks of Alertmanager.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::level::{self, Level};

/// A group of alerts, version 4.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Webhook {
    pub(super) alerts: Vec<Alert>,
    /// The alerts that Alertmanager has left out.
    #[serde(default)]
    pub(super) truncated_alerts: usize,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Alert {
    pub(super) status: Status,
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(default)]
    starts_at: String,
    #[serde(default)]
    ends_at: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Firing,
    Resolved,
}

impl Webhook {
    /// Returns the highest level of the alerts.
    pub(super) fn level(&self) -> Level {
        let levels = self.alerts.iter().map(Alert::level);
        levels.min().unwrap_or(Level::P2)
    }
}

impl Alert {
    pub(super) fn level(&self) -> Level {
        match self.label(level::PRIORITY) {
            Some("P1") => Level::P1,
            _ => Level::P2,
        }
    }

    pub(super) fn label(&self, name: &str) -> Option<&str> {
        self.labels.get(name).map(String::as_str)
    }

    pub(super) fn annotation(&self, name: &str) -> Option<&str> {
        let text = self.annotations.get(name).map(|text| text.trim());
        text.filter(|text| !text.is_empty())
    }

    /// Returns the name with the route.
    pub(super) fn name(&self) -> String {
        let labels = ["alertname", "method", "route"];
        let labels: Vec<_> = labels
            .iter()
            .filter_map(|label| self.label(label))
            .collect();
        match &labels[..] {
            [] => "alert".to_owned(),
            labels => labels.join(" "),
        }
    }

    /// Returns when it began, or ended if it is resolved, in seconds.
    pub(super) fn time(&self) -> String {
        let time = match self.status {
            Status::Firing => &self.starts_at,
            Status::Resolved => &self.ends_at,
        };
        let Some((date, time)) = time.split_once('T') else {
            return time.clone();
        };
        let end = time.find(['.', 'Z', '+', '-']).unwrap_or(time.len());
        let (seconds, rest) = time.split_at(end);
        let zone = rest.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit());
        let zone = if zone == "Z" { " UTC" } else { zone };
        format!("{date} {seconds}{zone}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_seconds_and_a_zone() {
        for (time, expected) in [
            ("2026-01-02T03:04:05.678Z", "2026-01-02 03:04:05 UTC"),
            ("2026-01-02T03:04:05Z", "2026-01-02 03:04:05 UTC"),
            ("2026-01-02T03:04:05.1+08:00", "2026-01-02 03:04:05+08:00"),
            ("later", "later"),
        ] {
            let alert = highball::json!({ "status": "firing", "startsAt": time });
            let alert: Alert = highball::serde_json::from_value(alert).unwrap();
            assert_eq!(alert.time(), expected);
        }
    }
}
