//! The guards and middleware that come with the framework, one app each.

use highball::{
    extract::Basic,
    http::HeaderName,
    middleware::{
        Account, Accounts, BasicAuth, Cors, ETag, SecurityHeaders, Timeout, Trace, cors, request_id,
    },
    prelude::*,
    testing::TestResponse,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

fn has(response: &TestResponse, name: HeaderName) -> bool {
    response.headers().contains_key(name)
}

mod tracing {
    use super::*;

    #[get("/")]
    async fn home(trace: Local<'_, Trace>) -> String {
        let parent = trace.parent();
        let parent = parent.to_str().expect("digits");
        format!("{} {} {parent}", trace.id(), trace.is_sampled())
    }

    #[routes(app, with(request_id))]
    struct Api(home);

    #[tokio::test]
    async fn a_request_gets_an_id() {
        let response = Api.test().get("/").send().await;
        let id = response.header(REQUEST_ID).to_owned();
        assert_eq!(id.len(), 32);
        let text = response.text();
        assert!(text.starts_with(&format!("{id} false 00-{id}-")), "{text}");
        assert!(text.ends_with("-00"), "{text}");
        let other = Api.test().get("/nowhere").send().await;
        assert_eq!(other.status(), 404);
        assert_ne!(other.header(REQUEST_ID), id);
    }

    #[tokio::test]
    async fn a_trace_goes_on_with_a_span_of_its_own() {
        let (trace, span) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
        let request = Api.test().get("/").header(REQUEST_ID, "order-7");
        let request = request.header(TRACEPARENT, format!("00-{trace}-{span}-01"));
        let response = request.send().await;
        let text = response.text();
        assert!(
            text.starts_with(&format!("order-7 true 00-{trace}-")),
            "{text}"
        );
        assert!(!text.contains(span), "{text}");
    }

    #[tokio::test]
    async fn what_is_no_id_is_not_passed_on() {
        let long = "a".repeat(129);
        for id in ["", "a b", "<script>", &long] {
            let response = Api.test().get("/").header(REQUEST_ID, id).send().await;
            assert_eq!(response.header(REQUEST_ID).len(), 32, "{id}");
        }
    }
}

mod security_headers {
    use super::*;

    #[get("/")]
    async fn home() {}

    #[get("/framed")]
    async fn framed(cx: &mut Context<'_>) -> Response {
        let mut response = cx.text(200, "a page");
        response.set_header(header::X_FRAME_OPTIONS, "SAMEORIGIN");
        response
    }

    #[routes(
        app,
        with(SecurityHeaders::new().set("referrer-policy", "same-origin").without("cross-origin-opener-policy"))
    )]
    struct Api(home, framed);

    #[tokio::test]
    async fn a_browser_is_told_to_do_less() {
        for path in ["/", "/nowhere"] {
            let response = Api.test().get(path).send().await;
            for (name, value) in [
                (
                    "content-security-policy",
                    "default-src 'none'; frame-ancestors 'none'",
                ),
                ("cross-origin-resource-policy", "same-origin"),
                ("referrer-policy", "same-origin"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "DENY"),
            ] {
                assert_eq!(response.header(HeaderName::from_static(name)), value);
            }
            let left_out = HeaderName::from_static("cross-origin-opener-policy");
            assert!(!has(&response, left_out));
        }
        let response = Api.test().get("/framed").send().await;
        assert_eq!(response.header(header::X_FRAME_OPTIONS), "SAMEORIGIN");
    }
}

mod etag {
    use super::*;

