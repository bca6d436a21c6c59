//! The start of a response, as the context collects it.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

#[cfg(doc)]
use crate::request::context::Context;
use crate::{
    body::RequestBody,
    request::observe::Record,
    response::{Rejection, Response},
};

/// The part of a context that changes while the request is answered.
#[derive(Debug, Default)]
pub(crate) struct Out {
    /// The request's body, until something reads it.
    pub(crate) body: RequestBody,
    /// The most that is read of the body, in bytes.
    pub(crate) body_limit: u64,
    /// The status that [`Context::status`] asked for.
    pub(crate) status: Option<StatusCode>,
    /// The headers that [`Context::set_header`] asked for: they replace those of the response.
    pub(crate) headers: HeaderMap,
    /// The headers that [`Context::append_header`] asked for: they are added to those of the response.
    pub(crate) added: HeaderMap,
    /// How the connection becomes something else, if the client wants that.
    #[cfg(feature = "ws")]
    pub(crate) upgrade: Option<hyper::upgrade::OnUpgrade>,
    /// Whether the request may be answered by 101, since what it becomes is agreed on.
    pub(crate) switches: bool,
    /// What is kept for the observers.
    pub(crate) record: Record,
}

impl Out {
    /// Reads the body to its end.
    pub(crate) async fn read_body(&mut self) -> Result<Bytes, Rejection> {
        self.body
            .read(self.body_limit)
            .await
            .map_err(Rejection::from)
    }

    /// Puts what the handler asked for through the context on its response.
    pub(crate) fn apply(&mut self, response: &mut Response) {
        if let Some(status) = self.status.take()
            && response.status() == StatusCode::OK
        {
            response.set_status(status);
        }
        if !self.headers.is_empty() {
            for (name, value) in self.headers.drain() {
                // Each name has one value here.
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
