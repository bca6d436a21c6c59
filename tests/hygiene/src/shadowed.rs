//! Names of the standard library and of Highball that mean something else.

#![no_implicit_prelude]
#![allow(
    non_camel_case_types,
    missing_debug_implementations,
    dead_code,
    unused_macros,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]

use ::highball as hb;
use hb::Next as _;

/// Declares types, traits, modules and macros.
macro_rules! own {
    (types $($ty:ident)*) => {$(
        /// A type.
        pub struct $ty;
    )*};
    (traits $($name:ident)*) => {$(
        /// A trait.
        pub trait $name {}
    )*};
    (modules $($name:ident)*) => {$(
        /// A module.
        pub mod $name {}
    )*};
    ($dollar:tt macros $($name:ident)*) => {$(
        macro_rules! $name {
            ($dollar($dollar tokens:tt)*) => {
                ::core::compile_error!("a macro of the user is used")
            };
        }
    )*};
}

own!(types Option Some None Ok Err Result String Vec Box);
own!(types u8 u16 usize bool str);
own!(types State Local Json Context Response Rejection Mode Node);
own!(traits Send Sync Sized Copy Clone Debug Default Drop Into From ToString Future FromStr);
own!(traits IntoResponse Next Handler App Entry Extract Consumer Consumers);
own!(modules core std alloc highball __private);
own!($ macros vec format println concat matches panic unreachable assert module_path file line column stringify env);

type Text = ::std::string::String;
type Outcome<T, E> = ::core::result::Result<T, E>;

/// The state.
#[::core::prelude::v1::derive(::core::fmt::Debug, ::core::clone::Clone, hb::State)]
pub struct AppState {
    /// A number.
    pub limit: u64,
}

/// A local.
#[::core::prelude::v1::derive(::core::fmt::Debug, ::core::clone::Clone, hb::Local)]
pub struct User(pub u64);

/// A generic local.
#[::core::prelude::v1::derive(::core::fmt::Debug, ::core::clone::Clone, hb::Local)]
pub struct Tagged<T>(pub T);

/// Parameters.
#[::core::prelude::v1::derive(::core::fmt::Debug, hb::PathFields)]
pub struct Place {
    /// The city.
    pub city: Text,
    /// The street.
    pub street: ::std::net::IpAddr,
    /// A number.
    pub number: u64,
}

/// An error.
#[::core::prelude::v1::derive(::core::fmt::Debug, hb::IntoResponse)]
pub enum Problem {
    /// With fields.
    #[status(409, "{0} is over")]
    Over(u64),
    /// With a name.
    #[status(410, "{limit:>4} over")]
    Named {
        /// A field.
        limit: u64,
    },
    /// With a cause.
    #[status(500)]
    Read(#[from] ::std::io::Error),
    /// Another.
    #[transparent]
    Other(hb::Rejection),
}

/// A guard.
#[hb::guard]
pub async fn signed_in(hb_state: hb::State<u64>) -> ::core::result::Result<User, Problem> {
    ::core::result::Result::Ok(User(*hb_state))
}

/// A guard with configuration.
#[hb::guard]
pub fn at_most(
    #[config] limit: u64,
    #[config] name: &'static ::core::primitive::str,
    user: hb::Local<'_, User>,
) -> ::core::result::Result<(), Problem> {
    if user.0 > limit {
        return ::core::result::Result::Err(Problem::Over(limit));
    }
    let _ = name;
    ::core::result::Result::Ok(())
}

/// A guard that takes the body.
#[hb::guard(body)]
pub async fn signed(body: hb::Bytes) -> ::core::result::Result<(), Problem> {
    let _ = body;
    ::core::result::Result::Ok(())
}

/// A middleware.
#[hb::middleware(after(signed_in))]
pub async fn timed(cx: &mut hb::Context<'_>, next: impl hb::Next) -> hb::Response {
    next.run(cx).await
}

/// A middleware that passes a value on.
#[hb::middleware]
pub async fn tagged(cx: &mut hb::Context<'_>, next: impl hb::Next<Tagged<User>>) -> hb::Response {
    next.with(Tagged(User(1))).run(cx).await
}

/// An observer.
#[hb::observer]
pub fn counted(exchange: &hb::Exchange<'_>, limit: hb::State<u64>) {
    let _ = (exchange.status(), *limit);
}

/// A guard as a value.
#[::core::prelude::v1::derive(::core::fmt::Debug)]
pub struct Key(pub &'static ::core::primitive::str);

#[hb::guard]
impl Key {
    fn check(&self, cx: &hb::Context<'_>) -> ::core::result::Result<(), Problem> {
        let _ = (cx.path(), self.0);
        ::core::result::Result::Ok(())
    }
}

/// A handler with every kind of argument.
#[hb::post(
    "/every/{id}/{name}",
    with(
        signed_in,
        tagged,
        parallel(at_most(1000, "a"), Key("b")),
        when(|cx| cx.path() == "/", timed),
        when(true, timed),
        layer(::tower_layer::Identity::new()),
    ),
    timeout = hb::middleware::secs(5),
    body_limit = 64 * 1024,
    slash = redirect,
    priority = critical,
    on_disconnect = finish
)]
pub async fn every_kind(
    id: u64,
    name: &::core::primitive::str,
    limit: hb::State<u64>,
    user: hb::Local<'_, User>,
    tag: hb::Local<'_, Tagged<User>>,
    body: hb::Json<hb::serde_json::Value>,
) -> ::core::result::Result<Text, Problem> {
    if id > *limit {
        return ::core::result::Result::Err(Problem::Over(id));
    }
    ::core::result::Result::Ok(::std::format!(
        "{id} {name} {} {} {}",
        user.0,
        tag.0.0,
        body.0
    ))
}

