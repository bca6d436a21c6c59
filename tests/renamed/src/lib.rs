//! Routes without anything that generated code could rely on: the crate is renamed, the standard prelude is missing,
//! and a handler has the name of a keyword.

#![no_implicit_prelude]
#![allow(missing_docs)]

use ::core::prelude::v1::derive;
use ::railway::{
    Context, IntoResponse, Local, Next, PathFields, Response, State, any, fallback, get, guard,
    middleware, post, routes, url,
};
use ::std::{
    clone::Clone,
    default::Default,
    fmt::Debug,
    marker::Copy,
    result::Result::{self, Err, Ok},
    string::String,
};

#[derive(Debug, Clone, Copy, Default, State)]
#[highball(crate = ::railway)]
pub struct AppState {
    pub limit: u64,
}

#[derive(Debug, IntoResponse)]
#[highball(crate = ::railway)]
pub enum Problem {
    #[status(409, "{0} is over the limit")]
    Over(u64),
}

#[derive(Debug, PathFields)]
#[highball(crate = ::railway)]
pub struct Place {
    pub city: String,
}

#[derive(Debug, Local)]
#[highball(crate = ::railway)]
pub struct Number(u64);

#[middleware(crate = ::railway)]
pub async fn numbered(cx: &mut Context<'_>, next: impl Next<Number>) -> Response {
    next.with(Number(7)).run(cx).await
}

#[guard(crate = ::railway)]
pub fn limited(limit: State<u64>, number: Local<'_, Number>) -> Result<(), Problem> {
    if number.0 > *limit {
        Err(Problem::Over(number.0))
    } else {
        Ok(())
    }
}

#[get("/{type}/as/{fn}", with(numbered), crate = ::railway)]
pub async fn r#match(r#type: &str, r#fn: u64, n: Local<'_, Number>) -> String {
    ::std::format!("{type} {fn} {}", n.0)
}

#[post("/{n}", crate = ::railway)]
pub fn check(n: u64, limit: State<u64>) -> Result<String, Problem> {
    if n > *limit {
        return Err(Problem::Over(n));
    }
    Ok(url!(Api, check(n), via = Numbers, crate = ::railway))
}

#[any("/in/{city}", crate = ::railway)]
pub async fn place(place: ::railway::Path<Place>) -> String {
    Clone::clone(&place.city)
}

#[fallback(crate = ::railway)]
pub async fn nothing(cx: &Context<'_>) -> Response {
    cx.text(404, cx.path())
}

#[routes("/numbers", fallback = nothing, crate = ::railway)]
pub struct Numbers(check);

#[routes("/module", crate = ::railway)]
pub mod module {
    #[::railway::get("/", crate = ::railway)]
    pub async fn index() -> &'static str {
        "index"
    }
}

// Without `crate = ..`, the attributes find the name in `Cargo.toml`.
#[derive(Debug, Clone, Local)]
pub struct Found(pub u64);

#[guard]
pub fn find(State(limit): State<u64>) -> Result<Found, Problem> {
    Ok(Found(limit))
}

#[get("/found", with(find))]
pub async fn found(Local(found): Local<Found>) -> String {
    ::std::format!("{} {}", url!(Api, found()), found.0)
}

#[routes("/found-module", timeout = ::railway::middleware::secs(5))]
pub mod found_module {
    #[::railway::get("/")]
    pub async fn index() -> &'static str {
        "index"
    }
}

#[derive(Debug)]
pub struct Service;

#[routes("/service", crate = ::railway)]
impl Service {
    #[get("/{n}")]
    fn doubled(n: u64) -> String {
        ::std::format!("{}", n * 2)
    }
}

#[routes(app, crate = ::railway)]
pub struct Api(
    r#match,
    Numbers,
    place,
    module::Routes,
    found,
    found_module::Routes,
    Service,
);
