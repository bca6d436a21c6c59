//! The facts of every extractor, guard and middleware of the framework.

use highball::{
    body::BodyStream,
    cookie::{Cookies, PrivateCookies, SignedCookies},
    extract::*,
    http::Version,
    middleware::*,
    multipart::Multipart,
    paging::{Cursor, PageRequest},
    prelude::*,
    response::Accept,
    ws::WebSocketUpgrade,
};

#[derive(Debug, Default, serde::Deserialize, garde::Validate)]
#[garde(context(()))]
struct Any {
    #[garde(skip)]
    _id: u32,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct After(u32);

impl Cursor for After {
    const LIST: &'static str = "rows";
}

#[derive(PathFields)]
struct Fields {
    _id: u32,
}

#[derive(Local)]
struct User;

#[derive(Clone, PartialEq, prost::Message)]
struct Message {
    #[prost(uint32, tag = "1")]
    id: u32,
}

fn of<T: Extract<'static>>() -> Facts {
    T::FACTS
}

fn of_async<T: ExtractAsync>() -> Facts {
    T::FACTS
}

/// Compares the words and the names, joined by spaces.
#[track_caller]
fn check(facts: Facts, expected: &str) {
    let words = facts.words().chain(facts.names().map(|fact| fact.name()));
    assert_eq!(words.collect::<Vec<_>>().join(" "), expected);
}

#[test]
fn no_extractor_is_opaque() {
    check(of::<State<u8>>(), "");
    check(of::<Local<'static, User>>(), "");
    check(of::<MatchedRoute>(), "");
    check(of::<&Method>(), "");
    check(of::<Version>(), "");
    check(of::<Path<Fields>>(), "path");
    check(of::<Uri>(), "path query");
    check(of::<Query<Any>>(), "query");
    check(of::<PageRequest<After>>(), "path query");
    check(of::<String>(), "body");
    check(of::<Bytes>(), "body");
    check(of_async::<BodyStream>(), "body");
    check(of_async::<Multipart>(), "body header content-type");
    for typed in [
        of::<Json<Any>>(),
        of::<Valid<Json<Any>>>(),
        of::<Xml<Any>>(),
        of::<Yaml<Any>>(),
        of::<Toml<Any>>(),
        of::<MsgPack<Any>>(),
        of::<Protobuf<Message>>(),
    ] {
        check(typed, "body header content-type");
    }
    check(of::<Form<Any>>(), "query body header content-type");
    check(of::<Bind<Any>>(), "query body header content-type");
    check(of::<&HeaderMap>(), "headers");
    check(of::<Accept>(), "header accept");
    check(of::<LastEventId>(), "header last-event-id");
    let conditions = "if-match if-none-match if-modified-since if-unmodified-since";
    check(of::<Precondition>(), &format!("header {conditions}"));
    check(of::<ConnectInfo>(), "address");
    let forwarded = "forwarded x-forwarded-for x-forwarded-host x-forwarded-proto";
    check(of::<Client>(), &format!("header address host {forwarded}"));
    check(of::<Bearer>(), "header login by header authorization");
    check(of::<Basic>(), "header login by browser authorization");
    check(of::<Cookies<'static>>(), "header cookies cookie");
    check(
        of::<SignedCookies<'static>>(),
        "header login by cookie cookie",
    );
    check(
        of::<PrivateCookies<'static>>(),
        "header login by cookie cookie",
    );
    check(
        of::<SameOrigin>(),
        "header same origin sec-fetch-site origin host",
    );
    assert!(of_async::<WebSocketUpgrade>().may(Facts::HEADER));
}

#[test]
fn wrappers_pass_facts_on() {
    assert!(of::<SameOrigin>().surely(Facts::SAME_ORIGIN));
    let result = of::<Result<SameOrigin, Rejection>>();
    assert!(result.may(Facts::SAME_ORIGIN) && !result.surely(Facts::SAME_ORIGIN));
    let optional = of::<Option<Bearer>>();
    assert!(optional.may(Facts::HEADER_LOGIN) && !optional.surely(Facts::HEADER_LOGIN));
    check(optional, "header login by header authorization");
    check(
        of::<Either<Json<Any>, Form<Any>>>(),
        "query body header content-type content-type",
    );
    assert!(!of::<Either<Bearer, Bearer>>().is_opaque());
}

#[guard(facts = Facts::named(&[Fact::new("quota", "orders")]))]
fn states(_: Bearer, _: &Context<'_>) -> Result<(), StatusCode> {
    Ok(())
}

#[guard]
fn states_nothing(_: &Context<'_>) -> Result<(), StatusCode> {
    Ok(())
}

#[observer]
fn observes(_: &Exchange<'_>) {}

#[get("/states", with(states, observes))]
async fn stated() {}

#[get("/opaque", with(states_nothing))]
async fn opaque() {}

#[get("/layer", with(layer(tower::layer::util::Identity::new())))]
async fn layer() {}

#[get(
    "/shipped",
    timeout = secs(5),
    body_limit = 1024,
    with(
        AccessLog::json(),
        request_id,
        traced,
        Cors::origins(&["https://shop.example"]),
        Csrf::new(),
        SecurityHeaders::new(),
        ETag,
        concurrency(Concurrency::new(5)),
        BasicAuth::realm("shop"),
    )
)]
async fn shipped() {}

#[routes(app)]
struct Api(stated, opaque, layer, shipped);

#[test]
fn a_route_has_the_facts_of_everything_around_it() {
    let words = |idx: usize| Api::ROUTES[idx].facts().words().collect::<Vec<_>>();
    assert_eq!(words(0), ["header", "login by header"]);
    let names: Vec<_> = Api::ROUTES[0]
        .named_facts()
        .map(|fact| fact.name())
        .collect();
    assert_eq!(names, ["authorization", "orders"]);
    assert_eq!((words(1), words(2)), (vec!["opaque"], vec!["opaque"]));
    assert_eq!(
        words(3),
        ["path", "header", "login by browser", "same origin"]
    );
}
