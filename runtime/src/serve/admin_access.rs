//! Who may call the routes for operators.

use std::net::IpAddr;

use http::{StatusCode, header, uri::Authority};

use crate::{
    error::{Error, Result},
    extract::{Bearer, SameOrigin, is_same_origin},
    header_value,
    request::Head,
    response::{Rejection, Response},
};

/// The fewest characters of a token.
const SHORTEST: usize = 16;

/// The condition for a request of an operator.
pub(super) struct Access {
    token: Option<String>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It has no token, or a wrong one.
    Token,
    /// It has the host name of another site, which a page has made an alias of this machine.
    Host,
    /// A page of another site has sent it.
    OtherSite,
}

impl Access {
    pub(super) fn new(token: Option<String>) -> Result<Self> {
        if let Some(token) = &token
            && token.chars().count() < SHORTEST
        {
            return Err(Error::new(format!(
                "`admin_token` has fewer than {SHORTEST} characters: make a random one, for example with `openssl rand \
                 -hex 16`"
            )));
        }
        Ok(Self { token })
    }

    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Checks a request.
    pub(super) fn check(&self, head: &Head) -> std::result::Result<(), Refusal> {
        if let Some(token) = &self.token {
            if !Bearer::from_headers(&head.headers).is_ok_and(|sent| sent.is(token)) {
                return Err(Refusal::Token);
            }
        } else if head.certificate.is_none() && !has_own_host(head) {
            return Err(Refusal::Host);
        }
        match is_same_origin(head) {
            true => Ok(()),
            false => Err(Refusal::OtherSite),
        }
    }
}

/// Returns whether the host is `localhost` or an address. A page can make its own name an alias of this machine (DNS
/// rebinding), and then read responses.
fn has_own_host(head: &Head) -> bool {
    let host = header_value::only(&head.headers, header::HOST);
    let host = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let Some(host) = head.uri.authority().cloned().or(host) else {
        // A request of HTTP/1.0 needs no host, and browsers send another version.
        return head.headers.get(header::HOST).is_none();
    };
    let host = host.host().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok()
}

impl Refusal {
    pub(super) fn response(self) -> Response {
        let rejection = match self {
            Self::Token => Bearer::rejection(),
            Self::Host => Rejection::new(
                StatusCode::FORBIDDEN,
                "the host must be `localhost` or an address",
            ),
            Self::OtherSite => SameOrigin::rejection(),
        };
        rejection.problem()
    }
}
