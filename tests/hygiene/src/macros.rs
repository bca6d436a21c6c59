//! Handlers, groups, guards and types that macros by example make.

#![allow(missing_docs, clippy::pedantic, clippy::nursery)]

use highball::{
    Bytes, Context, Exchange, IntoResponse, Local, Next, Path, PathFields, Response, State,
    fallback, get, guard, middleware, observer, post, routes, url,
};

/// The attribute is in the macro, and everything else comes from the caller.
macro_rules! handler {
    ($path:literal, $name:ident($($arg:ident: $ty:ty),*) -> $out:ty $body:block) => {
        #[get($path)]
        pub async fn $name($($arg: $ty),*) -> $out $body
    };
}

handler!("/a/{id}", number(id: u64) -> String { id.to_string() });
handler!("/b/{id}", text(id: &str) -> String { id.to_owned() });
handler!("/c", context(cx: &Context<'_>) -> String { cx.path().to_owned() });
handler!("/d", context_mut(cx: &mut Context<'_>) -> String { cx.path().to_owned() });
handler!("/e", state(limit: State<u64>) -> String { limit.to_string() });
handler!("/f/{a}/{b}", tuple(all: Path<(u64, String)>) -> String { format!("{} {}", all.0.0, all.0.1) });
handler!("/g/{id}", option(id: String, token: Option<highball::extract::Bearer>) -> Result<String, Problem> { let _ = token; Ok(id) });
handler!("/h", headers(headers: &highball::http::HeaderMap) -> String { headers.len().to_string() });

/// The types come from the macro, and the names from the caller.
macro_rules! reader {
    ($verb:ident $path:literal $name:ident($limit:ident, $id:ident, $cx:ident) $body:block with $($with:tt)*) => {
        #[$verb($path, with($($with)*))]
        pub async fn $name($id: u64, $limit: State<u64>, $cx: &mut Context<'_>) -> String $body
    };
}

reader!(post "/reader/{id}" reader(limit, id, cx) { format!("{id} {} {}", *limit, cx.path()) } with signed_in, at_most(5), timed);

/// Parts, with types and names from the caller.
macro_rules! part {
    (guard $name:ident($($arg:ident: $ty:ty),*) -> $out:ty $body:block) => {
        #[guard]
        pub async fn $name($($arg: $ty),*) -> $out $body
    };
    (configured $name:ident($config:ident: $of:ty, $($arg:ident: $ty:ty),*) -> $out:ty $body:block) => {
        #[guard]
        pub fn $name(#[config] $config: $of, $($arg: $ty),*) -> $out $body
    };
    (middleware $name:ident($($arg:ident: $ty:ty),*) $body:block) => {
        #[middleware]
        pub async fn $name($($arg: $ty),*) -> Response $body
    };
    (observer $name:ident($($arg:ident: $ty:ty),*) $body:block) => {
        #[observer]
        pub fn $name($($arg: $ty),*) $body
    };
    (block $name:ident($cx:ident: $ty:ty) $body:block) => {
        #[derive(Debug)]
        pub struct $name(pub u64);
        #[guard]
        impl $name {
            fn check(&self, $cx: $ty) -> Result<(), Problem> $body
        }
    };
    (block_ty $name:ty: $cx:ident: $ty:ty, $body:block) => {
        #[guard]
        impl $name {
            fn check(&self, $cx: $ty) -> Result<(), Problem> $body
        }
    };
}

part!(guard signed_in(limit: State<u64>) -> Result<User, Problem> { Ok(User(*limit)) });
part!(guard second(user: Local<User>, cx: &mut Context<'_>) -> Result<(), Problem> { let _ = (user.0, cx.path()); Ok(()) });
part!(guard third(user: Local<'_, User>, cx: &Context<'_>) -> Result<(), Problem> { let _ = (user.0, cx.path()); Ok(()) });
part!(configured at_most(limit: u64, user: Local<'_, User>, cx: &Context<'_>) -> Result<(), Problem> {
    if user.0 > limit { return Err(Problem::Over { limit, name: cx.path().to_owned() }); }
    Ok(())
});
part!(configured by_reference(limit: &Limit, cx: &Context<'_>) -> Result<(), Problem> {
    let _ = (limit.0, cx.path());
    Ok(())
});
part!(configured by_text(limit: &'static str, cx: &Context<'_>) -> Result<(), Problem> {
    let _ = (limit, cx.path());
    Ok(())
});
part!(middleware timed(cx: &mut Context<'_>, next: impl Next) { next.run(cx).await });
part!(middleware limited(cx: &mut Context<'_>, next: impl Next, limit: State<u64>) { let _ = limit; next.run(cx).await });
part!(middleware passing(cx: &mut Context<'_>, next: impl Next<Tag>) { next.with(Tag(1)).run(cx).await });
part!(observer counted(exchange: &Exchange<'_>, limit: State<u64>) { let _ = (exchange.status(), *limit); });
part!(block Key(cx: &Context<'_>) { let _ = cx.path(); Ok(()) });
#[derive(Debug)]
pub struct Lock(pub u64);
part!(block_ty Lock: cx: &mut Context<'_>, { let _ = cx.path(); Ok(()) });

#[derive(Debug, serde::Deserialize)]
pub struct Page {
    pub size: u64,
}

#[derive(Debug)]
pub struct Limit(pub u64);

/// Types, with field types, names and messages from the caller.
macro_rules! types {
    ($state:ident { $($field:ident: $ty:ty),* }
     $fields:ident { $($param:ident: $of:ty),* }
     $error:ident($limit:ident, $message:literal, $other:ty)
     $($local:ident: $inner:ty),*) => {
        #[derive(Debug, Clone, State)]
        pub struct $state { $(pub $field: $ty),* }
        #[derive(Debug, PathFields)]
        pub struct $fields { $(pub $param: $of),* }
        #[derive(Debug, IntoResponse)]
        pub enum $error {
            #[status(409, $message)]
            Over { limit: u64, name: String },
            #[status(410, "{0} is gone")]
            Gone($other),
            #[status(500, "failed")]
            Plain,
            #[status(500)]
            Read(#[from] std::io::Error),
            #[status(502, "{0}")]
            Caused(#[source] std::num::ParseIntError),
            #[transparent]
            Other(highball::Rejection),
        }
        $(#[derive(Debug, Clone, Local)]
        pub struct $local(pub $inner);)*
    };
}

types! {
    AppState { limit: u64, name: String }
    Place { city: String, number: u64, address: std::net::IpAddr }
    Problem(limit, "{name} is over {limit}", u64)
    User: u64, Tag: u64
}

/// Options of a route that are expressions and paths of the caller.
macro_rules! options {
    ($name:ident, $path:literal, $limit:expr, $timeout:expr, $first:path, $second:expr, $condition:expr, $third:ident, $layer:expr) => {
        #[post($path, with(signed_in, $first, $second, when($condition, $third), when(|cx| cx.path() == $path, $first), layer($layer)), body_limit = $limit, timeout = $timeout)]
        pub async fn $name(body: Bytes) -> String { body.len().to_string() }
    };
}
options!(
    options,
    "/options",
    64 * 1024,
    highball::middleware::secs(5),
    timed,
    at_most(7),
    true,
    timed,
    tower_layer::Identity::new()
);
options!(
    options_key,
    "/options-key",
    64 * 1024,
    highball::middleware::secs(5),
    timed,
    Key(7),
    cfg!(unix),
    timed,
    tower_layer::Identity::new()
);

macro_rules! parallel {
    ($name:ident, $a:expr, $b:path, $c:expr) => {
        #[get("/parallel", with(signed_in, parallel($a, $b, $c)))]
        pub async fn $name() -> &'static str {
            "parallel"
        }
    };
}
parallel!(parallel, at_most(5), third, Key(1));

/// Groups, and everything in them.
macro_rules! group {
    ($(#[$meta:meta])* $name:ident, $prefix:literal, $fallback:path, $rejection:path, $guard:path, $part:expr, [$($entry:ty),*]) => {
        $(#[$meta])*
        #[routes($prefix, fallback = $fallback, with($guard, $part), every($guard | public))]
        pub struct $name($($entry),*);
    };
}
group!(
    /** A group. */ Inner, "/in/{org}", nothing, render, signed_in, at_most(9),
    [inner, generic::<u64>, crate::macros::nested::Routes]
);

#[get("/inner/{id}")]
async fn inner(#[param] org: u64, id: u64) -> String {
    format!("{org} {id}")
}

#[get("/generic/{id}")]
async fn generic<T: std::str::FromStr<Err: std::fmt::Display> + std::fmt::Display>(
    id: T,
) -> String {
    format!("{id}")
}

macro_rules! module {
    ($name:ident, $($item:item)*) => {
        #[routes("/nested")]
        pub mod $name {

            $($item)*
        }
    };
}
module!(
    nested,
    #[highball::get("/")]
    pub async fn index() -> &'static str {
        "nested"
    }
);

macro_rules! main {
    ($name:ident -> $out:ty $body:block) => {
        #[highball::main]
        pub async fn $name() -> $out $body
    };
}
main!(main -> u64 {
    let future = async { 7 };
    future.await
});

macro_rules! fallback {
    ($name:ident, $cx:ident: $ty:ty, $e:expr) => {
        #[fallback]
        pub async fn $name($cx: $ty) -> Response {
            $cx.text(404, $e)
        }
    };
}
fallback!(nothing, cx: &Context<'_>, concat!("noth", "ing"));

fn render(rejection: &highball::Rejection, cx: &Context<'_>) -> Response {
    cx.text(rejection.status().as_u16(), rejection.detail())
}

macro_rules! service {
    ($owner:ty, $method:ident, $ident:ident, $ty:ty, $cx:ident: $cx_ty:ty, $path:literal) => {
        #[routes("/service")]
        impl $owner {
            #[get($path)]
            fn $method(&self, $ident: $ty, $cx: $cx_ty) -> String {
                format!("{} {} {}", $ident, self.0, $cx.path())
            }
        }
    };
}
#[derive(Debug, Clone)]
pub struct Service(u64);
service!(Service, doubled, n, u64, cx: &mut Context<'_>, "/{n}");

macro_rules! link {
    ($app:ty, $handler:ident($($value:expr),*), $org:ident = $outer:expr, $via:ident) => {
        url!($app, $handler($($value),*), $org = $outer, via = $via)
    };
    ($app:ty, $handler:path, $($value:expr),*) => { url!($app, $handler($($value),*)) };
}

#[get("/links")]
async fn links() -> String {
    format!(
        "{} {}",
        link!(Api, inner(1 + 1), org = 2, Inner),
        link!(Api, number, 3)
    )
}

macro_rules! app {
    ($name:ident: $state:ty, $($entry:ty),* $(,)?) => {
        #[derive(Debug, Clone, State)]
        pub struct Everything { limit: u64, service: Service, name: String }
        #[routes(app, rejection = render, with(counted))]
        pub struct $name($($entry),*);
    };
}
impl Everything {
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self {
            limit,
            service: Service(1),
            name: String::new(),
        }
    }
}

app! {
    Api: AppState,
    number, text, context, context_mut, state, tuple, option, headers, reader, options, options_key, parallel, Inner, Service, links,
    placed, patterns,
}

macro_rules! placed {
    ($name:ident($pat:pat, $ty:ty)) => {
        #[get("/placed/{city}/{number}/{address}")]
        pub async fn $name($pat: $ty) -> String {
            "placed".to_owned()
        }
    };
}
placed!(placed(_place, Path<Place>));

macro_rules! patterns {
    ($name:ident($($pat:pat => $ty:ty),*) $body:block) => {
        #[get("/patterns", with(signed_in, second))]
        pub async fn $name($($pat: $ty),*) -> String $body
    };
}
patterns!(patterns(State(limit) => State<u64>, Local(user) => Local<User>, Local(User(inner)) => Local<'_, User>) { format!("{limit} {} {inner}", user.0) });
