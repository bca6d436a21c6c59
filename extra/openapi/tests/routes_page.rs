//! The page of the routes: the tree, the chains, and what is unknown.

#![cfg(feature = "page")]

use highball::{middleware::SecurityHeaders, prelude::*};

#[derive(Local)]
struct User(String);

#[derive(IntoResponse)]
enum Denied {
    #[status(403, "another token is needed")]
    Token,
}

/// Requires a token.
#[guard]
fn signed_in(token: Bearer) -> Result<User, Denied> {
    match token.token() {
        "secret" => Ok(User("zoe".to_owned())),
        _ => Err(Denied::Token),
    }
}

/// A middleware that states nothing.
#[middleware]
async fn opaque(cx: &mut Context<'_>, next: impl Next) -> Response {
    next.run(cx).await
}

/// An observer that reads nothing.
#[observer]
fn count(_exchange: &Exchange<'_>) {}

/// Shows <b>the</b> user, as `<User>`.
///
/// Another paragraph & more.
#[get("/{id}", priority = critical)]
async fn show(id: u64, user: Local<'_, User>) -> Option<Json<String>> {
    (id == 1).then(|| Json(user.0.clone()))
}

#[post("/", with(opaque), csrf = off("for <tests>"), on_disconnect = finish)]
#[deprecated(note = "use \"/<new>\"")]
async fn create() -> Response {
    ().into_response()
}

#[get("/same")]
async fn same() {}

/// The users of `V1`.
#[routes("/users", with(signed_in))]
struct Users(show, create);

#[routes("/same")]
struct Same(same);

#[routes(app, with(SecurityHeaders::new(), count))]
struct Api(
    #[prefix("/a")] Same,
    #[prefix("/b")] Same,
    Users,
    highball_openapi::routes_page_always<Api>,
);

async fn page() -> String {
    let response = Api.test().get("/routes").send().await;
    assert_eq!(response.status(), 200);
    response.text().to_owned()
}

/// Returns the part of the page about a route.
fn of<'p>(page: &'p str, path: &str) -> &'p str {
    let path = format!("<code class=\"path\">{path}</code>");
    let (_, rest) = page.split_once(&path).expect(&path);
    rest.split("<details").next().unwrap()
}

/// Returns the texts without markup, one in a line.
fn text(html: &str) -> String {
    let pieces = html
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let pieces = pieces.map(str::trim).filter(|piece| !piece.is_empty());
    pieces.collect::<Vec<_>>().join("\n")
}

fn check(text: &str, expected: &[&str]) {
    let mut rest = text;
    for line in expected {
        let found = rest.split_once(line);
        rest = found
            .unwrap_or_else(|| panic!("{line:?} is not in order in:\n{text}"))
            .1;
    }
}

#[tokio::test]
async fn page_shows_each_group_once_with_its_routes() {
    let page = page().await;
    let tree: Vec<_> = page
        .lines()
        .filter_map(|line| {
            let group = line.strip_prefix("<summary><h").map(|rest| &rest[2..]);
            let route = line.split_once("class=\"path\">").map(|(_, rest)| rest);
            group.or(route)?.split('<').next()
        })
        .collect();
    let expected = ["Api", "Same", "/a/same/same", "Same", "/b/same/same"];
    assert_eq!(tree[..5], expected);
    assert_eq!(tree[5..], ["Users", "/users/{id}", "/users", "/routes"]);
    assert!(page.contains("5 routes in 4 groups"), "{page}");
    assert_eq!(
        page.matches("<details").count(),
        page.matches("</details>").count()
    );
}

#[tokio::test]
async fn page_shows_the_chain_in_order() {
    let page = page().await;
    let show = text(of(&page, "/users/{id}"));
    check(&show, &["critical", "Priority", "critical"]);
    check(
        &show,
        &[
            "Chain, outermost first",
            "middleware",
            "SecurityHeaders",
            "Api",
            "observer",
            "count",
            "Api",
            "guard",
            "signed_in",
            "Users",
            "routes_page.rs:",
            "Provides",
            "User",
            "Reads and does",
            "login by header",
            "authorization",
            "May answer",
            "401",
            "403",
            "handler",
            "show",
            "Needs",
            "User",
            "May answer",
            "200",
            "400",
            "404",
            "Inputs",
            "path",
            "id: u64",
            "yes",
            "Answers",
            "200",
            "application/json",
            "String",
        ],
    );
    assert!(!show.contains("unknown"), "{show}");
}

#[tokio::test]
async fn page_marks_what_is_unknown() {
    let page = page().await;
    let create = text(of(&page, "/users"));
    check(
        &create,
        &[
            "deprecated",
            "csrf off",
            "partly unknown",
            "CSRF",
            "off: for &lt;tests&gt;",
            "Client disconnects",
            "the handler runs to its end",
            "Deprecated",
            "use &quot;/&lt;new&gt;&quot;",
            "middleware",
            "opaque",
            "Reads and does",
            "unknown",
            "May answer",
            "unknown",
            "handler",
            "create",
            "May answer",
            "unknown",
            "Unknown answers",
            "opaque",
            "Response",
        ],
    );
}

#[tokio::test]
async fn texts_of_the_source_are_escaped() {
    let page = page().await;
    let expected = "<p class=\"doc\">Shows &lt;b&gt;the&lt;/b&gt; user, as <code>&lt;User&gt;</code>.</p>\n\
                    <p class=\"doc\">Another paragraph &amp; more.</p>";
    assert!(page.contains(expected), "{page}");
    assert!(!page.contains("<b>the") && !page.contains("<tests>") && !page.contains("<new>"));
    // No inline code, no inline styles, and nothing of another origin.
    assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains("://"));
}

#[tokio::test]
async fn page_has_a_strict_policy_and_files() {
    let page = Api.test().get("/routes").send().await;
    let policy = page.header("content-security-policy").to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"));
    assert!(!policy.contains("unsafe"));
    assert_eq!(page.header("cache-control"), "no-cache");
    for (file, kind) in [("routes.css", "text/css"), ("routes.js", "text/javascript")] {
        let file = Api.test().get(&format!("/routes?file={file}")).send().await;
        assert_eq!(
            file.header("content-type"),
            format!("{kind}; charset=utf-8")
        );
    }
}
