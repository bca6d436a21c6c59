//! The middleware that looks the session up and sends its cookie.

use std::{net::IpAddr, sync::Arc};

use highball::prelude::*;

use crate::{
    Sessions, Visit,
    cookie::{self, Name},
    error::unavailable,
    id::Id,
    visit::{Change, Open},
};

/// The most of the `User-Agent` that is stored, in bytes.
const AGENT: usize = 200;

/// The middleware that gives each request its session.
///
/// Put it into `with(..)` of the app, before guards that read the session. The session is looked up once, and only for
/// routes that read it: those with [`Session`](crate::Session), [`Login`](crate::Login) or [`Fresh`](crate::Fresh) as
/// an argument of the handler or of a guard. A request without a cookie does not use the store, and begins a
/// session only when it writes one.
///
/// A response of such a route has `Vary: Cookie` and, unless the handler has set another one,
/// `Cache-Control: private, no-cache`. With a new cookie it is `no-store`.
///
/// # Examples
/// ```
/// use highball::{middleware::Csrf, prelude::*};
/// use highball_session::{Session, SessionData, sessions};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, SessionData)]
/// #[session(key = "theme")]
/// struct Theme {
///     is_dark: bool,
/// }
///
/// #[get("/theme")]
/// async fn theme(theme: Session<'_, Theme>) -> Json<bool> {
///     Json(theme.is_dark)
/// }
///
/// #[routes(app, with(Csrf::new(), sessions))]
/// struct Api(theme);
/// ```
#[highball::middleware(
    facts = highball::extract::Facts::NONE,
    answers = highball::describe::Answers::NONE
)]
pub async fn sessions(
    sessions: State<Sessions>,
    cx: &mut Context<'_>,
    next: impl Next<Visit>,
) -> Response {
    let reads = |route| sessions.0.reads.has(route);
    if !cx.route().is_some_and(reads) {
        return next.with(Visit(None)).run(cx).await;
    }
    let open = match look_up(&sessions, cx).await {
        Ok(open) => Arc::new(open),
        Err(rejection) => return rejection.into_response(),
    };
    let mut response = next.with(Visit(Some(Arc::clone(&open)))).run(cx).await;
    finish(&open, &mut response);
    response
}

/// Looks up the session of a request.
async fn look_up(sessions: &Sessions, cx: &Context<'_>) -> Result<Open, Rejection> {
    let settings = &sessions.0.settings;
    if settings.plain_http && !is_local(cx) {
        return Err(Rejection::new(
            StatusCode::FORBIDDEN,
            "sessions over plain HTTP are for clients on the machine of the server",
        ));
    }
    let name = Name::of(settings);
    let id = cookie::find(cx.headers(), name).and_then(Id::parse);
    let loaded = Open::load(sessions, cx.clock(), id.as_ref(), agent(cx)).await;
    match loaded {
        Err(_) if settings.anonymous_on_error => Open::cut_off(sessions, cx.clock()).await,
        loaded => loaded,
    }
    .map_err(unavailable)
}

/// Adds the cookie, and the headers that keep caches from sharing the response.
fn finish(open: &Open, response: &mut Response) {
    let name = Name::of(&open.sessions.0.settings);
    let cookie = match open.take_change() {
        Change::Nothing => None,
        Change::Set(id, max_age) => Some(cookie::set(name, id.as_str(), max_age)),
        Change::Remove => Some(cookie::remove(name)),
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, header::HeaderValue::from_static("cookie"));
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
        headers.insert(
            header::CACHE_CONTROL,
            header::HeaderValue::from_static("no-store"),
        );
    } else {
        headers
            .entry(header::CACHE_CONTROL)
            .or_insert(header::HeaderValue::from_static("private, no-cache"));
    }
}

/// Returns whether the client and the host of its request are this machine.
fn is_local(cx: &Context<'_>) -> bool {
    // A proxy on this machine forwards requests of others.
    let forwarded = ["forwarded", "x-forwarded-for", "x-forwarded-host", "via"];
    if forwarded
        .iter()
        .any(|name| cx.headers().contains_key(*name))
    {
        return false;
    }
    let authority = cx.uri().authority().map(|authority| authority.as_str());
    let Some(host) = cx.header("host").or(authority) else {
        return false;
    };
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_here = |ip: IpAddr| ip.to_canonical().is_loopback();
    let host =
        name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(is_here);
    host && cx.peer().is_none_or(|peer| is_here(peer.ip()))
}

fn agent(cx: &Context<'_>) -> String {
    let agent = cx.header("user-agent").unwrap_or_default();
    let mut end = agent.len().min(AGENT);
    while !agent.is_char_boundary(end) {
        end -= 1;
    }
    agent[..end].to_owned()
}
