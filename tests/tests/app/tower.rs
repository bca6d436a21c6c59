//! tower: layers around an app, an app inside an axum router, and an axum router inside an app.

use std::time::Duration;

use highball::{http::Request, prelude::*};
use http_body_util::BodyExt;
use tower::{Layer, Service, ServiceExt};
use tower_http::{
    add_extension::AddExtensionLayer,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::CorsLayer,
    csrf::CsrfLayer,
    decompression::DecompressionLayer,
    limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
    map_response_body::MapResponseBodyLayer,
    normalize_path::NormalizePathLayer,
    propagate_header::PropagateHeaderLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    sensitive_headers::SetSensitiveHeadersLayer,
    set_header::SetResponseHeaderLayer,
    set_status::SetStatusLayer,
    timeout::TimeoutLayer,
    trace::TraceLayer,
    validate_request::ValidateRequestHeaderLayer,
};

#[get("/text")]
async fn text() -> String {
    "highball ".repeat(200)
}

#[post("/echo")]
async fn echo(body: String) -> String {
    body
}

#[get("/slow")]
async fn slow() {
    tokio::time::sleep(Duration::from_secs(3600)).await;
}

#[derive(State)]
struct Legacy {
    router: axum::Router,
}

#[any("/legacy/{*rest}")]
async fn legacy(cx: &mut Context<'_>, router: State<axum::Router>) -> Response {
    highball::tower::forward(axum::Router::clone(&router), cx).await
}

#[routes(app)]
struct Api(text, echo, slow);

#[routes(app)]
struct Around(legacy);

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).expect("a request")
}

/// Sends a request through a layer around the app.
async fn through<L, B, A>(layer: L, request: Request<B>) -> http::Response<A>
where
    L: Layer<Layered>,
    L::Service: Service<Request<B>, Response = http::Response<A>>,
    <L::Service as Service<Request<B>>>::Error: std::fmt::Debug,
{
    let answer = layer.layer(layered()).oneshot(request).await;
    answer.expect("the service answers")
}

type Layered =
    tower::util::BoxCloneSyncService<Request<Body>, http::Response<Body>, std::convert::Infallible>;

fn layered() -> Layered {
    Layered::new(Api.into_service(()))
}

#[tokio::test]
async fn app_is_a_tower_service() {
    let response = Api
        .into_service(())
        .oneshot(get("/nowhere"))
        .await
        .expect("an answer");
    assert_eq!(response.status(), 404);
    let request = Request::post("/echo")
        .body(String::from("hello"))
        .expect("a request");
    let response = Api
        .into_service(())
        .oneshot(request)
        .await
        .expect("an answer");
    assert_eq!(
        response.into_body().collect(100).await.expect("a body"),
        "hello"
    );
}

#[tokio::test]
async fn compression_layer_compresses() {
    let mut request = get("/text");
    request.headers_mut().insert(
        header::ACCEPT_ENCODING,
        header::HeaderValue::from_static("gzip"),
    );
    let response = through(CompressionLayer::new(), request).await;
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    assert!(
        body.starts_with(&[0x1f, 0x8b]) && body.len() < 200,
        "{}",
        body.len()
    );
}

#[tokio::test]
async fn decompression_layer_decompresses() {
    let both = tower::layer::util::Stack::new(CompressionLayer::new(), DecompressionLayer::new());
    let response = through(both, get("/text")).await;
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    assert_eq!(body, "highball ".repeat(200));
}

#[tokio::test]
async fn cors_answers_a_preflight() {
    let request = Request::options("/text")
        .header("origin", "https://a.example")
        .header("access-control-request-method", "GET")
        .body(Body::empty())
        .expect("a request");
    let response = through(CorsLayer::permissive(), request).await;
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[tokio::test]
async fn csrf_layer_rejects_other_sites() {
    let request = Request::post("/echo")
        .header("sec-fetch-site", "cross-site")
        .body(Body::from("x"))
        .expect("a request");
    assert_eq!(through(CsrfLayer::new(), request).await.status(), 403);
}

#[tokio::test(start_paused = true)]
async fn timeout_layer_responds() {
    let layer = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(1));
    assert_eq!(through(layer, get("/slow")).await.status(), 504);
}

