//! Apps that `every(..)` accepts. `tests/ui/every/` has those that it rejects.

use highball::{middleware::Cors, prelude::*};

#[guard]
fn signed_in() -> Result<(), StatusCode> {
    Err(StatusCode::UNAUTHORIZED)
}

#[guard]
fn not_blocked() -> Result<(), StatusCode> {
    Ok(())
}

#[observer]
fn audited(_exchange: &Exchange<'_>) {}

#[get("/own", with(signed_in))]
async fn own() {}

#[get("/side", with(parallel(not_blocked, signed_in)))]
async fn side() {}

#[get("/entry")]
async fn entry() {}

#[get("/twice", with(when(true, signed_in), signed_in))]
async fn twice() {}

#[get("/public", public)]
async fn public() {}

#[route("/any", public, methods = [GET, POST])]
async fn several() {}

#[get("/inner")]
async fn inner() {}

#[routes("/group", with(signed_in))]
struct Group(inner);

/// The part that it demands is in the app.
#[routes("/outer", every(audited))]
struct Demanding(inner, public);

#[routes("/module")]
mod module {
    use highball::prelude::*;

    #[get("/", public)]
    pub(super) async fn open() {}
}

struct Methods;

#[routes("/methods", every(super::every::signed_in | public))]
impl Methods {
    #[get("/open", public)]
    async fn open() {}

    #[get("/shut", with(signed_in))]
    async fn shut() {}
}

#[fallback]
async fn missing() -> StatusCode {
    StatusCode::NOT_FOUND
}

#[routes(
    app,
    every(signed_in | not_blocked | public, audited, Cors),
    with(audited, Cors::any()),
    fallback = missing
)]
struct Api(
    own,
    side,
    #[with(signed_in)] entry,
    twice,
    public,
    several,
    Group,
    #[with(not_blocked)] Demanding,
    module::Routes,
    Methods,
);

#[tokio::test]
async fn routes_with_the_part_or_the_word_compile() {
    let client = Api.test().start();
    for (path, expected) in [
        ("/own", 401),
        ("/side", 401),
        ("/entry", 401),
        ("/group/inner", 401),
        ("/public", 200),
        ("/outer/inner", 200),
        ("/methods/open", 200),
        ("/methods/shut", 401),
        ("/nothing", 404),
    ] {
        let status = client.get(path).send().await.status();
        assert_eq!(status, expected, "{path}");
    }
}

#[test]
fn listing_shows_what_is_public() {
    let routes = Api::ROUTES.iter().filter(|route| route.is_public());
    let paths: Vec<_> = routes.map(|route| route.path()).collect();
    assert_eq!(
        paths,
        [
            "/public",
            "/any",
            "/outer/public",
            "/module",
            "/methods/open"
        ]
    );
}

/// Without `every(..)`, `public` has no effect.
#[routes(app)]
struct Plain(public, own);

#[test]
fn app_without_demands_ignores_the_word() {
    assert!(Plain::ROUTES[0].is_public());
}

/// An entry may be exempt where it is listed, with everything below it.
#[routes(app, every(signed_in | public))]
struct Listed(#[public] entry, #[public] Others);

#[routes("/others")]
struct Others(inner);

#[test]
fn an_entry_is_public_where_it_is_listed() {
    assert!(Listed::ROUTES.iter().all(|route| route.is_public()));
}
