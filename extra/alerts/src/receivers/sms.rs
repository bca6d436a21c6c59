//! Text messages.

use std::{fmt, sync::Arc};

use highball::prelude::Value;

use super::{
    secret::Secret,
    text::cut,
    webhook::{Status, Webhook},
};

/// The characters of one message with other letters than those of GSM, such as Chinese.
const MOST: usize = 70;

/// A gateway for text messages, for the alerts of level `P1`.
///
/// Gateways differ in their JSON, so a function makes it from the text. A status of 2xx is a success. After 429, 5xx or
/// no response, the message is sent again.
///
/// # Examples
/// ```
/// use highball::json;
/// use highball_alerts::{Secret, Sms};
///
/// let sms = Sms::new("https://sms.example/send", |text| json!({ "to": ["+8613800000000"], "text": text }))
///     .token(Secret::file("/run/secrets/sms-token"));
/// # drop(sms);
/// ```
#[derive(Clone)]
pub struct Sms {
    pub(super) address: String,
    pub(super) token: Option<Secret>,
    most: usize,
    body: Arc<dyn Fn(&str) -> Value + Send + Sync>,
}

impl Sms {
    /// Creates a gateway: its address, and the function that makes the JSON of a message from its text.
    pub fn new(address: &str, body: impl Fn(&str) -> Value + Send + Sync + 'static) -> Self {
        Self {
            address: address.to_owned(),
            token: None,
            most: MOST,
            body: Arc::new(body),
        }
    }

    /// Sends this secret as `Authorization: Bearer ..`.
    #[must_use]
    pub fn token(mut self, token: Secret) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the maximum of characters. The default is 70, which is one message with Chinese letters.
    #[must_use]
    pub fn most(mut self, characters: usize) -> Self {
        self.most = characters;
        self
    }

    /// Returns the body of one message about all webhooks.
    pub(super) fn message(&self, webhooks: &[&Webhook], left_out: usize) -> Value {
        let mut alerts: Vec<_> = webhooks
            .iter()
            .flat_map(|webhook| &webhook.alerts)
            .collect();
        alerts.sort_by_key(|alert| (alert.status, alert.level()));
        let truncated: usize = webhooks
            .iter()
            .map(|webhook| webhook.truncated_alerts)
            .sum();
        let more = (alerts.len() + truncated + left_out).saturating_sub(1);
        let Some(first) = alerts.first() else {
            return (self.body)("");
        };
        let status = match first.status {
            Status::Firing => first.level().name(),
            Status::Resolved => "OK",
        };
        let end = match more {
            0 => String::new(),
            more => format!(" (+{more})"),
        };
        let text = match first.annotation("summary") {
            Some(summary) => format!("[{status}] {}: {summary}", first.name()),
            None => format!("[{status}] {}", first.name()),
        };
        let room = self.most.saturating_sub(end.chars().count());
        (self.body)(&(cut(&text, room) + &end))
    }
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms")
            .field("address", &self.address)
            .field("token", &self.token)
            .finish_non_exhaustive()
    }
}