/// A plain handler.
#[hb::get(
    "/plain/{id}",
    dual_write = accepted("nothing is published"),
    slo(p99 = hb::middleware::millis(500), errors = 0.05, period = hb::middleware::days(30)),
)]
pub fn plain(id: u64, limit: hb::State<u64>) -> Text {
    ::std::format!("{id} {}", *limit)
}

/// A handler with the context.
#[hb::get("/context")]
pub async fn context(cx: &hb::Context<'_>) -> hb::Response {
    cx.text(200, cx.path())
}

/// A handler with cookies.
#[hb::get("/cookies")]
pub async fn cookies(cookies: hb::cookie::Cookies<'_>) -> Text {
    ::std::format!("{}", cookies.get("a").is_some())
}

/// A handler with path fields.
#[hb::get("/place/{city}/{street}/{number}")]
pub async fn place(place: hb::Path<Place>) -> Text {
    ::std::format!("{} {} {}", place.city, place.street, place.number)
}

/// A handler with a tuple.
#[hb::get("/tuple/{a}/{b}")]
pub async fn tuple(hb::Path((a, b)): hb::Path<(u64, Text)>) -> Text {
    ::std::format!("{a} {b}")
}

/// A handler that destructures.
#[hb::get("/patterns", with(signed_in))]
pub async fn patterns(hb::State(limit): hb::State<u64>, hb::Local(user): hb::Local<User>) -> Text {
    ::std::format!("{limit} {}", user.0)
}

/// A generic handler.
#[hb::get("/generic/{id}")]
pub async fn generic<T>(id: T) -> Text
where
    T: ::core::str::FromStr + ::core::fmt::Display,
    <T as ::core::str::FromStr>::Err: ::core::fmt::Display,
{
    ::std::format!("{id}")
}

/// A handler with a validated body.
#[hb::post("/orders")]
pub async fn order(order: hb::extract::Valid<hb::Json<crate::places::Order>>) -> Text {
    ::std::format!("{}", order.count)
}

/// A handler with a parameter of the prefix.
#[hb::get("/items/{id}")]
pub async fn item(#[param] org: u64, id: u64) -> Text {
    hb::url!(Api, item(id), org = org, via = Inner)
}

/// A main function.
#[hb::main]
pub async fn main() -> hb::Result {
    let future = async {};
    ::core::result::Result::Ok(future.await)
}

/// A fallback.
#[hb::fallback(with(timed_alone))]
pub async fn nothing(cx: &hb::Context<'_>) -> hb::Response {
    cx.text(404, "nothing")
}

/// A middleware without conditions.
#[hb::middleware]
pub async fn timed_alone(cx: &mut hb::Context<'_>, next: impl hb::Next) -> hb::Response {
    next.run(cx).await
}

/// The facts of something that publishes a job.
const REPORT: hb::extract::Facts =
    hb::extract::Facts::PUBLISHES.and(hb::extract::Facts::named(&[hb::extract::Fact::new(
        "job", "report",
    )]));

/// A consumer.
pub struct tidy;

impl hb::describe::Consumer for tidy {
    const INFO: hb::describe::ConsumerInfo =
        hb::describe::ConsumerInfo::new("tidy", "tidy", "src/shadowed.rs", 1)
            .publishes(&[&REPORT])
            .scheduled();
}

/// A group with a prefix.
#[hb::routes("/orgs/{org}", fallback = nothing, with(timed_alone))]
pub struct Inner(item);

/// A module as a group.
#[hb::routes("/module")]
pub mod module {
    use ::highball as hb;

    /// A route.
    #[hb::get("/")]
    pub async fn index() -> &'static ::core::primitive::str {
        "index"
    }
}

/// A group of methods.
#[::core::prelude::v1::derive(::core::fmt::Debug)]
pub struct Service;

#[hb::routes("/service", every(public | timed_alone))]
impl Service {
    #[get("/{n}", public)]
    fn doubled(n: u64) -> Text {
        ::std::format!("{}", n * 2)
    }

    #[route("/{n}", methods = [PUT, "PURGE"], with(timed_alone))]
    async fn put(n: u64, cx: &mut hb::Context<'_>) -> Text {
        ::std::format!("{n} {}", cx.method())
    }
}

/// The app.
#[hb::routes(app, rejection = hb_problem, with(counted), jobs(tidy, elsewhere("report")))]
pub struct Api(
    every_kind,
    plain,
    context,
    cookies,
    place,
    tuple,
    patterns,
    generic<u64>,
    order,
    Inner,
    module::Routes,
    Service,
    #[prefix("/again")]
    #[with(timed_alone)]
    plain_again,
);

/// A plain handler.
#[hb::get("/plain/{id}")]
pub fn plain_again(id: u64) -> Text {
    ::std::format!("{id}")
}

fn hb_problem(rejection: &hb::Rejection, cx: &hb::Context<'_>) -> hb::Response {
    cx.text(rejection.status().as_u16(), rejection.detail())
}
