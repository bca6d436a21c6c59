//! The data that the requests of an app share.

use std::{any::Any, sync::Arc};

use crate::{
    config::Config,
    request::{
        capacity::Gate, health::Health, per_app::AppValues, proxies::Proxies, stand_ins::StandIns,
        transport::Transport,
    },
    tasks::Tasks,
};

/// What the requests of all connections share.
#[derive(Debug)]
pub(crate) struct Shared<S> {
    /// The app state.
    pub(crate) state: S,
    /// The most that is read of a body, in bytes, unless the route says otherwise.
    pub(crate) body_limit: u64,
    /// Whether a request whose client has left is answered to its end, whatever its route says.
    pub(crate) finishes: bool,
    /// Where requests wait for their turn, if the app has a capacity.
    pub(crate) gate: Option<Gate>,
    /// Which proxies may say whom a request is from.
    pub(crate) proxies: Option<Proxies>,
    /// What a test puts in the place of guards and middleware.
    pub(crate) stand_ins: Option<Box<StandIns>>,
    /// What runs on behind an answer, and is waited for at the stop.
    pub(crate) tasks: Tasks,
    /// Whether the server is ready, and what it asks to know.
    pub(crate) health: Health,
    /// What guards and middleware keep for this app.
    pub(crate) kept: AppValues,
}

impl<S> Shared<S> {
    pub(crate) fn new(state: S) -> Self {
        Self {
            state,
            body_limit: Config::default().body_limit,
            finishes: false,
            gate: None,
            proxies: None,
            stand_ins: None,
            tasks: Tasks::new(),
            health: Health::default(),
            kept: AppValues::default(),
        }
    }

    /// Returns the locals that a test gives.
    pub(crate) fn locals(&self) -> &[Box<dyn Any + Send + Sync>] {
        self.stand_ins.as_ref().map_or(&[], |s| s.locals())
    }

    /// Returns what a test puts in the place of guards and middleware, to add to it.
    pub(crate) fn stand_ins_mut(&mut self) -> &mut StandIns {
        self.stand_ins.get_or_insert_default()
    }

    pub(crate) fn with_state<T>(self, state: T) -> Shared<T> {
        Shared {
            state,
            body_limit: self.body_limit,
            finishes: self.finishes,
            gate: self.gate,
            proxies: self.proxies,
            stand_ins: self.stand_ins,
            tasks: self.tasks,
            health: self.health,
            kept: self.kept,
        }
    }
}

/// What the requests of one connection share, so that counting references to the app state never
/// contends between cores.
#[derive(Debug)]
pub(crate) struct Connected<S> {
    pub(crate) shared: Arc<Shared<S>>,
    pub(crate) origin: Transport,
}
