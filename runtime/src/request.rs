//! One request: its head, the context that handlers use, and the data that the requests of an app share.

mod app_values;
mod capacity;
pub(crate) mod context;
pub(crate) mod head;
mod health;
mod host;
mod locals;
mod miss;
mod observe;
mod origin;
mod out;
mod per_app;
mod proxies;
pub(crate) mod running_route;
mod running_routes;
mod shared;
mod stand_ins;
mod state;
mod suggest;
mod transport;

pub use capacity::Capacity;
pub(crate) use capacity::{Gate, Permit, too_busy};
pub use context::Context;
pub use head::Head;
pub(crate) use health::{Check, Health, Readiness};
pub(crate) use host::is_host;
pub(crate) use locals::Locals;
pub(crate) use miss::Miss;
pub use observe::Exchange;
pub(crate) use observe::Record;
pub use origin::Origin;
pub(crate) use origin::covers;
pub(crate) use out::Out;
pub use per_app::PerApp;
pub use proxies::Proxies;
pub(crate) use running_route::{Mark, Watching};
pub use running_routes::RunningRoutes;
pub(crate) use shared::{Connected, Shared};
pub(crate) use stand_ins::StandIns;
#[doc(hidden)]
pub use state::{CloneState, HasState, SharedValue, StateField};
pub use state::{Provide, State};
pub(crate) use state::{Stateless, View};
pub(crate) use transport::Transport;
