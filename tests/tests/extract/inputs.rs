//! The inputs of every extractor of the framework, and the rejections of each.

use highball::{
    body::BodyStream,
    cookie::{Cookies, PrivateCookies, SignedCookies},
    describe::{Answer, InputKind, Inputs},
    extract::*,
    http::Version,
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

#[derive(PathFields)]
struct Fields {
    _org: String,
    _id: u32,
}

#[derive(Local)]
struct User;

#[derive(Clone, PartialEq, prost::Message)]
struct Message {
    #[prost(uint32, tag = "1")]
    id: u32,
}

#[derive(serde::Serialize, serde::Deserialize)]
struct After(u32);

impl Cursor for After {
    const LIST: &'static str = "rows";
}

/// States its facts only.
struct Locale;

impl<'r> Extract<'r> for Locale {
    type State = ();
    const FACTS: Facts = Facts::named(&[Fact::header("accept-language")]);

    fn extract(_: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self)
    }
}

#[guard(inputs = Inputs::cookie("sid"))]
fn session(cx: &Context<'_>) -> Result<(), Rejection> {
    let _ = cx;
    Ok(())
}

/// Returns an input as text, with `?` if it may be missing.
fn text(kind: &InputKind) -> String {
    let short = |ty: fn() -> &'static str| ty().rsplit("::").next().unwrap_or_default();
    match *kind {
        InputKind::Param { name, ty } => format!("{{{name}: {}}}", short(ty)),
        InputKind::Query { ty, .. } => format!("query {}", short(ty)),
        InputKind::QueryParam { name, ty } => format!("query {name}: {}", short(ty)),
        InputKind::Header(name) => format!("header {name}"),
        InputKind::Cookie(name) => format!("cookie {name}"),
        InputKind::Body { media_type, ty } => {
            let ty = ty.map(|ty| format!(" {}", short(ty)));
            format!("body {media_type}{}", ty.unwrap_or_default())
        }
        InputKind::Login(login) => format!("{login:?}"),
        _ => panic!("a new kind of input"),
    }
}

/// Generates a handler for each argument type, and the test of its inputs and its rejections.
macro_rules! inputs {
    ($($name:ident $path:literal ($($arg:tt)*) $inputs:literal $answers:literal)*) => {
        $(
            #[post($path)]
            #[allow(unused_variables, reason = "only the types matter")]
            async fn $name($($arg)*) {}
        )*

        #[routes(app, csrf = off("no request is sent"))]
        struct Api($($name),*);

        #[test]
        fn each_extractor_states_its_inputs_and_its_rejections() {
            for (handler, inputs, answers) in [$((stringify!($name), $inputs, $answers)),*] {
                let name = format!("::{handler}");
                let route = Api::ROUTES.iter().find(|route| route.handler().ends_with(&name));
                let route = route.unwrap();
                let shown = route.inputs().into_iter().map(|input| {
                    let optional = if input.is_required { "" } else { "?" };
                    format!("{}{optional}", text(&input.kind))
                });
                assert_eq!(shown.collect::<Vec<_>>().join(", "), inputs, "{handler}");
                let rejections = route.answers().into_iter().filter(Answer::is_problem);
                let statuses: Vec<_> = rejections.map(|answer| answer.status().to_string()).collect();
                assert_eq!(statuses.join(" "), answers, "{handler}");
                assert_eq!(route.unknown_answers().is_empty(), handler != "locale", "{handler}");
            }
        }
    };
}

