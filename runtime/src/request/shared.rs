//! The data that the requests of an app, and those of a connection, share.

use std::{any::Any, sync::Arc};

use crate::{
    config::Config,
    request::{
        app_values::AppValues, capacity::Gate, health::Health, proxies::Proxies,
        stand_ins::StandIns, transport::Transport,
    },
    serve::control::Control,
    tasks::Tasks,
};

/// The data that the requests of all connections share.
#[derive(Debug)]
pub(crate) struct Shared<S> {
    /// The app state.
    pub(crate) state: S,
    /// The limit of a request's body in bytes, unless the route sets its own.
    pub(crate) body_limit: u64,
    /// Whether every handler runs to its end after its client has disconnected, not only those of routes with
    /// `on_disconnect = finish`.
    pub(crate) finishes: bool,
    /// Admits requests, if the app has a capacity.
    pub(crate) gate: Option<Arc<Gate>>,
    /// Whether requests of background priority are rejected.
    pub(crate) control: Control,
    /// The proxies whose forwarding headers are trusted.
    pub(crate) proxies: Option<Proxies>,
    /// The values with which a test replaces guards and middleware.
    pub(crate) stand_ins: Option<Box<StandIns>>,
    /// The tasks that outlive their responses. A shutdown waits for them.
    pub(crate) tasks: Tasks,
    /// Whether the server is ready, and the checks that decide it.
    pub(crate) health: Health,
    /// The values of guards and middleware for this app.
    pub(crate) kept: AppValues,
}

impl<S> Shared<S> {
    pub(crate) fn new(state: S) -> Self {
        Self {
            state,
            body_limit: Config::default().body_limit,
            finishes: false,
            gate: None,
            control: Control::default(),
            proxies: None,
            stand_ins: None,
            tasks: Tasks::new(),
            health: Health::default(),
            kept: AppValues::default(),
        }
    }

    /// Returns the locals that a test gives to the chain.
    pub(crate) fn locals(&self) -> &[Box<dyn Any + Send + Sync>] {
        self.stand_ins.as_ref().map_or(&[], |s| s.locals())
    }

    /// Returns the replacements of a test, to add to them.
    pub(crate) fn stand_ins_mut(&mut self) -> &mut StandIns {
        self.stand_ins.get_or_insert_default()
    }

    pub(crate) fn with_state<T>(self, state: T) -> Shared<T> {
        Shared {
            state,
            body_limit: self.body_limit,
            finishes: self.finishes,
            gate: self.gate,
            control: self.control,
            proxies: self.proxies,
            stand_ins: self.stand_ins,
            tasks: self.tasks,
            health: self.health,
            kept: self.kept,
        }
    }
}

/// The data that the requests of one connection share.
///
/// Requests count references to this and not to [`Shared`], so that connections on different cores never write to
/// the same counter.
#[derive(Debug)]
pub(crate) struct Connected<S> {
    pub(crate) shared: Arc<Shared<S>>,
    pub(crate) origin: Transport,
}
