//! Names that are keywords.

use highball::{IntoResponse, Local, PathFields, State, prelude::*};

/// The state.
#[derive(Debug, Clone, State)]
pub struct AppState {
    /// A number.
    pub r#type: u64,
    /// A value of a type whose name is a keyword.
    pub r#enum: r#enum,
}

/// A type.
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Default)]
pub struct r#enum(pub u8);

/// A local.
#[allow(non_camel_case_types)]
#[derive(Debug, Clone, Local)]
pub struct r#struct(pub u64);

/// Parameters.
#[derive(Debug, PathFields)]
pub struct Fields {
    /// One.
    pub r#type: String,
    /// Another.
    pub r#fn: u64,
}

/// An error.
#[derive(Debug, IntoResponse)]
pub enum Problem {
    /// A message with a keyword.
    #[status(409, "{type} is no {fn:>3}")]
    Over {
        /// A field.
        r#type: String,
        /// A field.
        r#fn: u64,
    },
    /// A variant.
    #[status(410)]
    #[allow(non_camel_case_types)]
    r#match,
}

/// A guard.
#[guard]
pub async fn r#in(r#type: State<u64>) -> Result<r#struct, Problem> {
    Ok(r#struct(*r#type))
}

/// A guard with configuration.
#[guard]
pub fn r#as(
    #[config] r#fn: u64,
    #[config] r#ref: &'static str,
    r#yield: Local<'_, r#struct>,
) -> Result<(), Problem> {
    match r#yield.0 > r#fn {
        true => Err(Problem::Over {
            r#type: r#ref.to_owned(),
            r#fn,
        }),
        false => Ok(()),
    }
}

/// A middleware.
#[middleware]
pub async fn r#loop(r#mut: &mut Context<'_>, r#dyn: impl Next) -> Response {
    r#dyn.run(r#mut).await
}

/// An observer.
#[observer]
pub fn r#let(r#move: &Exchange<'_>) {
    let _ = r#move.status();
}

/// A guard as a value.
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct r#impl {
    /// A field.
    pub r#where: u8,
}

#[guard]
impl r#impl {
    fn r#use(&self, r#mod: &Context<'_>) -> Result<(), Problem> {
        let _ = r#mod.path();
        match self.r#where {
            0 => Err(Problem::r#match),
            _ => Ok(()),
        }
    }
}

/// A handler.
#[get("/async/{type}/{fn}", with(r#in, r#as(9, "a"), r#impl { r#where: 1 }, r#loop))]
pub async fn r#async(r#type: &str, r#fn: u64) -> Result<String, Problem> {
    match r#fn {
        0 => Err(Problem::Over {
            r#type: r#type.to_owned(),
            r#fn,
        }),
        _ => Ok(format!("{type} {fn}")),
    }
}

/// A handler with fields.
#[get("/fields/{type}/{fn}")]
pub async fn r#type(Path(r#fields): Path<Fields>) -> String {
    format!("{} {}", r#fields.r#type, r#fields.r#fn)
}

/// A handler with a tuple.
#[post("/tuple/{type}/{fn}")]
pub async fn r#fn(Path((r#type, r#fn)): Path<(String, u64)>) -> String {
    format!("{type} {fn}")
}

/// A handler of a parameter that a prefix has.
#[get("/inner/{fn}")]
pub async fn r#ref(#[param] r#type: u64, r#fn: u64) -> String {
    format!(
        "{} {} {}",
        r#type,
        r#ref::path(r#fn),
        url!(r#Api, r#ref(r#fn), r#type = r#type, via = r#Inner)
    )
}

/// A handler with another name than `self`.
#[get("/try/{async}/{await}/{dyn}/{gen}/{try}")]
pub async fn r#gen(r#async: u8, r#await: u8, r#dyn: u8, r#gen: u8, r#try: String) -> String {
    let link = r#gen::path(r#async, r#await, r#dyn, r#gen, &r#try);
    let same = url!(Api, r#gen(r#async, r#await, r#dyn, r#gen, &r#try));
    format!("{link} {}", link == same)
}

/// A handler with patterns.
#[get("/patterns", with(r#in))]
pub async fn r#move(State(r#type): State<u64>, Local(r#struct(r#fn)): Local<r#struct>) -> String {
    format!("{type} {fn}")
}

/// A fallback.
#[fallback]
pub async fn r#else(r#if: &Context<'_>) -> Response {
    r#if.text(404, "else")
}

/// A group.
#[routes("/group/{type}", fallback = r#else)]
pub struct r#Inner(r#ref);

/// A module.
#[routes("/mod")]
pub mod r#mod {
    /// A route.
    #[highball::get("/")]
    pub async fn r#true() -> &'static str {
        "true"
    }
}

/// A service.
#[allow(non_camel_case_types)]
#[derive(Debug)]
pub struct r#static;

#[routes("/static")]
impl r#static {
    #[get("/{const}")]
    async fn r#for(r#const: u8) -> String {
        r#const.to_string()
    }
}

/// The app.
#[routes(app, with(r#let))]
pub struct Api(
    r#async,
    r#type,
    r#fn,
    r#gen,
    r#move,
    r#Inner,
    r#mod::Routes,
    r#static,
);
