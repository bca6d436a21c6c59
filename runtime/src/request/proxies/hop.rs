//! Reads the elements of forwarding headers that belong to the client's hop.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
};

use http::{HeaderMap, HeaderValue, header};

use super::HopHeader;
use crate::header_value::{Parameters, from_right};

/// The hop of the client. Its address, and all elements to the left of it, are not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hop {
    /// The client's address.
    pub(crate) ip: IpAddr,
    source: HopHeader,
    /// How many elements are to the right of the one that the proxy next to the client added.
    pub(crate) back: usize,
}

impl Hop {
    pub(crate) fn new(ip: IpAddr, source: HopHeader) -> Self {
        Self {
            ip,
            source,
            back: 0,
        }
    }

    /// Returns the scheme that the client used, if a proxy forwards it.
    pub(crate) fn scheme<'h>(&self, headers: &'h HeaderMap) -> Option<Cow<'h, [u8]>> {
        self.forwarded_value(headers, "x-forwarded-proto", "proto")
    }

    /// Returns the host that the client requested, if a proxy forwards it.
    pub(crate) fn host<'h>(&self, headers: &'h HeaderMap) -> Option<Cow<'h, [u8]>> {
        self.forwarded_value(headers, "x-forwarded-host", "host")
    }

    fn forwarded_value<'h>(
        &self,
        headers: &'h HeaderMap,
        x_name: &str,
        name: &str,
    ) -> Option<Cow<'h, [u8]>> {
        let value = match self.source {
            HopHeader::XForwarded => {
                let mut list = elements(headers, x_name, false);
                let last = list.next()?;
                let element = match self.back.checked_sub(1) {
                    None => last,
                    Some(back) => match list.next() {
                        None => last,
                        Some(second) => std::iter::once(second).chain(list).nth(back)?,
                    },
                };
                Cow::Borrowed(element)
            }
            HopHeader::Forwarded => {
                let element = forwarded(headers).nth(self.back)?;
                param(element, name)?
            }
        };
        (!value.is_empty()).then_some(value)
    }
}

/// Returns the addresses of the hops, the nearest first. `None` is an element that is not an address.
pub(crate) fn addresses(
    headers: &HeaderMap,
    source: HopHeader,
) -> impl Iterator<Item = Option<IpAddr>> {
    let (name, has_quotes) = match source {
        HopHeader::XForwarded => ("x-forwarded-for", false),
        HopHeader::Forwarded => (header::FORWARDED.as_str(), true),
    };
    elements(headers, name, has_quotes).map(move |element| match source {
        HopHeader::XForwarded => address(element),
        HopHeader::Forwarded => address(&param(element, "for")?),
    })
}

fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    elements(headers, header::FORWARDED.as_str(), true)
}

/// Returns the elements of a list over all lines of the header, the last one first.
fn elements<'h>(
    headers: &'h HeaderMap,
    name: &str,
    has_quotes: bool,
) -> impl Iterator<Item = &'h [u8]> {
    let lines = headers.get_all(name).iter().rev();
    lines
        .map(HeaderValue::as_bytes)
        .flat_map(move |line| from_right(line, has_quotes))
}

/// Returns a parameter of an element of `Forwarded`, which has only parameters (RFC 7239 §4).
fn param<'h>(element: &'h [u8], name: &str) -> Option<Cow<'h, [u8]>> {
    Parameters::all(element).get(name)
}

/// Parses an address with an optional port. The port can be obfuscated, `_a` (RFC 7239 §6.3).
fn address(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    let ip = text.parse::<IpAddr>().ok();
    let ip = ip.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    ip.or_else(|| without_port(text)?.parse().ok())
        .map(|ip| ip.to_canonical())
}

fn without_port(text: &str) -> Option<&str> {
    let (host, port) = match text.strip_prefix('[') {
        Some(text) => text.split_once(']')?,
        None => text.split_at(text.find(':')?),
    };
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let is_port = match port.strip_prefix(":_") {
        Some(hidden) => hidden.bytes().all(known),
        None => port.is_empty(),
    };
    is_port.then_some(host)
}
