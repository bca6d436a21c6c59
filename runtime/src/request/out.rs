//! The status and the headers that are set through the context before there is a response.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use tokio::time::Instant;

use crate::{
    body::RequestBody,
    request::observe::Record,
    response::{Rejection, Response},
};

/// The part of a context that changes while the request is handled.
#[derive(Debug, Default)]
pub(crate) struct Out {
    /// The request's body, until something reads it.
    pub(crate) body: RequestBody,
    /// The most that is read of the body, in bytes.
    pub(crate) body_limit: u64,
    /// The status that [`crate::Context::status`] set.
    pub(crate) status: Option<StatusCode>,
    /// The headers that [`crate::Context::set_header`] set. They replace those of the response.
    pub(crate) headers: HeaderMap,
    /// The headers that [`crate::Context::append_header`] added. They are added to those of the response.
    pub(crate) added: HeaderMap,
    /// The connection after an upgrade, if the client requests one.
    #[cfg(feature = "ws")]
    pub(crate) upgrade: Option<hyper::upgrade::OnUpgrade>,
    /// Whether the response may be 101, because the handler has accepted the upgrade.
    pub(crate) switches: bool,
    /// When the nearest timeout ends the chain inside of it.
    pub(crate) deadline: Option<Instant>,
    /// Whether an outer middleware stores the response for retries.
    #[cfg(feature = "idempotency")]
    pub(crate) is_idempotent: bool,
    /// The record for the observers.
    pub(crate) record: Record,
}

/// The status and the headers that were set through the context.
#[cfg(feature = "idempotency")]
pub(crate) struct SetHead {
    status: Option<StatusCode>,
    headers: HeaderMap,
    added: HeaderMap,
}

#[cfg(feature = "idempotency")]
impl Out {
    /// Removes the status and the headers that were set through the context.
    pub(crate) fn take_set(&mut self) -> SetHead {
        SetHead {
            status: self.status.take(),
            headers: std::mem::take(&mut self.headers),
            added: std::mem::take(&mut self.added),
        }
    }

    /// Sets a status and headers again. Those that were set meanwhile replace them.
    pub(crate) fn restore(&mut self, outer: SetHead) {
        let later = self.take_set();
        self.status = later.status.or(outer.status);
        (self.headers, self.added) = (outer.headers, outer.added);
        for (name, value) in &later.headers {
            self.headers.insert(name, value.clone());
        }
        for (name, value) in &later.added {
            self.added.append(name, value.clone());
        }
    }
}

impl Out {
    /// Reads the whole body, up to its limit.
    pub(crate) async fn read_body(&mut self) -> Result<Bytes, Rejection> {
        self.body
            .read(self.body_limit)
            .await
            .map_err(Rejection::from)
    }

    /// Adds the status and the headers that were set through the context to a response.
    pub(crate) fn apply(&mut self, response: &mut Response) {
        if let Some(status) = self.status.take()
            && response.status() == StatusCode::OK
        {
            response.set_status(status);
        }
        if !self.headers.is_empty() {
            for (name, value) in self.headers.drain() {
                // `set_header` inserts, so each name has one value.
                if let Some(name) = name {
                    response.headers_mut().insert(name, value);
                }
            }
        }
        if !self.added.is_empty() {
            let mut last = None;
            for (name, value) in self.added.drain() {
                last = name.or(last);
                if let Some(name) = &last {
                    response.headers_mut().append(name, value);
                }
            }
        }
    }
}
