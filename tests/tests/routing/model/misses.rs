//! An app with a middleware in each group, and the group that handles a request without a matching route.

use highball::{http::HeaderName, prelude::*, testing::TestResponse};

use super::{
    apps::answer,
    matcher::{Expected, PageRoute, best_for_any_method, prefix_matches},
};

/// Adds the name of its group to the response. The innermost group is first.
#[middleware]
async fn tag(#[config] tag: &'static str, cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    let value = header::HeaderValue::from_static(tag);
    response.headers_mut().append(header::VIA, value);
    response
}

macro_rules! handlers {
    ($(#[$attr:meta] $name:ident;)*) => {
        $(
            #[$attr]
            fn $name(cx: &Context<'_>) -> [(HeaderName, String); 2] {
                answer(cx)
            }
        )*
    };
}

// The name of a handler begins with the name of its group.
handlers! {
    #[get("/")] users_list;
    #[get("/{id}")] users_show;
    #[post("/new")] users_new;
    #[patch("/{id}")] inner_patch;
    #[get("/old/", slash = redirect)] inner_old_redirect;
    #[get("/{post}")] posts_show;
    #[delete("/", slash = ignore)] posts_clear_ignore;
    #[put("/{number}")] admin_put;
    #[post("/")] admin_add;
    #[get("/x")] orgs_x;
    #[get("/posts/{y}")] orgs_posts;
    #[get("/é", slash = redirect)] versions_e_redirect;
    #[post("/a/{*rest}")] versions_rest;
    #[get("/t", slash = ignore)] short_t_ignore;
    #[put("/s", slash = ignore)] alias_s_ignore;
    #[post("/t//", slash = ignore)] long_t_ignore;
    #[post("/s/")] long_s;
    #[put("/{a}/{b}/{*c}")] app_rest;
    #[delete("/users/{name}")] app_delete;
}

#[routes("/{id}/posts", with(tag("posts")))]
struct Posts(posts_show, posts_clear_ignore);
#[routes(with(tag("inner")))]
struct Inner(inner_patch, inner_old_redirect);
#[routes("/users", with(tag("users")))]
struct Users(Inner, users_list, users_show, users_new, Posts);
#[routes("/users", with(tag("admin")))]
struct Admin(admin_put, admin_add);
#[routes("/{org}", with(tag("orgs")))]
struct Orgs(orgs_x, orgs_posts);
#[routes("/v{n}", with(tag("versions")))]
struct Versions(versions_e_redirect, versions_rest);
#[routes(with(tag("short")))]
struct Short(short_t_ignore);
#[routes(with(tag("long")))]
struct Long(long_t_ignore, long_s);
#[routes(with(tag("alias")))]
struct Alias(alias_s_ignore);
#[routes(app, with(tag("app")))]
pub(crate) struct Api(
    Short,
    Long,
    Alias,
    app_delete,
    Users,
    Admin,
    Orgs,
    Versions,
    app_rest,
);

/// A group: its tag, its full prefix, and the tags of the group and of the groups around it, from the inside out.
type Group = (&'static str, &'static str, &'static [&'static str]);

/// The groups in the order of their lists. An outer group precedes its inner groups.
const GROUPS: [Group; 10] = [
    ("app", "", &["app"]),
    ("short", "", &["short", "app"]),
    ("long", "", &["long", "app"]),
    ("alias", "", &["alias", "app"]),
    ("users", "/users", &["users", "app"]),
    ("inner", "/users", &["inner", "users", "app"]),
    ("posts", "/users/{id}/posts", &["posts", "users", "app"]),
    ("admin", "/users", &["admin", "app"]),
    ("orgs", "/{org}", &["orgs", "app"]),
    ("versions", "/v{n}", &["versions", "app"]),
];

/// Checks which middleware ran. Only the app of this module has middleware.
pub(crate) fn check_tags(
    response: &TestResponse,
    routes: &[PageRoute],
    target: &str,
    expected: &Expected,
) -> Result<(), String> {
    let via = response.headers().get_all(header::VIA);
    let via: Vec<_> = via.iter().filter_map(|value| value.to_str().ok()).collect();
    let is_here = routes.iter().any(|route| route.handler == "app_delete");
    if !is_here || *expected == Expected::BadRequest {
        return Ok(());
    }
    let tags = expected_tags(routes, target, expected);
    if via == tags {
        return Ok(());
    }
    Err(format!(
        "{expected:?}\nthe page: {tags:?}\nthe app: {via:?}"
    ))
}

/// Returns the tags of the group whose middleware must run.
fn expected_tags(
    routes: &[PageRoute],
    target: &str,
    expected: &Expected,
) -> &'static [&'static str] {
    let path = target.split('?').next().unwrap_or_default();
    match expected {
        Expected::NotFound => group_of_missing(path),
        Expected::Handler(handler, _) | Expected::Redirect(handler, _) => group_of(handler),
        Expected::NotAllowed(_) | Expected::Options(_) => {
            group_of(best_for_any_method(routes, path))
        }
        Expected::BadRequest => &[],
    }
}

fn group_of(handler: &str) -> &'static [&'static str] {
    let tag = handler.split('_').next();
    let group = GROUPS.iter().find(|group| Some(group.0) == tag);
    group.expect("a handler named after its group").2
}

fn group_of_missing(path: &str) -> &'static [&'static str] {
    let mut best = &GROUPS[0];
    let n_segments = |group: &Group| group.1.matches('/').count();
    for group in GROUPS.iter().filter(|group| prefix_matches(group.1, path)) {
        let (new, old) = (n_segments(group), n_segments(best));
        if new > old || (new == old && group.2.len() < best.2.len()) {
            best = group;
        }
    }
    best.2
}
