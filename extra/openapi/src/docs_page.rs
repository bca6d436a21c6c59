//! The documentation page: RapiDoc, with the document of the app.

use std::collections::BTreeSet;

use highball::{
    Response, get,
    http::{HeaderValue, Uri, header},
};
use serde_json::Value;

use crate::{
    Documented, Spec,
    assets::{Asset, PageRequest, Served},
    html::escape,
    routes::built,
};

static ASSETS: [Asset; 3] = [
    Asset::style("page.css", include_bytes!("../assets/page.css")),
    Asset::script("page.js", include_bytes!("../assets/page.js")),
    Asset::script(
        "rapidoc.js",
        include_bytes!("../assets/rapidoc/rapidoc-min.js.gz"),
    )
    .gzip(),
];

/// Serves a page with the documentation of the API, at `/docs`. Readers can send requests from it.
///
/// Everything that the page loads is part of the program and of this route, the document among it, so the page works
/// offline, below any prefix and behind a proxy. Its `Content-Security-Policy` allows no inline code, no inline styles
/// and no other origin, except for the servers of the document.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// # use highball_openapi::{Document, Documented};
/// #[routes(app)]
/// struct Api(highball_openapi::page<Api>);
///
/// impl Documented for Api {
///     fn document() -> Document {
///         Document::of::<Self>("Nothing", "1.0.0")
///     }
/// }
/// # highball::block_on(async {
/// let page = Api.test().get("/docs").send().await;
/// assert_eq!(page.header(header::CONTENT_TYPE), "text/html; charset=utf-8");
/// # });
/// ```
#[cfg_attr(docsrs, doc(cfg(feature = "page")))]
#[get("/docs")]
pub async fn page<A: Documented>(request: PageRequest) -> Served {
    let file = request.file.as_str();
    Served(match file {
        "" => built::<A>().map(|document| html(&request, &document)),
        "openapi.json" => {
            built::<A>().map(|document| request.text("application/json", document.json()))
        }
        _ => request.asset(&ASSETS),
    })
}

fn html(request: &PageRequest, document: &Spec) -> Response {
    let document: Value = serde_json::from_str(document.json()).unwrap_or_default();
    let title = document["info"]["title"].as_str().unwrap_or_default();
    let [style, script, rapidoc] = &ASSETS;
    let text = format!(
        r#"<!doctype html>
<html lang="en" data-segments="{segments}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<script src="{script}" defer></script>
<script src="{rapidoc}" defer></script>
</head>
<body>
<p role="status">Loading the documentation ..</p>
<noscript><p>This page needs JavaScript. The document itself is <a href="?file=openapi.json">openapi.json</a>.</p></noscript>
</body>
</html>
"#,
        segments = request.n_segments,
        title = escape(title),
        style = style.url(),
        script = script.url(),
        rapidoc = rapidoc.url(),
    );
    let mut response = request.text("text/html; charset=utf-8", &text);
    let policy = policy(&document);
    response.set_header(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Returns the policy of the page. "Try it" sends requests to the servers of the document.
fn policy(document: &Value) -> HeaderValue {
    let servers = document["servers"].as_array().into_iter().flatten();
    let urls = servers.filter_map(|server| server["url"].as_str()?.parse::<Uri>().ok());
    let origins: BTreeSet<_> = urls
        .filter_map(|url| Some(format!(" {}://{}", url.scheme_str()?, url.authority()?)))
        .collect();
    let origins: String = origins.into_iter().collect();
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         connect-src 'self'{origins}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    // The parts of a `Uri` are valid in a header. A semicolon would begin another directive.
    match HeaderValue::try_from(policy) {
        Ok(policy) if !origins.contains([';', ',']) => policy,
        _ => HeaderValue::from_static("default-src 'none'"),
    }
}