#[tokio::test]
async fn body_limit_layer_rejects_a_long_body() {
    // This layer changes the type of the body, and `MapRequestBody` below it changes it back.
    let layers = tower::layer::util::Stack::new(
        MapRequestBodyLayer::new(Body::new),
        RequestBodyLimitLayer::new(4),
    );
    let request = Request::post("/echo")
        .header("content-length", "5")
        .body(Body::from("hello"))
        .expect("a request");
    assert_eq!(through(layers, request).await.status(), 413);
}

#[tokio::test]
async fn request_id_is_set_and_propagated() {
    let layers = tower::layer::util::Stack::new(
        PropagateRequestIdLayer::x_request_id(),
        SetRequestIdLayer::x_request_id(MakeRequestUuid),
    );
    let response = through(layers, get("/text")).await;
    assert_eq!(response.headers()["x-request-id"].len(), 36);
}

#[tokio::test]
async fn headers_status_and_paths_are_changed() {
    let frame = SetResponseHeaderLayer::overriding(
        header::X_FRAME_OPTIONS,
        header::HeaderValue::from_static("DENY"),
    );
    assert_eq!(
        through(frame, get("/text")).await.headers()["x-frame-options"],
        "DENY"
    );
    assert_eq!(
        through(SetStatusLayer::new(StatusCode::ACCEPTED), get("/text"))
            .await
            .status(),
        202
    );
    assert_eq!(
        through(NormalizePathLayer::trim_trailing_slash(), get("/text/"))
            .await
            .status(),
        200
    );
    let mut request = get("/text");
    request
        .headers_mut()
        .insert("x-trace", header::HeaderValue::from_static("7"));
    let propagate = PropagateHeaderLayer::new(header::HeaderName::from_static("x-trace"));
    assert_eq!(through(propagate, request).await.headers()["x-trace"], "7");
    let validate = ValidateRequestHeaderLayer::accept("application/json");
    let mut request = get("/text");
    request
        .headers_mut()
        .insert("accept", header::HeaderValue::from_static("text/html"));
    assert_eq!(through(validate, request).await.status(), 406);
}

#[tokio::test]
async fn other_layers_pass_requests() {
    assert_eq!(
        through(CatchPanicLayer::new(), get("/text")).await.status(),
        200
    );
    assert_eq!(
        through(TraceLayer::new_for_http(), get("/text"))
            .await
            .status(),
        200
    );
    assert_eq!(
        through(AddExtensionLayer::new(7), get("/text"))
            .await
            .status(),
        200
    );
    let secret = SetSensitiveHeadersLayer::new([header::AUTHORIZATION]);
    assert_eq!(through(secret, get("/text")).await.status(), 200);
    let map = MapResponseBodyLayer::new(Body::new);
    assert_eq!(through(map, get("/text")).await.status(), 200);
}

#[tokio::test]
async fn app_can_be_mounted_in_axum() {
    let router = axum::Router::new()
        .nest_service("/api", Api.into_service(()))
        .fallback_service(Api.into_service(()));
    for path in ["/api/text", "/text"] {
        let request = Request::get(path)
            .body(axum::body::Body::empty())
            .expect("a request");
        let response = router.clone().oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn axum_can_be_mounted_in_an_app() {
    let inner =
        axum::Router::new().route("/echo", axum::routing::post(|body: String| async { body }));
    let router = axum::Router::new().nest("/legacy", inner);
    let client = Around.test().state(Legacy { router }).start();
    let response = client.post("/legacy/echo").body("hello").send().await;
    assert_eq!(
        (response.status().as_u16(), response.text()),
        (200, "hello")
    );
    assert_eq!(client.get("/legacy/other").send().await.status(), 404);
    assert_eq!(client.get("/legacy/echo").send().await.status(), 405);
}