    #[get("/list")]
    async fn list() -> &'static str {
        "a long list"
    }

    #[get("/own")]
    async fn own(cx: &mut Context<'_>) -> Response {
        let mut response = cx.text(200, "version 7");
        response.set_header(header::ETAG, "\"v,7\"");
        response
    }

    #[post("/list")]
    async fn add() -> &'static str {
        "a long list"
    }

    #[get("/error")]
    async fn error() -> (StatusCode, &'static str) {
        (StatusCode::ACCEPTED, "a long list")
    }

    #[routes(app, with(ETag))]
    struct Api(list, own, add, error);

    async fn ask(path: &str, wanted: &str) -> TestResponse {
        let request = Api.test().get(path);
        request.header(header::IF_NONE_MATCH, wanted).send().await
    }

    #[tokio::test]
    async fn what_the_client_has_is_not_sent_again() {
        let first = Api.test().get("/list").send().await;
        let tag = first.header(header::ETAG).to_owned();
        assert!(tag.starts_with("W/\"b-"), "{tag}");
        assert_eq!(first.text(), "a long list");
        let strong = tag.strip_prefix("W/").expect("it is weak");
        for wanted in [
            &tag,
            strong,
            &format!("\"x\", {tag}"),
            &format!("\"a,b\",{strong}"),
            "*",
        ] {
            let again = ask("/list", wanted).await;
            assert_eq!(again.status(), 304, "{wanted}");
            assert_eq!(again.header(header::ETAG), tag);
            assert_eq!(again.text(), "");
            assert!(!has(&again, header::CONTENT_TYPE));
        }
        for wanted in ["\"x\"", "", "x", strong.trim_matches('"')] {
            let again = ask("/list", wanted).await;
            assert_eq!(again.status(), 200, "{wanted}");
        }
        let head = Api.test().head("/list").send().await;
        assert_eq!(head.header(header::ETAG), tag);
    }

    #[tokio::test]
    async fn a_tag_of_the_handler_is_kept() {
        assert_eq!(ask("/own", "\"v,7\"").await.status(), 304);
        let other = ask("/own", "\"v\", \"7\"").await;
        assert_eq!(
            (other.status().as_u16(), other.header(header::ETAG)),
            (200, "\"v,7\"")
        );
    }

    #[tokio::test]
    async fn only_what_was_read_has_a_tag() {
        assert!(!has(&Api.test().post("/list").send().await, header::ETAG));
        assert!(!has(&Api.test().get("/error").send().await, header::ETAG));
        assert!(!has(&Api.test().get("/nowhere").send().await, header::ETAG));
    }
}

mod cross_origin {
    use super::*;

    #[guard]
    fn nobody() -> Result<(), StatusCode> {
        Err(StatusCode::UNAUTHORIZED)
    }

