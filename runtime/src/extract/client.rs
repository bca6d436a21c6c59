//! The client of a request, and the origin that the request was sent to.

use std::{borrow::Cow, net::IpAddr};

use http::header;

use crate::{
    extract::{Answers, Extract, Facts, Input, Inputs},
    header_value,
    request::{Context, Head, Origin},
    response::Rejection,
};

/// An extractor for the client of a request: the peer, or the client that trusted [`Proxies`](crate::serve::Proxies) report.
///
/// # Examples
/// ```
/// use highball::{extract::Client, prelude::*};
///
/// #[get("/ip")]
/// async fn ip(client: Client) -> String {
///     client.ip().to_string()
/// }
///
/// #[routes(app)]
/// struct Api(ip);
///
/// # highball::block_on(async {
/// let client = Api.test().peer("192.0.2.1:50000".parse().unwrap());
/// assert_eq!(client.get("/ip").send().await.text(), "192.0.2.1");
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    ip: IpAddr,
    is_https: bool,
    origin: Option<Origin>,
}

impl Client {
    /// Returns the address of the client.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Returns whether the client uses TLS, to this server or to the outermost trusted proxy.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the host of the request in lower case, with the port unless it is the default of the scheme.
    ///
    /// A client can send any host, so compare it with your own hosts before you use it in a link.
    pub fn host(&self) -> Option<&str> {
        self.origin.as_ref().map(Origin::authority)
    }

    /// Returns the origin that the request was sent to: scheme, host and port.
    ///
    /// An absolute link starts with it: `format!("{origin}{}", url!(..))`. Check first that the host is one of your
    /// own.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
}

impl<'r> Extract<'r> for Client {
    type State = ();
    const FACTS: Facts = Facts::ADDRESS.and(crate::routes::header_facts!(
        "host",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-proto"
    ));
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = Answers::NONE;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing = || Rejection::internal().with_cause("the request has no connection");
        let head = input.head();
        Ok(Self {
            ip: head.client_ip().ok_or_else(missing)?,
            is_https: is_https(head).unwrap_or(false),
            origin: origin_of(head),
        })
    }
}

impl Context<'_> {
    /// Returns the origin that the request was sent to: scheme, host and port.
    ///
    /// Trusted [`Proxies`](crate::serve::Proxies) report it, or else the request contains it. An absolute link starts with the
    /// origin. A client can send any host, so compare it with your own hosts first.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/invite")]
    /// async fn invite(cx: &Context<'_>) -> Result<String, StatusCode> {
    ///     let origin = cx.origin().filter(|origin| origin.host() == "shop.example");
    ///     let origin = origin.ok_or(StatusCode::MISDIRECTED_REQUEST)?;
    ///     Ok(format!("{origin}{}", url!(Api, invite())))
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(invite);
    ///
    /// # highball::block_on(async {
    /// let request = Api.test().get("/invite").header(header::HOST, "Shop.example:80");
    /// assert_eq!(request.send().await.text(), "http://shop.example/invite");
    /// # });
    /// ```
    pub fn origin(&self) -> Option<Origin> {
        origin_of(self.head())
    }

    /// Returns whether a page of another origin has sent the request, according to the header `Origin`.
    ///
    /// Without that header it returns false. Browsers omit it in plain GET and HEAD requests (links, images), and other
    /// clients do not send it. On a connection without TLS, if no trusted proxy reports the scheme, a page with the
    /// same host and the scheme `https` counts as the same origin, because TLS may end at a proxy.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/")]
    /// async fn check(cx: &Context<'_>) -> String {
    ///     cx.is_cross_origin().to_string()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(check);
    ///
    /// # highball::block_on(async {
    /// let session = Api.test().start();
    /// let get = || session.get("/").header("host", "shop.example");
    /// assert_eq!(get().send().await.text(), "false");
    /// assert_eq!(get().header("origin", "https://evil.example").send().await.text(), "true");
    /// # });
    /// ```
    pub fn is_cross_origin(&self) -> bool {
        is_cross_origin(self.head())
    }
}

/// Returns the origin that a request was sent to, or `None` if the request contains no valid host.
fn origin_of(head: &Head) -> Option<Origin> {
    let scheme = scheme(is_https(head).unwrap_or(false));
    origin_with(head, scheme)
}

/// Returns whether a page of another origin has sent the request, according to the header `Origin`.
pub(crate) fn is_cross_origin(head: &Head) -> bool {
    if !head.headers.contains_key(header::ORIGIN) {
        return false;
    }
    let page = header_value::only(&head.headers, header::ORIGIN)
        .and_then(|value| Origin::parse(value.as_bytes()));
    let Some(page) = page else { return true };
    let is_own = |is_https| origin_with(head, scheme(is_https)).is_some_and(|own| own == page);
    match is_https(head) {
        Some(is_https) => !is_own(is_https),
        // TLS may end at a proxy that the app does not list, so the page may have either scheme.
        None => !is_own(false) && !is_own(true),
    }
}

fn scheme(is_https: bool) -> &'static str {
    if is_https { "https" } else { "http" }
}

/// Returns whether the client uses TLS, or `None` if the connection is plain and no trusted proxy reports the scheme.
fn is_https(head: &Head) -> Option<bool> {
    let reported = head.client.and_then(|hop| hop.scheme(&head.headers));
    match reported {
        // Some proxies report `wss` for a WebSocket.
        Some(scheme) => {
            Some(scheme.eq_ignore_ascii_case(b"https") || scheme.eq_ignore_ascii_case(b"wss"))
        }
        None => head.is_secure.then_some(true),
    }
}

/// Returns the origin of a request with this scheme and the host that a trusted proxy reports, or the request's own.
fn origin_with(head: &Head, scheme: &str) -> Option<Origin> {
    let said: Option<Cow<'_, [u8]>> = head.client.and_then(|hop| hop.host(&head.headers));
    said.and_then(|host| Origin::from_host(scheme, &host))
        .or_else(|| Origin::from_host(scheme, own_host(head)?))
}

/// Returns the host of the request target, as in HTTP/2, or of the header `Host`.
fn own_host(head: &Head) -> Option<&[u8]> {
    match head.uri.authority() {
        Some(authority) => Some(authority.as_str().as_bytes()),
        None => header_value::only(&head.headers, header::HOST).map(|host| host.as_bytes()),
    }
}
