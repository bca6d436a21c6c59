//! Whom a request is from, and the origin that it was sent to.

use std::{borrow::Cow, net::IpAddr};

use http::header;

use crate::{
    extract::{Extract, Input},
    header_value,
    request::{Context, Head, Origin},
    response::Rejection,
};

/// Whom a request is from: the peer, or whom the trusted [`Proxies`](crate::Proxies) say.
///
/// # Examples
/// See [`Proxies`](crate::Proxies).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    ip: IpAddr,
    is_https: bool,
    origin: Option<Origin>,
}

impl Client {
    /// Returns the client's address.
    pub fn ip(&self) -> IpAddr {
        self.ip
    }

    /// Returns whether the client speaks TLS to the outermost proxy.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// Returns the host that the client has asked for, in lower case, with its port where that is not the
    /// scheme's own.
    ///
    /// A client can ask for any: compare it with those that are yours before you make a link of it.
    pub fn host(&self) -> Option<&str> {
        self.origin.as_ref().map(Origin::authority)
    }

    /// Returns the origin that the client has sent the request to: its scheme, host and port.
    ///
    /// An absolute link begins with it, `format!("{origin}{}", url!(..))`, once its host is known to be one of
    /// yours.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
}

impl<'r> Extract<'r> for Client {
    type State = ();

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let missing = || Rejection::internal().with_cause("the request came by no connection");
        let head = input.head();
        Ok(Self {
            ip: head.client_ip().ok_or_else(missing)?,
            is_https: is_https(head).unwrap_or(false),
            origin: origin_of(head),
        })
    }
}

impl Context<'_> {
    /// Returns the origin that the client has sent the request to: its scheme, host and port, as the trusted
    /// [`Proxies`](crate::Proxies) say or the request itself does.
    ///
    /// An absolute link begins with it. A client can ask for any host: compare it with those that are
    /// yours first.
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

    /// Returns whether a page of another origin has sent the request, by its header `Origin`.
    ///
    /// It is false without that header: browsers leave it out of plain GET and HEAD requests (links, images), and
    /// other clients do not send it. On a connection without TLS where no trusted proxy says the scheme, a page of
    /// the same host by `https` is of the same origin, since TLS may end at a proxy.
    pub fn is_cross_origin(&self) -> bool {
        is_cross_origin(self.head())
    }
}

/// Returns the origin that a request was sent to, if it says a host.
fn origin_of(head: &Head) -> Option<Origin> {
    let scheme = scheme(is_https(head).unwrap_or(false));
    origin_with(head, scheme)
}

/// Returns whether a page of another origin has sent the request, by its header `Origin`.
fn is_cross_origin(head: &Head) -> bool {
    if !head.headers.contains_key(header::ORIGIN) {
        return false;
    }
    let page = header_value::only(&head.headers, header::ORIGIN)
        .and_then(|value| Origin::parse(value.as_bytes()));
    let Some(page) = page else { return true };
    let is_own = |is_https| origin_with(head, scheme(is_https)).is_some_and(|own| own == page);
    match is_https(head) {
        Some(is_https) => !is_own(is_https),
        // TLS may have ended at a proxy that the app does not name.
        None => !is_own(false) && !is_own(true),
    }
}

fn scheme(is_https: bool) -> &'static str {
    if is_https { "https" } else { "http" }
}

/// Returns whether the client has used TLS, or `None` if the connection is plain and no trusted proxy says.
fn is_https(head: &Head) -> Option<bool> {
    let said = head.client.and_then(|hop| hop.scheme(&head.headers));
    match said {
        // Some proxies name the scheme of a WebSocket.
        Some(scheme) => {
            Some(scheme.eq_ignore_ascii_case(b"https") || scheme.eq_ignore_ascii_case(b"wss"))
        }
        None => head.is_secure.then_some(true),
    }
}

/// Returns the origin of a request, with this scheme.
fn origin_with(head: &Head, scheme: &str) -> Option<Origin> {
    let said: Option<Cow<'_, [u8]>> = head.client.and_then(|hop| hop.host(&head.headers));
    said.and_then(|host| Origin::of(scheme, &host))
        .or_else(|| Origin::of(scheme, own_host(head)?))
}

/// Returns the host in the target, as HTTP/2 has it, or in `Host`.
fn own_host(head: &Head) -> Option<&[u8]> {
    match head.uri.authority() {
        Some(authority) => Some(authority.as_str().as_bytes()),
        None => header_value::only(&head.headers, header::HOST).map(|host| host.as_bytes()),
    }
}
