//! The page of the routes: the tree of groups, and the chain of each route.

use std::{collections::BTreeSet, fmt::Write as _};

use highball::{
    App, Rejection, Response, Route, get,
    http::{HeaderValue, StatusCode, header},
};

use crate::{
    assets::{Asset, PageRequest, Served},
    html::{count, doc, escape},
    route_html::write_route,
};

static ASSETS: [Asset; 2] = [
    Asset::style("routes.css", include_bytes!("../assets/routes.css")),
    Asset::script("routes.js", include_bytes!("../assets/routes.js")),
];

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Serves a page with the routes of the app, for its developers, at `/routes`. In a release build it is a 404.
///
/// It shows the tree of groups and the chain of each route: what each guard, middleware and observer needs, provides,
/// reads and may answer, with its place in the source. A part that does not state this is marked as unknown.
///
/// The page contains names and places of the source. [`routes_page_always`] serves it in release builds, too.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// /// Shows a user.
/// #[get("/users/{id}")]
/// async fn show(id: u64) -> String {
///     format!("user {id}")
/// }
///
/// #[routes(app)]
/// struct Api(show, highball_openapi::routes_page<Api>);
///
/// # highball::block_on(async {
/// let page = Api.test().get("/routes").send().await;
/// assert!(page.text().contains("Shows a user."));
/// # });
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "page")))]
#[get("/routes")]
pub async fn routes_page<A: App>(request: PageRequest) -> Served {
    Served(respond::<A>(&request, cfg!(debug_assertions)))
}

/// Serves the page of [`routes_page`] in every build. Put a guard in front of it.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// #[guard]
/// fn developers_only(token: Bearer) -> Result<(), StatusCode> {
///     match token.token() {
///         "secret" => Ok(()),
///         _ => Err(StatusCode::FORBIDDEN),
///     }
/// }
///
/// #[routes(app)]
/// struct Api(#[with(developers_only)] highball_openapi::routes_page_always<Api>);
///
/// # highball::block_on(async {
/// assert_eq!(Api.test().get("/routes").send().await.status(), 401);
/// # });
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "page")))]
#[get("/routes")]
pub async fn routes_page_always<A: App>(request: PageRequest) -> Served {
    Served(respond::<A>(&request, true))
}

/// Returns the page or one of its files. `is_shown` is false in a release build.
fn respond<A: App>(request: &PageRequest, is_shown: bool) -> Result<Response, Rejection> {
    if !is_shown {
        return Err(Rejection::new(
            StatusCode::NOT_FOUND,
            "this page is served by debug builds only",
        ));
    }
    match request.file.as_str() {
        "" => Ok(page(request, A::ROUTES)),
        _ => request.asset(&ASSETS),
    }
}

fn page(request: &PageRequest, routes: &'static [Route]) -> Response {
    let mut tree = Tree::default();
    for (idx, route) in routes.iter().enumerate() {
        tree.add(idx, route);
    }
    let (body, n_groups) = tree.end();
    let name = routes.first().and_then(|route| route.groups().next());
    let [style, script] = &ASSETS;
    let text = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Routes of {name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<script src="{script}" defer></script>
</head>
<body>
<header>
<h1>Routes of <code>{name}</code></h1>
<p>{n_routes} in {n_groups}, {build} build. <span class="unknown">Unknown</span> marks what the source does not state.</p>
<form role="search" hidden>
<label for="filter">Filter</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="method, path, handler, guard ..">
<button type="button" id="open">Expand all</button>
<button type="button" id="close">Collapse all</button>
<output for="filter" role="status"></output>
</form>
</header>
<main>
{body}</main>
</body>
</html>
"#,
        name = escape(name.map_or("an app", |(name, _)| name)),
        style = style.url(),
        script = script.url(),
        n_routes = count(routes.len(), "route"),
        n_groups = count(n_groups, "group"),
        build = if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        },
    );
    let mut response = request.text("text/html; charset=utf-8", &text);
    let policy = HeaderValue::from_static(POLICY);
    response.set_header(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// The groups and routes as HTML. A group is written when its first route comes.
#[derive(Default)]
struct Tree {
    html: String,
    /// The position of each group that is open, outermost first. That of the app is empty.
    open: Vec<Vec<usize>>,
    groups: BTreeSet<Vec<usize>>,
}

impl Tree {
    fn add(&mut self, idx: usize, route: &'static Route) {
        let position: Vec<_> = route.position().collect();
        let groups: Vec<_> = route.groups().collect();
        let is_around =
            |group: &Vec<usize>| position.starts_with(group) && group.len() < position.len();
        while self.open.last().is_some_and(|group| !is_around(group)) {
            self.close();
        }
        for (depth, (name, text)) in groups.iter().enumerate().skip(self.open.len()) {
            let group = position[..depth].to_vec();
            self.groups.insert(group.clone());
            self.open.push(group);
            let level = (depth + 2).min(5);
            // Writing to a `String` cannot fail.
            let _ = write!(
                self.html,
                "<details class=\"group\" open>\n<summary><h{level}>{}</h{level}></summary>\n",
                escape(name)
            );
            if !text.is_empty() {
                self.html.push_str(&doc(text));
            }
        }
        write_route(&mut self.html, idx, route, (groups.len() + 2).min(6));
    }

    fn close(&mut self) {
        self.open.pop();
        self.html.push_str("</details>\n");
    }

    fn end(mut self) -> (String, usize) {
        while !self.open.is_empty() {
            self.close();
        }
        (self.html, self.groups.len())
    }
}

#[cfg(test)]
mod tests {
    use highball::prelude::*;

    use super::*;

    #[get("/always")]
    async fn hidden(request: PageRequest) -> Result<Response, Rejection> {
        respond::<Api>(&request, false)
    }

    #[routes(app)]
    struct Api(hidden, routes_page<Api>);

    #[tokio::test]
    async fn release_build_shows_neither_the_page_nor_its_files() {
        for path in [
            "/always",
            "/always?file=routes.css",
            "/always?file=routes.js",
        ] {
            let response = Api.test().get(path).send().await;
            assert_eq!(response.status(), 404, "{path}");
            assert!(!response.text().contains("hidden"), "{path}");
        }
        let expected = if cfg!(debug_assertions) { 200 } else { 404 };
        assert_eq!(Api.test().get("/routes").send().await.status(), expected);
    }
}
