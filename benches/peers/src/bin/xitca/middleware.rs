//! The five middleware of `/mw`.

use std::time::Instant;

use bench_peers::{TOKEN, count, micros_since, next_id};
use xitca_web::{
    WebContext,
    error::Error,
    http::{
        StatusCode, WebResponse,
        header::{AUTHORIZATION, HeaderValue, X_FRAME_OPTIONS},
    },
    service::Service,
};

type Answer = Result<WebResponse, Error>;

pub(crate) async fn response_time<S, C, B>(next: &S, ctx: WebContext<'_, C, B>) -> Answer
where
    S: for<'r> Service<WebContext<'r, C, B>, Response = WebResponse, Error = Error>,
{
    let begun = Instant::now();
    let mut answer = next.call(ctx).await?;
    let micros = HeaderValue::from(micros_since(begun));
    answer.headers_mut().insert("x-response-time", micros);
    Ok(answer)
}

pub(crate) async fn counted<S, C, B>(next: &S, ctx: WebContext<'_, C, B>) -> Answer
where
    S: for<'r> Service<WebContext<'r, C, B>, Response = WebResponse, Error = Error>,
{
    count();
    next.call(ctx).await
}

pub(crate) async fn request_id<S, C, B>(next: &S, ctx: WebContext<'_, C, B>) -> Answer
where
    S: for<'r> Service<WebContext<'r, C, B>, Response = WebResponse, Error = Error>,
{
    let id = next_id();
    let mut answer = next.call(ctx).await?;
    if let Ok(id) = HeaderValue::from_bytes(&id) {
        answer.headers_mut().insert("x-request-id", id);
    }
    Ok(answer)
}

pub(crate) async fn frame_options<S, C, B>(next: &S, ctx: WebContext<'_, C, B>) -> Answer
where
    S: for<'r> Service<WebContext<'r, C, B>, Response = WebResponse, Error = Error>,
{
    let mut answer = next.call(ctx).await?;
    let deny = HeaderValue::from_static("DENY");
    answer.headers_mut().insert(X_FRAME_OPTIONS, deny);
    Ok(answer)
}

pub(crate) async fn token<S, C, B>(next: &S, ctx: WebContext<'_, C, B>) -> Answer
where
    S: for<'r> Service<WebContext<'r, C, B>, Response = WebResponse, Error = Error>,
{
    let sent = ctx.req().headers().get(AUTHORIZATION);
    if sent.is_none_or(|sent| sent != TOKEN) {
        // An `Err` would pass the other middleware through their `?`, and the response would lack their headers.
        let mut refused = ctx.into_response("");
        *refused.status_mut() = StatusCode::UNAUTHORIZED;
        return Ok(refused);
    }
    next.call(ctx).await
}
