//! The extractor `SameOrigin`, a guard against cross-site request forgery for one handler.

use http::{Method, StatusCode};

use super::{Answer, Answers, Extract, Facts, Input, Inputs, client::is_cross_origin};
use crate::{request::Head, response::Rejection};

/// An extractor that rejects requests which may change something and which a page of another origin has sent.
///
/// Take it in a handler that no [`Csrf`](crate::middleware::Csrf) guards, or in a guard of your own. It follows the
/// rules of `Csrf` and has no list of other origins. As an `Option`, or as a `Result` whose error the handler ignores,
/// it does not protect the handler, and the compiler does not count it as a guard.
///
/// # Examples
/// ```
/// use highball::{extract::SameOrigin, prelude::*};
///
/// #[post("/orders")]
/// async fn order(_: SameOrigin) {}
///
/// #[routes(app)]
/// struct Api(order);
///
/// # highball::block_on(async {
/// let order = || Api.test().post("/orders").header(header::HOST, "shop.example");
/// assert_eq!(order().send().await.status(), 200);
/// assert_eq!(order().header("sec-fetch-site", "cross-site").send().await.status(), 403);
/// # });
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SameOrigin;

impl SameOrigin {
    pub(crate) fn rejection() -> Rejection {
        let detail = "pages of this origin may not send such a request";
        Rejection::new(StatusCode::FORBIDDEN, detail)
    }
}

impl<'r> Extract<'r> for SameOrigin {
    type State = ();
    const FACTS: Facts = Facts::SAME_ORIGIN.and(crate::routes::header_facts!(
        "sec-fetch-site",
        "origin",
        "host"
    ));
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::one(
        Answer::problem(403).about("a page of another origin may not send this request"),
    );

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        match is_same_origin(input.head) {
            true => Ok(Self),
            false => Err(Self::rejection()),
        }
    }
}

/// Returns whether a request changes nothing, or does not come from a page of another origin.
///
/// A browser sends `Sec-Fetch-Site`, and a page cannot change it. Older browsers send `Origin`. A request without both
/// is not from a browser of the last five years, and passes.
pub(crate) fn is_same_origin(head: &Head) -> bool {
    if matches!(
        head.method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    ) || head.method.as_str() == "QUERY"
    {
        return true;
    }
    let mut sites = head.headers.get_all("sec-fetch-site").iter().peekable();
    match sites.peek() {
        Some(_) => sites.all(|site| site == "same-origin" || site == "none"),
        None => !is_cross_origin(head),
    }
}
