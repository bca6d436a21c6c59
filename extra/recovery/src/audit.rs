//! The decisions, as operators see them.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;

/// How many decisions are kept.
const KEPT: usize = 200;

/// A decision about an alert.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Decision {
    at: String,
    /// The address that has sent the notification, or `recovery` itself.
    by: String,
    alert: String,
    fingerprint: String,
    /// The action, if the alert has a rule.
    action: Option<String>,
    outcome: String,
}

/// The last decisions.
#[derive(Debug, Default)]
pub(crate) struct Audit(Mutex<VecDeque<Decision>>);

impl Audit {
    /// Records a decision, and logs it.
    pub(crate) fn record(
        &self,
        by: &str,
        (alert, fingerprint): (&str, &str),
        action: Option<String>,
        outcome: &dyn fmt::Display,
    ) -> Decision {
        let decision = Decision {
            at: Timestamp::now().to_string(),
            by: by.to_owned(),
            alert: shown(alert),
            fingerprint: shown(fingerprint),
            action,
            outcome: outcome.to_string(),
        };
        eprintln!("recovery: {decision}");
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(decision.clone());
        decision
    }

    /// Returns the last decisions, the newest first.
    pub(crate) fn all(&self) -> Vec<Decision> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().cloned().collect()
    }
}

/// Returns text from outside in a form that is one short line.
fn shown(text: &str) -> String {
    text.chars()
        .take(100)
        .flat_map(char::escape_debug)
        .collect()
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = self.action.as_deref().unwrap_or("no action");
        let (alert, fingerprint) = (&self.alert, &self.fingerprint);
        write!(
            f,
            "alert `{alert}` ({fingerprint}) from {}: {action}: {}",
            self.by, self.outcome
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_bounded_and_each_is_one_line() {
        let audit = Audit::default();
        for count in 0..=KEPT {
            audit.record(
                "a",
                (&format!("{count}\n{}", "x".repeat(500)), "f"),
                None,
                &"done",
            );
        }
        let all = audit.all();
        assert_eq!(all.len(), KEPT);
        assert!(all[0].alert.starts_with("200\\n"), "{}", all[0].alert);
        assert!(all[0].to_string().len() < 200);
    }
}
