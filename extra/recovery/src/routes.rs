//! The routes for Alertmanager and for operators.

use std::borrow::Cow;

use highball::{
    extract::Bearer,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    prelude::*,
};
use subtle::ConstantTimeEq as _;

use crate::{
    Recovery,
    audit::Decision,
    engine::Outcome,
    webhook::{Alert, Notification, Status},
};

/// The most alerts of a notification.
const ALERTS: usize = 100;

/// The webhook of Alertmanager: `POST /alerts` begins the actions of the rules, and undoes those of resolved alerts.
///
/// It is for operators: list it in `#[routes(admin)]`. Each request fulfils the access rules of that app, and needs
/// the token of [`Builder::token`](crate::Builder::token), as `Authorization: Bearer ..`. If that header has the
/// `admin_token` of the app, the token is in the URL: `/alerts?token=..`.
///
/// The response lists the decisions. It is 401 without the token, and 422 if the body is no notification of version 4,
/// or if an alert begins in the future. A body has at most 1 MiB, and further alerts after the first 100 are left out.
#[post("/alerts", admin, body_limit = 1024 * 1024)]
pub async fn alerts(
    recovery: State<Recovery>,
    cx: &mut Context<'_>,
    headers: &HeaderMap,
    uri: &Uri,
    body: Bytes,
) -> Result<Response, Rejection> {
    if !has_token(&recovery.token, headers, uri.query()) {
        return Err(unauthorized());
    }
    let notification: Notification = serde_json::from_slice(&body)
        .map_err(|error| unprocessable(format!("this is no notification: {error}")))?;
    if notification.version != "4" {
        return Err(unprocessable("the version of the notification must be 4"));
    }
    let by = cx
        .peer()
        .map_or_else(|| "a client".to_owned(), |peer| peer.to_string());
    let (mut decisions, mut is_invalid) = (Vec::new(), false);
    for alert in notification.alerts.into_iter().take(ALERTS) {
        let (action, outcome) = match alert.status {
            Status::Firing => recovery.engine.fires(&alert).await,
            Status::Resolved => (None, recovery.engine.resolved(&alert).await),
        };
        is_invalid |= matches!(outcome, Outcome::FromTheFuture);
        let about = (alert.name(), alert.fingerprint.as_str());
        let action = action.map(ToString::to_string);
        decisions.push(
            recovery
                .engine
                .audit
                .record(&by, about, action.clone(), &outcome),
        );
        if let Outcome::Begun(hook) = outcome {
            let recovery = Recovery::clone(&recovery);
            // It outlives the request, because Alertmanager waits for 10 s at most.
            cx.spawn(async move { run(&recovery, hook, &alert, action).await });
        }
    }
    let status = match is_invalid {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    Ok((status, Json(decisions)).into_response())
}

async fn run(recovery: &Recovery, hook: crate::Hook, alert: &Alert, action: Option<String>) {
    let ended = hook.run(&alert.fingerprint, &alert.labels).await;
    let outcome = match ended {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::Failed(error),
    };
    let about = (alert.name(), alert.fingerprint.as_str());
    recovery
        .engine
        .audit
        .record("recovery", about, action, &outcome);
}

/// The last 200 decisions, the newest first: `GET /alerts/decisions`.
///
/// Each has its time, the address that has sent the notification, the alert, the action and its result. The log
/// has the same lines. List it in `#[routes(admin)]`.
#[get("/alerts/decisions", admin)]
pub async fn decisions(recovery: State<Recovery>) -> impl IntoResponse {
    let decisions: Vec<Decision> = recovery.engine.audit.all();
    ([(header::CACHE_CONTROL, "no-store")], Json(decisions))
}

fn has_token(token: &str, headers: &HeaderMap, query: Option<&str>) -> bool {
    let is_bearer = Bearer::from_headers(headers).is_ok_and(|sent| sent.is(token));
    let mut parameters = query.unwrap_or_default().split('&');
    let sent = parameters.find_map(|parameter| parameter.strip_prefix("token="));
    let is_parameter = sent.is_some_and(|sent| sent.as_bytes().ct_eq(token.as_bytes()).into());
    is_bearer || is_parameter
}

fn unauthorized() -> Rejection {
    let rejection = Rejection::new(
        StatusCode::UNAUTHORIZED,
        "the token of the webhook is missing or wrong",
    );
    rejection.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}

fn unprocessable(detail: impl Into<Cow<'static, str>>) -> Rejection {
    Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
}