    #[get("/books")]
    async fn books() -> &'static str {
        "books"
    }

    #[post("/books", with(nobody))]
    async fn add() {}

    #[any("/any", with(nobody))]
    async fn any_method() {}

    #[routes(
        app,
        with(
            Cors::origins(&["https://shop.example", "https://*.shop.example"])
                .headers(&["content-type", "x-cart"])
                .expose(&["x-total", "etag"])
                .credentials()
                .max_age(secs(600))
        )
    )]
    struct Api(books, add, any_method);

    #[routes(app, with(Cors::any().any_header()))]
    struct Open(books, add);

    #[derive(State)]
    struct AppState {
        cors: Cors,
    }

    #[routes(app, with(cors))]
    struct Configured(books, add);

    fn allowed(response: &TestResponse) -> &str {
        match has(response, header::ACCESS_CONTROL_ALLOW_ORIGIN) {
            true => response.header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
            false => "",
        }
    }

    async fn preflight(path: &str, origin: &str) -> TestResponse {
        let request = Api.test().options(path).header(header::ORIGIN, origin);
        request
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "POST")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "x-cart")
            .send()
            .await
    }

    #[tokio::test]
    async fn a_preflight_meets_no_guard_and_hears_what_the_path_has() {
        let response = preflight("/books", "https://shop.example").await;
        assert_eq!(response.status(), 204);
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://shop.example"),
            (
                header::ACCESS_CONTROL_ALLOW_METHODS,
                "GET, HEAD, POST, OPTIONS",
            ),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type, x-cart"),
            (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
            (header::VARY, "origin"),
        ] {
            assert_eq!(response.header(name.clone()), value, "{name}");
        }
        let response = preflight("/any", "https://a.shop.example").await;
        assert_eq!(response.status(), 204);
        assert_eq!(
            response.header(header::ACCESS_CONTROL_ALLOW_METHODS),
            "GET, HEAD, POST, PUT, PATCH, DELETE"
        );
    }

    #[tokio::test]
    async fn another_origin_is_refused_before_and_left_unread_after() {
        for origin in ["https://evil.example", "null", "https://evilshop.example"] {
            let response = preflight("/books", origin).await;
            assert_eq!(response.status(), 403, "{origin}");
            assert_eq!(allowed(&response), "");
            assert_eq!(response.header(header::VARY), "origin");
            let request = Api.test().get("/books").header(header::ORIGIN, origin);
            let response = request.send().await;
            assert_eq!((response.status().as_u16(), allowed(&response)), (200, ""));
            assert_eq!(response.header(header::VARY), "origin");
        }
        let response = Api.test().get("/books").send().await;
        assert_eq!(
            (allowed(&response), response.header(header::VARY)),
            ("", "origin")
        );
    }

    #[tokio::test]
    async fn a_page_reads_the_answer_and_the_refusal() {
        let origin = "https://shop.example";
        for (method, path, status) in [
            (Method::GET, "/books", 200),
            (Method::POST, "/books", 401),
            (Method::GET, "/nowhere", 404),
            (Method::DELETE, "/books", 405),
            (Method::OPTIONS, "/books", 204),
        ] {
            let request = Api.test().request(method, path);
            let response = request.header(header::ORIGIN, origin).send().await;
            assert_eq!(response.status(), status, "{path}");
            assert_eq!(allowed(&response), origin, "{path}");
            assert_eq!(
                response.header(header::ACCESS_CONTROL_EXPOSE_HEADERS),
                "x-total, etag"
            );
        }
    }

    #[tokio::test]
    async fn every_origin_is_a_star_without_vary() {
        let request = Open.test().get("/books").header(header::ORIGIN, "null");
        let response = request.send().await;
        assert_eq!(allowed(&response), "*");
        assert!(!has(&response, header::VARY));
        let request = Open.test().options("/books").header(header::ORIGIN, "null");
        let request = request.header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET");
        let request = request.header(header::ACCESS_CONTROL_REQUEST_HEADERS, "x-a, x-b");
        let response = request.send().await;
        assert_eq!(
            response.header(header::ACCESS_CONTROL_ALLOW_HEADERS),
            "x-a, x-b"
        );
        assert_eq!(
            response.header(header::VARY),
            "access-control-request-headers"
        );
    }

    #[tokio::test]
    async fn origins_come_from_the_state() {
        let cors = Cors::from_origins(["https://shop.example"]).expect("origins");
        let client = Configured.test().state(AppState { cors }).start();
        for (origin, expected) in [
            ("https://shop.example", "https://shop.example"),
            ("https://evil.example", ""),
        ] {
            let request = client.get("/books").header(header::ORIGIN, origin);
            assert_eq!(allowed(&request.send().await), expected);
        }
        let error = Cors::from_origins(["https://shop.example/"]).expect_err("no origin");
        assert_eq!(
            error.to_string(),
            "`https://shop.example/` is no origin: leave out what follows the host and the port"
        );
    }
}

mod logins {
    use super::*;

    #[derive(State)]
    struct AppState {
        accounts: Accounts,
    }

    #[get("/account", with(BasicAuth::realm("the shop")))]
    async fn account(account: Local<'_, Account>) -> String {
        account.name().to_owned()
    }

    #[get("/basic")]
    async fn basic(login: Basic) -> String {
        let known = login.is("zoe", "a:b");
        format!("{} {known} {login:?}", login.user())
    }

    #[get("/bearer")]
    async fn bearer(token: Bearer) -> String {
        token.is("s3cret").to_string()
    }

    #[routes(app)]
    struct Api(account, basic, bearer);

