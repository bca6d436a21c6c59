//! Scratch: everything at once.
#![allow(missing_docs)]
use highball::prelude::*;

struct Db(Vec<String>);
struct Motto(&'static str);

#[derive(State)]
struct AppState {
    db: Db,
    motto: Motto,
}

#[derive(Debug, IntoResponse)]
enum ApiError {
    #[status(404, "no user {id}")]
    NoUser { id: usize },
    #[status(409)]
    Taken,
    #[status(418, "tea {0} of {1}")]
    Tea(u8, String),
    #[transparent]
    Other(Rejection),
}

#[middleware]
async fn timing(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut r = next.with(7_u32).run(cx).await;
    r.set_header("server-timing", "x");
    r
}

#[middleware]
async fn tag(cx: &mut Context<'_>, next: impl Next, motto: State<Motto>) -> Response {
    let mut r = next.run(cx).await;
    r.headers_mut()
        .append(header::VIA, header::HeaderValue::from_static(motto.0));
    r
}

#[get("/{id}")]
async fn show(id: usize, db: State<Db>) -> Result<Json<String>, ApiError> {
    if id == 9 {
        return Err(ApiError::Tea(1, "b".into()));
    }
    if id == 8 {
        return Err(ApiError::Taken);
    }
    if id == 7 {
        return Err(ApiError::Other(Rejection::new(StatusCode::GONE, "gone")));
    }
    db.0.get(id)
        .cloned()
        .map(Json)
        .ok_or(ApiError::NoUser { id })
}

#[post("/")]
async fn create(body: Json<Value>, cx: &mut Context<'_>) -> Created<Json<Value>> {
    cx.set_header(header::X_FRAME_OPTIONS, "DENY");
    Created::at(url!(Api, show(3), via = Users, org = "a b"), body)
}

#[get("/local", with(timing))]
fn local(n: Local<'_, u32>, #[param] org: &str) -> String {
    format!("{} {org}", *n)
}

#[get("/files/{*rest}")]
async fn files<'a>(rest: &'a str, r#type: Query<Vec<(String, String)>>) -> String {
    format!("{rest} {}", r#type.len())
}

#[get("/{type}.json")]
async fn raw(r#type: String, method: &Method, uri: Uri) -> String {
    format!("{} {method} {uri}", r#type)
}

#[any("/any")]
async fn any_route(cx: &Context<'_>) -> Response {
    cx.json(201, &json!({"m": cx.method().as_str()}))
}

#[route("/multi", methods = [POST, "PURGE"])]
async fn multi() {}

#[get("/panic")]
async fn panics() -> &'static str {
    panic!("oh")
}

#[get("/list")]
async fn list<T: Default + std::fmt::Debug>(x: Query<Vec<(String, String)>>) -> String {
    format!("{:?} {}", T::default(), x.len())
}

#[fallback]
async fn nothing(uri: &Uri) -> (StatusCode, String) {
    (StatusCode::NOT_FOUND, format!("nothing at {uri}"))
}

struct Sess(u8);
impl ExtractAsync for Sess {
    type State = Db;
    async fn extract(cx: &mut Context<'_>, state: &Db) -> Result<Self, Rejection> {
        tokio::task::yield_now().await;
        let _ = cx.header("x");
        Ok(Sess(state.0.len() as u8))
    }
}

#[get("/sess2")]
async fn sess2(s: Sess) -> String {
    s.0.to_string()
}

#[get("/sess")]
async fn sess(s: Sess, b: String) -> String {
    format!("{}{b}", s.0)
}

#[routes("/{org}/users", with(tag), fallback = nothing)]
struct Users(show, create, local);

#[routes("/mod", slash = redirect)]
mod inline {
    use highball::prelude::*;
    #[get("/a")]
    async fn a() -> &'static str {
        "a"
    }
    #[routes("/deep")]
    pub mod deep {
        use highball::prelude::*;
        #[get("/")]
        async fn b() -> &'static str {
            "b"
        }
    }
}

#[derive(Clone, Copy)]
struct Counter;
#[derive(State)]
struct Full {
    db: Db,
    motto: Motto,
    counter: Counter,
}

#[routes("/counter")]
impl Counter {
    #[get("/{n}")]
    async fn add(&self, n: u8) -> String {
        format!("c{n}")
    }
    #[get("/")]
    fn zero() -> &'static str {
        "zero"
    }
}

#[routes(app, with(timing))]
struct Api(
    Users,
    #[prefix("/v2")]
    #[with(tag)]
    inline::Routes,
    files,
    raw,
    any_route,
    multi,
    panics,
    list<u8>,
    sess,
    Counter,
    #[cfg(any())] missing,
);

fn state() -> Full {
    Full {
        db: Db(vec!["zoe".into(), "bob".into()]),
        motto: Motto("m"),
        counter: Counter,
    }
}

#[test]
fn all() {
    highball::block_on(async {
        for r in Api::ROUTES {
            println!(
                "{:?} {} {:?} {:?}",
                r.methods().collect::<Vec<_>>(),
                r.path(),
                r.middleware(),
                r.params()
            );
        }
        let c = Api.test().state(state()).start();
        for (m, p) in [
            (Method::GET, "/acme/users/1"),
            (Method::GET, "/acme/users/5"),
            (Method::GET, "/acme/users/9"),
            (Method::GET, "/acme/users/8"),
            (Method::GET, "/acme/users/7"),
            (Method::GET, "/acme/users/x"),
            (Method::GET, "/acme/users/local"),
            (Method::GET, "/acme/users/x/y"),
            (Method::DELETE, "/acme/users/1"),
            (Method::GET, "/v2/mod/a"),
            (Method::GET, "/v2/mod/a/?q=1"),
            (Method::GET, "/v2/mod/deep"),
            (Method::GET, "/v2/mod/zzz"),
            (Method::GET, "/files/a/b%20c"),
            (Method::GET, "/x.json"),
            (Method::PATCH, "/any"),
            (Method::POST, "/multi"),
            (Method::GET, "/panic"),
            (Method::GET, "/list?a=b"),
            (Method::GET, "/sess"),
            (Method::GET, "/counter/4"),
            (Method::GET, "/counter"),
            (Method::GET, "/nope/at/all"),
            (Method::OPTIONS, "/multi"),
        ] {
            let r = c.request(m.clone(), p).send().await;
            println!("{m} {p} -> {} {:?} {}", r.status(), r.headers(), r.text());
        }
        let r = c.post("/acme/users").json(&json!({"a": 1})).send().await;
        println!("{} {:?} {}", r.status(), r.headers(), r.text());
        println!("{} {}", show::path(4), url!(Api, files("a/b c")));
    });
}
