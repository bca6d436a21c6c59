//! Guards and middleware that a test replaces with values, or removes.

use highball::prelude::*;

#[derive(Local)]
struct User(&'static str);

#[derive(Local)]
struct Tenant(u32);

#[guard]
async fn signed_in(_token: Bearer) -> Result<User, StatusCode> {
    Err(StatusCode::FORBIDDEN)
}

#[guard]
fn tenant(_cx: &Context<'_>) -> Result<Tenant, StatusCode> {
    Err(StatusCode::PAYMENT_REQUIRED)
}

#[guard]
fn admin(user: Local<'_, User>) -> Result<(), StatusCode> {
    match user.0 {
        "root" => Ok(()),
        _ => Err(StatusCode::IM_A_TEAPOT),
    }
}

#[guard]
fn role(#[config] _name: &'static str) -> Result<(), StatusCode> {
    Err(StatusCode::CONFLICT)
}

struct Locked;

#[guard]
impl Locked {
    fn check(&self) -> Result<(), StatusCode> {
        Err(StatusCode::LOCKED)
    }
}

#[middleware]
async fn session(cx: &mut Context<'_>, next: impl Next<Tenant>) -> Response {
    let mut response = next.with(Tenant(1)).run(cx).await;
    response.set_header("x-session", "begun");
    response
}

#[middleware]
async fn marked(cx: &mut Context<'_>, next: impl Next) -> Response {
    let mut response = next.run(cx).await;
    response.set_header("x-marked", "yes");
    response
}

#[get("/me", with(signed_in))]
async fn me(user: Local<'_, User>) -> &'static str {
    user.0
}

#[get("/open")]
async fn open(user: Option<Local<'_, User>>) -> &'static str {
    user.map_or("nobody", |user| user.0)
}

#[get("/admin", with(signed_in, admin))]
async fn only_admin(user: Local<'_, User>) -> &'static str {
    user.0
}

#[get("/both", with(parallel(signed_in, tenant)))]
async fn both(user: Local<'_, User>, tenant: Local<'_, Tenant>) -> String {
    format!("{} {}", user.0, tenant.0)
}

#[get("/session", with(session))]
async fn of_session(tenant: Local<'_, Tenant>) -> String {
    tenant.0.to_string()
}

#[get("/when", with(when(signed_in, marked)))]
async fn when_guard() {}

#[get("/when-closure", with(when(|_| true, signed_in)))]
async fn when_closure() {}

#[get("/role", with(role("editor")))]
async fn of_role() {}

#[get("/locked", with(Locked))]
async fn locked() {}

#[routes("/plain")]
struct Plain(
    me,
    open,
    only_admin,
    both,
    of_session,
    when_guard,
    when_closure,
    of_role,
    locked,
);

#[get("/")]
async fn list(user: Local<'_, User>) -> &'static str {
    user.0
}

#[get("/open")]
async fn without_user() {}

#[routes("/users", with(tenant))]
struct Users(list, without_user);

#[routes("/deep", with(signed_in, role("reader")))]
struct Deep(Users);

#[routes(app)]
struct Api(Plain, Deep);

/// A client before its first request, whose app a test can still change.
type Client = highball::testing::TestClient<Api>;

async fn check(path: &str, given: fn(Client) -> Client, expected: (u16, &str)) {
    let response = given(Api.test()).get(path).send().await;
    let status = response.status().as_u16();
    let text = match status {
        200 => response.text(),
        _ => "",
    };
    assert_eq!((status, text), expected, "{path}");
}

#[tokio::test]
async fn given_local_replaces_its_provider() {
    let nothing: fn(Client) -> Client = |client| client;
    let zoe: fn(Client) -> Client = |client| client.local(User("zoe"));
    let root: fn(Client) -> Client = |client| client.local(User("root"));
    let both: fn(Client) -> Client = |client| client.local(User("zoe")).local(Tenant(7));
    for (path, given, expected) in [
        ("/plain/me", nothing, (401, "")),
        ("/plain/me", zoe, (200, "zoe")),
        ("/plain/open", nothing, (200, "nobody")),
        ("/plain/open", zoe, (200, "zoe")),
        // A guard that reads the local runs with the given value.
        ("/plain/admin", zoe, (418, "")),
        ("/plain/admin", root, (200, "root")),
        // In `parallel(..)`, each guard is replaced separately.
        ("/plain/both", nothing, (401, "")),
        ("/plain/both", zoe, (402, "")),
        ("/plain/both", both, (200, "zoe 7")),
        ("/plain/when-closure", nothing, (401, "")),
        ("/plain/when-closure", zoe, (200, "")),
        // Guards that provide no local still run.
        ("/plain/locked", both, (423, "")),
        ("/deep/users", both, (409, "")),
        // No guard runs for a path without a route.
        ("/plain/nothing", zoe, (404, "")),
    ] {
        check(path, given, expected).await;
    }
}

#[tokio::test]
async fn guard_can_be_removed() {
    let user: fn(Client) -> Client = |client| client.without(signed_in);
    let role_: fn(Client) -> Client = |client| client.without(role);
    let value: fn(Client) -> Client = |client| client.without(Locked);
    let tenant_: fn(Client) -> Client = |client| client.without(tenant).local(User("zoe"));
    let all: fn(Client) -> Client = |client| {
        let client = client.without(signed_in).without(role).without(tenant);
        client.local(User("zoe"))
    };
    let guards: fn(Client) -> Client =
        |client| client.without(signed_in).without(role).without(tenant);
    for (path, given, expected) in [
        ("/plain/open", user, (200, "nobody")),
        ("/plain/when-closure", user, (200, "")),
        ("/plain/role", user, (409, "")),
        ("/plain/role", role_, (200, "")),
        ("/plain/locked", user, (423, "")),
        ("/plain/locked", value, (200, "")),
        // The local of the removed guard is missing, which is possible only in a test.
        ("/plain/me", user, (500, "")),
        ("/plain/both", tenant_, (500, "")),
        // A group from which the outer guards are removed.
        ("/deep/users", all, (200, "zoe")),
        ("/deep/users/open", guards, (200, "")),
        ("/deep/users/open", user, (409, "")),
    ] {
        check(path, given, expected).await;
    }
}

#[tokio::test]
async fn middleware_does_not_run_if_its_local_is_given() {
    let response = Api.test().get("/plain/session").send().await;
    assert_eq!(response.text(), "1");
    assert_eq!(response.headers()["x-session"], "begun");
    let client = Api.test().local(Tenant(9));
    let response = client.get("/plain/session").send().await;
    assert_eq!(response.text(), "9");
    assert!(!response.headers().contains_key("x-session"));
}

#[tokio::test]
async fn replaced_guard_makes_its_condition_true() {
    let marked =
        |response: highball::testing::TestResponse| response.headers().contains_key("x-marked");
    assert!(!marked(Api.test().get("/plain/when").send().await));
    let given = Api.test().local(User("zoe")).get("/plain/when");
    assert!(marked(given.send().await));
    let left_out = Api.test().without(signed_in).get("/plain/when");
    assert!(marked(left_out.send().await));
}

/// A guard whose impl block has a type parameter.
struct Wants<T>(T);

#[guard]
impl<T: highball::extract::LocalType> Wants<Option<T>> {
    fn check(&self, local: Local<'_, T>) -> Result<(), StatusCode> {
        match size_of_val(&*local) {
            4 => Ok(()),
            _ => Err(StatusCode::GONE),
        }
    }
}

#[get("/generic", with(session, Wants::<Option<Tenant>>(None)))]
async fn generic() {}

#[get("/other", with(when(|_| false, signed_in), of_user, Wants::<Option<User>>(None)))]
async fn other() {}

#[middleware]
async fn of_user(cx: &mut Context<'_>, next: impl Next<User>) -> Response {
    next.with(User("zoe")).run(cx).await
}

#[routes(app)]
struct Generic(generic, other);

#[tokio::test]
async fn guard_can_be_generic_over_its_local() {
    assert_eq!(Generic.test().get("/generic").send().await.status(), 200);
    assert_eq!(Generic.test().get("/other").send().await.status(), 410);
    assert_eq!(Generic.test().get("/nothing").send().await.status(), 404);
}
