//! Preconditions of requests. The cases are in `precondition/cases.txt`.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use highball::{extract::Precondition, http, prelude::*, response::Revision};
use http::{HeaderName, HeaderValue, Request};

/// The second that the cases refer to, in seconds since 1970 and as a date.
const SECOND: (u64, &str) = (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT");
const NEXT: (u64, &str) = (784_111_778, "Sun, 06 Nov 1994 08:49:38 GMT");

/// Checks the preconditions for a read and for a change of the version in the state.
#[any("/{kind}")]
async fn resource(
    kind: &str,
    method: Method,
    precondition: Precondition,
    version: State<Revision>,
) -> Result<Response, Rejection> {
    let precondition = match kind {
        "required" => precondition.required()?,
        _ => precondition,
    };
    precondition.check(&version)?;
    if let Some(response) = precondition.not_modified(&version) {
        return Ok(response.into_response());
    }
    let version = (*version).clone();
    Ok(match method {
        Method::GET | Method::HEAD => precondition.respond(version, "here").into_response(),
        _ => precondition.respond(version, NoContent).into_response(),
    })
}

#[derive(State)]
struct AppState {
    version: Revision,
}

/// Returns the error as one of any type.
#[put("/any-error")]
async fn any_error(
    precondition: Precondition,
    version: State<Revision>,
) -> highball::Result<NoContent> {
    precondition.required()?.check(&version)?;
    Ok(NoContent)
}

#[routes(app)]
struct Api(resource, any_error);

/// Parses the version of a case.
fn version(text: &str) -> Revision {
    if text == "none" {
        return Revision::none();
    }
    let (weak, rest) = match text.strip_prefix("W/") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let Some((tag, time)) = rest
        .strip_prefix('"')
        .and_then(|rest| rest.rsplit_once('"'))
    else {
        return Revision::modified(time(text));
    };
    let version = match weak {
        true => Revision::weak_tag(tag),
        false => Revision::tag(tag),
    };
    match time.trim() {
        "" => version,
        text => version.with_modified(self::time(text)),
    }
}

fn time(text: &str) -> SystemTime {
    let (date, fraction) = match text.strip_suffix(" plus 900 ms") {
        Some(date) => (date, 900),
        None => (text, 0),
    };
    let known = [SECOND, NEXT].into_iter().find(|known| known.1 == date);
    let (seconds, _) = known.unwrap_or_else(|| panic!("`{text}` is no time of the cases"));
    UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(fraction)
}

/// A case.
#[derive(Default)]
struct Case {
    name: &'static str,
    from: &'static str,
    is: &'static str,
    method: &'static str,
    kind: &'static str,
    headers: Vec<(&'static str, Vec<u8>)>,
    status: u16,
    /// The header of the precondition that is not met.
    unmet: &'static str,
}

fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for line in include_str!("../../precondition/cases.txt").lines() {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "case" {
            cases.push(Case::default());
        }
        if word.is_empty() || word.starts_with('#') {
            continue;
        }
        let case = cases.last_mut().expect("a table begins with a case");
        match word {
            "case" => case.name = rest,
            "from" => case.from = rest,
            "is" => case.is = rest,
            "send" => {
                (case.method, case.kind) = rest.split_once(' ').unwrap_or((rest, "plain"));
            }
            "with" => {
                let (name, value) = rest.split_once(':').expect("a header has a colon");
                let value = value.trim().replace("\\xff", "\u{ff}");
                // A character below 256 represents a byte.
                let value = value.chars().map(|c| u8::try_from(c).expect("a byte"));
                case.headers.push((name, value.collect()));
            }
            "want" => {
                let (status, unmet) = rest.split_once(' ').unwrap_or((rest, ""));
                case.status = status.parse().expect("a status");
                case.unmet = unmet;
            }
            other => panic!("`{other}` is no word of the table"),
        }
    }
    cases
}

#[tokio::test]
async fn each_case_has_its_status() {
    let cases = cases();
    assert!(cases.len() > 60, "{}", cases.len());
    for case in cases {
        let (name, is) = (case.name, version(case.is));
        assert!(!case.from.is_empty(), "{name}");
        let service = Api.service(AppState { version: is });
        let mut request = Request::builder()
            .method(case.method)
            .uri(format!("/{}", case.kind));
        for (header, value) in case.headers {
            let value = HeaderValue::from_bytes(&value).expect("a value");
            request = request.header(header, value);
        }
        let response = service.call(request.body(()).expect("a request")).await;
        let (head, body) = response.into_parts();
        assert_eq!(head.status, case.status, "{name}");
        let body = http_body_util::BodyExt::collect(body)
            .await
            .expect("a body");
        let body = body.to_bytes();
        match case.status {
            412 | 428 => {
                let problem: Value = highball::serde_json::from_slice(&body).unwrap_or_default();
                if case.method != "HEAD" {
                    assert_eq!(problem["status"], case.status, "{name}");
                }
                let unmet = problem["errors"][0]["name"].as_str().unwrap_or_default();
                assert_eq!(unmet, case.unmet, "{name}");
                assert!(!head.headers.contains_key(header::ETAG), "{name}");
            }
            _ => {
                let has = |name: HeaderName| head.headers.contains_key(name);
                assert_eq!(has(header::ETAG), case.is.contains('"'), "{name}");
                assert_eq!(
                    has(header::LAST_MODIFIED),
                    case.is.contains("GMT"),
                    "{name}"
                );
                let is_body = case.status == 200 && case.method == "GET";
                assert_eq!(
                    &body[..],
                    if is_body { &b"here"[..] } else { b"" },
                    "{name}"
                );
            }
        }
    }
}

#[tokio::test]
async fn rejection_names_the_header_to_send() {
    let state = |tag: u64| AppState {
        version: Revision::tag(tag),
    };
    let missing = Api.test().state(state(1)).put("/required").send().await;
    assert_eq!(missing.status(), 428);
    assert!(missing.text().contains("send `If-Match` with the `ETag`"));
    let request = Api.test().state(state(2)).put("/plain");
    let failed = request.header(header::IF_MATCH, "\"1\"").send().await;
    let problem: Value = failed.json();
    assert_eq!(
        problem["detail"],
        "the resource does not meet the precondition `if-match`: it has none of these versions: read it again, and send its `ETag`"
    );
    assert_eq!(problem["errors"][0]["in"], "header");
    assert_eq!(problem["title"], "Precondition Failed");
}

#[tokio::test]
async fn error_of_any_type_keeps_the_status() {
    let state = AppState {
        version: Revision::tag(2),
    };
    let client = Api.test().state(state).start();
    let missing = client.put("/any-error").send().await;
    assert_eq!(missing.status(), 428);
    let put = |tag: &str| client.put("/any-error").header(header::IF_MATCH, tag);
    let failed = put("\"1\"").send().await;
    assert_eq!(failed.status(), 412);
    assert_eq!(failed.json::<Value>()["errors"][0]["name"], "if-match");
    assert_eq!(put("\"2\"").send().await.status(), 204);
}