inputs! {
    param "/param/{id}" (id: u64) "{id: u64}" "400"
    text_param "/text/{name}" (name: &str) "{name: String}" "400"
    positional "/positional/{a}/{b}" (Path((a, b)): Path<(u8, i64)>) "{a: u8}, {b: i64}" "400"
    single "/single/{a}" (Path(a): Path<u8>) "{a: u8}" "400"
    fields "/fields/{_org}/{_id}" (fields: Path<Fields>) "{_org: String}, {_id: u32}" "400"
    query "/query" (query: Query<Any>) "query Any" "400"
    page "/page" (page: PageRequest<After>) "query cursor: String?, query limit: u32?" "400"
    json "/json" (body: Json<Any>) "body application/json Any" "400 408 413 415 422"
    form "/form" (body: Form<Any>) "body application/x-www-form-urlencoded Any" "400 408 413 415 422"
    bind "/bind" (body: Bind<Any>) "body application/json Any, body application/x-www-form-urlencoded Any, body application/xml Any, body application/yaml Any, body application/toml Any, body application/vnd.msgpack Any" "400 408 413 415 422"
    valid "/valid" (body: Valid<Json<Any>>) "body application/json Any" "400 408 413 415 422"
    valid_query "/valid-query" (body: Valid<Query<Any>>) "query Any" "400 422"
    xml "/xml" (body: Xml<Any>) "body application/xml Any" "400 408 413 415 422"
    yaml "/yaml" (body: Yaml<Any>) "body application/yaml Any" "400 408 413 415 422"
    toml "/toml" (body: Toml<Any>) "body application/toml Any" "400 408 413 415 422"
    msgpack "/msgpack" (body: MsgPack<Any>) "body application/vnd.msgpack Any" "400 408 413 415 422"
    protobuf "/protobuf" (body: Protobuf<Message>) "body application/x-protobuf" "400 408 413 415 422"
    multipart "/multipart" (body: Multipart) "body multipart/form-data" "400 408 413 415 422"
    string "/string" (body: String) "body text/plain?" "400 408 413"
    bytes "/bytes" (body: Bytes) "body */*?" "400 408 413"
    stream "/stream" (body: BodyStream) "body */*?" "400 408 413"
    state "/state" (state: State<u8>) "" ""
    local "/local" (user: Option<Local<'_, User>>) "" ""
    matched "/matched" (route: MatchedRoute) "" ""
    head "/head" (method: &Method, uri: Uri, headers: &HeaderMap, version: Version) "" ""
    peer "/peer" (peer: ConnectInfo) "" ""
    client "/client" (client: Client) "" ""
    accept "/accept" (accept: Accept) "header accept?" ""
    last_event_id "/last-event-id" (id: LastEventId) "header last-event-id?" ""
    precondition "/precondition" (precondition: Precondition) "header if-match?, header if-none-match?, header if-modified-since?, header if-unmodified-since?" ""
    header "/header" (agent: Header<headers::UserAgent>) "header user-agent" "400"
    optional_header "/optional-header" (agent: Option<Header<headers::UserAgent>>) "header user-agent?" "400"
    cookies "/cookies" (cookies: Cookies<'_>) "" ""
    signed "/signed" (cookies: SignedCookies<'_>) "" ""
    private "/private" (cookies: PrivateCookies<'_>) "" ""
    bearer "/bearer" (token: Bearer) "Bearer { format: \"\" }" "401"
    optional_bearer "/optional-bearer" (token: Option<Bearer>) "Bearer { format: \"\" }?" "401"
    basic "/basic" (login: Basic) "Basic" "401"
    same_origin "/same-origin" (check: SameOrigin) "" "403"
    result "/result" (body: Result<Json<Any>, Rejection>) "body application/json Any?" ""
    either "/either" (body: Either<Json<Any>, Form<Any>>) "body application/json Any, body application/x-www-form-urlencoded Any" "400 408 413 415 422"
    locale "/locale" (locale: Locale) "header accept-language?" ""
}

#[get("/")]
async fn of_get(query: Form<Any>, socket: WebSocketUpgrade) {
    let _ = (query, socket);
}

#[routes(app, with(session))]
struct Guarded(of_get);

#[test]
fn a_get_reads_a_form_from_the_query_and_guards_have_inputs() {
    let inputs = Guarded::ROUTES[0].inputs();
    let shown: Vec<_> = inputs.iter().map(|input| text(&input.kind)).collect();
    assert_eq!(shown.join(", "), "cookie sid, query Any");
}
