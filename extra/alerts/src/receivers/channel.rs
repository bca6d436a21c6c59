//! The two ways of a message.

use std::time::Duration;

use highball::{
    Bytes, Error, Result,
    http::{Request, Response, StatusCode, header},
    prelude::Value,
};

use super::{
    client::Client,
    secret::Secret,
    sms::Sms,
    webhook::Webhook,
    wecom::{self, Answer},
};

/// A receiver of messages.
#[derive(Debug, Clone)]
pub(super) enum Channel {
    /// The address and the key of a robot.
    Wecom(String, Secret),
    Sms(Sms),
}

/// The result of an attempt.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    Sent,
    /// It can be repeated after this time, or after that of a backoff.
    Later(Option<Duration>, String),
    /// It cannot be repeated.
    Refused(String),
}

impl Channel {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Wecom(..) => "wecom",
            Self::Sms(_) => "sms",
        }
    }

    pub(super) fn address(&self) -> &str {
        match self {
            Self::Wecom(address, _) => address,
            Self::Sms(sms) => &sms.address,
        }
    }

    /// Returns the most messages in a minute.
    pub(super) fn per_minute(&self) -> usize {
        match self {
            Self::Wecom(..) => wecom::PER_MINUTE,
            // More of them do not help the reader.
            Self::Sms(_) => 10,
        }
    }

    /// Reads the secrets, so that a missing one is an error at the start.
    pub(super) fn check(&self) -> Result {
        self.secret()
            .map_or(Ok(()), |secret| secret.read().map(drop))
    }

    fn secret(&self) -> Option<&Secret> {
        match self {
            Self::Wecom(_, key) => Some(key),
            Self::Sms(sms) => sms.token.as_ref(),
        }
    }

    /// Returns the message of the first webhooks that fit, and their number.
    pub(super) fn message(&self, webhooks: &[&Webhook], left_out: usize) -> (usize, Value) {
        match self {
            Self::Wecom(..) => wecom::message(webhooks, left_out),
            Self::Sms(sms) => (webhooks.len(), sms.message(webhooks, left_out)),
        }
    }

    /// Sends a message once. The texts of the result do not contain a secret.
    pub(super) async fn send(&self, client: &Client, message: &Value) -> Attempt {
        let secret = match self.secret().map(Secret::read).transpose() {
            Ok(secret) => secret,
            Err(error) => return Attempt::Later(None, error.to_string()),
        };
        let sent = match self.request(secret.as_deref(), message) {
            Ok(request) => client.send(request).await,
            Err(error) => return Attempt::Refused(error.to_string()),
        };
        let attempt = match sent {
            Ok(response) => self.attempt(&response),
            Err(error) => Attempt::Later(None, error.to_string()),
        };
        attempt.without(secret.as_deref())
    }

    fn request(&self, secret: Option<&str>, message: &Value) -> Result<Request<Bytes>> {
        let request = match (self, secret) {
            (Self::Wecom(address, _), Some(key)) => Request::post(format!("{address}?key={key}")),
            (Self::Sms(sms), Some(token)) => {
                Request::post(&sms.address).header(header::AUTHORIZATION, format!("Bearer {token}"))
            }
            (_, None) => Request::post(self.address()),
        };
        let request = request.header(header::CONTENT_TYPE, "application/json");
        // The error could contain the secret.
        let request = request.body(Bytes::from(message.to_string()));
        request
            .map_err(|_| Error::new("the address or the secret has characters that are not valid"))
    }

    fn attempt(&self, response: &Response<Bytes>) -> Attempt {
        let status = response.status();
        let repeats = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        if repeats {
            return Attempt::Later(
                retry_after(response),
                format!("the status {}", status.as_u16()),
            );
        }
        if !status.is_success() {
            return Attempt::Refused(format!("the status {}", status.as_u16()));
        }
        match self {
            Self::Sms(_) => Attempt::Sent,
            Self::Wecom(..) => match wecom::answer(response.body()) {
                Answer::Sent => Attempt::Sent,
                Answer::Busy(text) => Attempt::Later(None, text),
                Answer::TooMany(text) => Attempt::Later(Some(Duration::from_secs(60)), text),
                Answer::Refused(text) => Attempt::Refused(text),
            },
        }
    }
}

impl Attempt {
    /// Replaces a secret. A gateway may repeat a request in its response.
    fn without(self, secret: Option<&str>) -> Self {
        let hide = |text: String| secret.map_or(text.clone(), |secret| text.replace(secret, "***"));
        match self {
            Self::Sent => Self::Sent,
            Self::Later(after, text) => Self::Later(after, hide(text)),
            Self::Refused(text) => Self::Refused(hide(text)),
        }
    }
}

/// Returns the seconds of `Retry-After`, at most five minutes.
fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    Some(Duration::from_secs(
        seconds.trim().parse::<u64>().ok()?.min(300),
    ))
}
