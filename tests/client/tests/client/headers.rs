//! Headers, credentials and the trace.

use std::{collections::BTreeMap, fmt::Debug};

use client_fixture::shop::*;

use super::transports::in_process;

fn tenant() -> AppHeadHeaders<'static> {
    AppHeadHeaders {
        x_tenant: "t",
        cookie_theme: None,
        if_match: None,
        if_none_match: None,
        if_modified_since: None,
        if_unmodified_since: None,
    }
}

/// Returns the headers that arrive.
async fn sent<T: Transport<Error: Debug>>(
    client: &Client<T>,
    headers: AppHeadHeaders<'_>,
) -> BTreeMap<String, String> {
    match client.app_head(headers).await.unwrap() {
        AppHeadAnswer::Ok(headers) => headers,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn headers_and_cookies_are_sent_as_they_are() {
    let headers = AppHeadHeaders {
        cookie_theme: Some("dark"),
        if_none_match: Some("\"7\""),
        ..tenant()
    };
    let sent = sent(&in_process(), headers).await;
    let expected = [
        ("cookie", "theme=dark"),
        ("if-none-match", "\"7\""),
        ("x-tenant", "t"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(sent, expected.into());
}

#[tokio::test]
async fn a_value_cannot_add_a_header_or_a_cookie() {
    let line = AppHeadHeaders {
        x_tenant: "t\r\nx-admin: 1",
        ..tenant()
    };
    let cookie = AppHeadHeaders {
        cookie_theme: Some("a; admin=1"),
        ..tenant()
    };
    for headers in [line, cookie] {
        let error = in_process().app_head(headers).await.unwrap_err();
        assert!(matches!(error, ClientError::Request(_)), "{error:?}");
    }
    let client = in_process().with_bearer("a\nb");
    let body = client_types::NewOrder {
        product: String::new(),
        count: 0,
    };
    let error = client.app_create(&body).await.unwrap_err();
    assert!(matches!(error, ClientError::Request(_)), "{error:?}");
}

#[tokio::test]
async fn a_trace_is_passed_on() {
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let client = in_process();
    let sent_headers = sent(&client.with_traceparent(trace), tenant()).await;
    assert_eq!(sent_headers["traceparent"], trace);
    assert!(!sent(&client, tenant()).await.contains_key("traceparent"));
}

#[tokio::test]
async fn credentials_are_sent_to_operations_that_accept_them() {
    let client = in_process()
        .with_bearer("secret")
        .with_basic("zoe", "p:w")
        .with_header_x_key("k")
        .with_cookie_sid("s");
    assert!(!format!("{client:?}").contains("secret"));
    let basic = client.app_basic().await.unwrap();
    assert!(matches!(basic, AppBasicAnswer::Ok(text) if text == "zoe true"));
    let keyed = client.app_keyed().await.unwrap();
    assert!(matches!(keyed, AppKeyedAnswer::Ok), "{keyed:?}");
    let sent = sent(&client, tenant()).await;
    assert!(sent.keys().eq(["x-tenant"]), "{sent:?}");
}

#[tokio::test]
async fn an_answer_to_missing_credentials_has_its_header() {
    match in_process().app_basic().await.unwrap() {
        AppBasicAnswer::Unauthorized {
            www_authenticate, ..
        } => {
            assert!(www_authenticate.is_some());
        }
        other => panic!("{other:?}"),
    }
    let keyed = in_process().app_keyed().await.unwrap();
    assert!(matches!(keyed, AppKeyedAnswer::Forbidden(_)), "{keyed:?}");
}