    async fn ask(path: &str, authorization: &str) -> TestResponse {
        let accounts = Accounts::new([("zoe", "a:b"), ("max", "")]);
        assert_eq!(format!("{accounts:?}"), r#"["zoe", "max"]"#);
        let client = Api.test().state(AppState { accounts });
        let request = client
            .get(path)
            .header(header::AUTHORIZATION, authorization);
        request.send().await
    }

    #[tokio::test]
    async fn an_account_is_known_by_its_password() {
        assert_eq!(ask("/account", "Basic em9lOmE6Yg==").await.text(), "zoe");
        assert_eq!(ask("/account", "basic  bWF4Og==").await.text(), "max");
        for wrong in [
            "Basic em9lOmE=",     // zoe:a
            "Basic em9lOmE6Yg",   // without its padding
            "Basic em9l",         // zoe
            "Basic em9lOmE6YgA=", // with a control character
            "Basic /////w==",     // no text
            "Basic",
            "Bearer em9lOmE6Yg==",
            "",
        ] {
            let response = ask("/account", wrong).await;
            assert_eq!(response.status(), 401, "{wrong}");
            assert_eq!(
                response.header(header::WWW_AUTHENTICATE),
                "Basic realm=\"the shop\", charset=\"UTF-8\""
            );
        }
    }

    #[tokio::test]
    async fn secrets_are_compared_whole() {
        let response = ask("/basic", "Basic em9lOmE6Yg==").await;
        assert_eq!(response.text(), "zoe true Basic(..)");
        assert_eq!(
            ask("/basic", "Basic em9lOmE=").await.text(),
            "zoe false Basic(..)"
        );
        assert_eq!(ask("/basic", "Basic x").await.status(), 401);
        assert_eq!(ask("/bearer", "Bearer s3cret").await.text(), "true");
        for wrong in ["s3cre", "s3crets", "S3cret"] {
            assert_eq!(
                ask("/bearer", &format!("Bearer {wrong}")).await.text(),
                "false"
            );
        }
    }
}

mod method_override {
    use super::*;

    #[post("/books")]
    async fn add() -> &'static str {
        "added"
    }

    #[delete("/books")]
    async fn remove() -> &'static str {
        "removed"
    }

    #[get("/books")]
    async fn list() -> &'static str {
        "list"
    }

    #[routes(app, method_override)]
    struct Api(add, remove, list);

    #[routes(app)]
    struct Strict(add, remove, list);

    const NAME: HeaderName = HeaderName::from_static("x-http-method-override");

    async fn ask(method: Method, named: &str) -> (u16, String) {
        let request = Api.test().request(method, "/books").header(NAME, named);
        let response = request.send().await;
        (response.status().as_u16(), response.text().to_owned())
    }

    #[tokio::test]
    async fn a_post_may_be_another_method() {
        assert_eq!(
            ask(Method::POST, "DELETE").await,
            (200, "removed".to_owned())
        );
        assert_eq!(ask(Method::POST, "PUT").await.0, 405);
        assert_eq!(ask(Method::GET, "DELETE").await, (200, "list".to_owned()));
        for wrong in ["GET", "delete", "", "TRACE"] {
            let (status, text) = ask(Method::POST, wrong).await;
            assert_eq!(status, 400, "{wrong}");
            assert!(text.contains("names PUT, PATCH or DELETE"), "{text}");
        }
        let request = Api.test().post("/books").header(NAME, "DELETE");
        assert_eq!(request.header(NAME, "PUT").send().await.status(), 400);
        assert_eq!(Api.test().post("/books").send().await.text(), "added");
        let strict = Strict.test().post("/books").header(NAME, "DELETE");
        assert_eq!(strict.send().await.text(), "added");
    }
}

mod timeout {
    use super::*;

    #[get("/", with(Timeout::after(millis(20)).status(StatusCode::REQUEST_TIMEOUT)))]
    async fn slow() {
        tokio::time::sleep(secs(5)).await;
    }

    #[routes(app)]
    struct Api(slow);

    #[tokio::test(start_paused = true)]
    async fn a_timeout_answers_as_it_is_told() {
        assert_eq!(Api.test().get("/").send().await.status(), 408);
    }
}
