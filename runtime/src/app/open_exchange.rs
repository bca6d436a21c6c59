//! The memory of one exchange: taken from a pool when the request arrives, returned when its body has ended.

use http::request::Parts;

use crate::{
    body::{EndHook, OnEnd, Outcome, RequestBody},
    chain::Faults,
    pool::{self, FreeList, MOST_ITEMS},
    request::{Connected, Head, Out},
    response::Response,
};

/// The state of one exchange. The next exchange on the same thread reuses it.
#[derive(Debug, Default)]
pub(super) struct ExchangeState {
    pub(super) head: Head,
    pub(super) out: Out,
    pub(super) faults: Faults,
}

thread_local! {
    static STATES: FreeList<Box<ExchangeState>> =
        const { FreeList::new(MOST_ITEMS, &pool::CONTEXTS) };
}

/// An exchange in progress. When it is dropped, the exchange is over and its observers run.
#[derive(Debug)]
pub(super) struct OpenExchange(Option<Box<ExchangeState>>);

impl OpenExchange {
    pub(super) fn new(state: Box<ExchangeState>) -> Self {
        Self(Some(state))
    }

    /// Returns the state. It is there until [`follow_body`](Self::follow_body) moves it to a body.
    pub(super) fn state(&mut self) -> Option<&mut ExchangeState> {
        self.0.as_deref_mut()
    }

    /// Keeps the exchange open until the body of its response has ended, if anything observes it.
    pub(super) fn follow_body(mut self, response: &mut Response) {
        let Some(state) = &mut self.0 else { return };
        let panicked = state.faults.move_to(&mut state.out.record, &state.head);
        let outcome = match (panicked, response.body().is_empty()) {
            (true, _) => Outcome::Panicked,
            (false, true) => Outcome::Complete,
            (false, false) => Outcome::Cancelled,
        };
        state.out.record.responded(response.status(), outcome);
        let observed = state.out.record.is_observed();
        if panicked && !observed {
            // A panic may leave values half changed, so the state is dropped, not pooled.
            self.0 = None;
        } else if observed && let Some(state) = self.0.take() {
            response.body_mut().on_end(OnEnd::new(state));
        }
    }
}

impl Drop for OpenExchange {
    fn drop(&mut self) {
        if let Some(state) = self.0.take() {
            state.finish();
        }
    }
}

impl EndHook for ExchangeState {
    fn sent(&mut self, bytes: usize) {
        self.out.record.sent(bytes);
    }

    fn ended(&mut self, outcome: Outcome) {
        self.out.record.ended(outcome);
    }

    fn finish(mut self: Box<Self>) {
        let Self { head, out, faults } = &mut *self;
        let panicked = faults.move_to(&mut out.record, head);
        out.record.run_observers(head);
        if !panicked {
            self.clear();
            pool::give(&STATES, self);
        }
    }
}

impl ExchangeState {
    /// Takes a pooled state, or makes one, and fills it with a request.
    pub(super) fn take<S>(connection: &Connected<S>, parts: Parts, body: RequestBody) -> Box<Self> {
        let mut state = pool::take(&STATES).unwrap_or_default();
        state.fill(connection, parts, body);
        state
    }

    fn fill<S>(&mut self, connection: &Connected<S>, parts: Parts, body: RequestBody) {
        #[cfg(feature = "ws")]
        let mut parts = parts;
        #[cfg(feature = "ws")]
        {
            self.out.upgrade = parts.extensions.remove();
        }
        self.head.method = parts.method;
        self.head.uri = parts.uri;
        self.head.version = parts.version;
        self.head.headers = parts.headers;
        let origin = &connection.origin;
        self.head.peer = origin.peer;
        self.head.is_secure = origin.is_secure;
        self.head.certificate.clone_from(&origin.certificate);
        if let (Some(proxies), Some(peer)) = (&connection.shared.proxies, origin.peer) {
            self.head.client = proxies.find_client(peer, &self.head.headers);
        }
        self.out.body = body;
        self.out.body_limit = connection.shared.body_limit;
    }

    /// Removes everything that belongs to the request. Its header map is pooled for the headers of a later response.
    fn clear(&mut self) {
        pool::give_headers(self.head.clear());
        self.out.body = RequestBody::default();
        #[cfg(feature = "ws")]
        {
            self.out.upgrade = None;
        }
        self.out.switches = false;
        self.out.deadline = None;
        #[cfg(feature = "idempotency")]
        {
            self.out.is_idempotent = false;
        }
        self.head.certificate = None;
        self.out.status = None;
        pool::clear_headers(&mut self.out.headers);
        pool::clear_headers(&mut self.out.added);
    }
}
