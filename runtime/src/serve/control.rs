//! Switches of a running server, for batteries that act on alerts.

use std::{
    fmt,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::sync::watch;

use crate::{clock::Clock, tasks::Stopping};

/// Changes how a running server works: [`Hooks::control`](crate::battery::Hooks::control).
///
/// # Examples
/// A battery that stops the server after a day:
/// ```
/// use highball::{battery::{Battery, Hooks}, prelude::*};
///
/// struct Daily;
///
/// impl Battery for Daily {
///     fn name(&self) -> String {
///         "daily".to_owned()
///     }
///
///     fn install(self, hooks: &mut Hooks<'_>) {
///         let control = hooks.control();
///         hooks.background("end", move |_, clock| {
///             let control = control.clone();
///             async move {
///                 clock.sleep(hours(24)).await;
///                 control.stop();
///                 Ok(())
///             }
///         });
///     }
/// }
/// ```
#[derive(Clone, Default)]
pub struct Control(Arc<Switches>);

#[derive(Default)]
struct Switches {
    sheds: AtomicBool,
    drains: watch::Sender<bool>,
    stops: watch::Sender<bool>,
}

impl Control {
    /// Rejects requests of background priority with 503, and lets background work take nothing new, until it is called
    /// with `false`.
    ///
    /// Requests and jobs that run are not affected. It needs no [`Capacity`](crate::serve::Capacity).
    pub fn shed_background(&self, sheds: bool) {
        self.0.sheds.store(sheds, Relaxed);
    }

    /// Returns whether background work is shed. A battery that consumes a queue takes nothing new meanwhile.
    pub fn sheds_background(&self) -> bool {
        self.0.sheds.load(Relaxed)
    }

    /// Takes the server out of its balancer, until it is called with `false`.
    ///
    /// `/readyz` responds with 503 at once. After the setting `shutdown_delay`, the responses of HTTP/1 close their
    /// connections and no further connection is accepted: those that arrive wait in the queue of the socket.
    pub fn drain(&self, drains: bool) {
        self.0.drains.send_replace(drains);
    }

    /// Returns whether the server is taken out of its balancer.
    pub fn drains(&self) -> bool {
        *self.0.drains.borrow()
    }

    /// Stops the server as SIGTERM does. It is no second request if a stop has begun.
    pub fn stop(&self) {
        self.0.stops.send_replace(true);
    }

    /// Resolves when a stop is requested.
    pub(super) fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stops = self.0.stops.subscribe();
        async move {
            if stops.wait_for(|stops| *stops).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Makes a server follow [`drain`](Self::drain), until a stop begins.
    pub(super) fn follow_drains(
        &self,
        (closing, paused): (Arc<AtomicBool>, watch::Sender<bool>),
        delay: Duration,
        clock: Clock,
        stopping: Stopping,
    ) -> impl Future<Output = ()> + Send + 'static {
        let mut drains = self.0.drains.subscribe();
        let following = async move {
            while drains.wait_for(|drains| *drains).await.is_ok() {
                tokio::select! {
                    () = clock.sleep(delay) => {}
                    _ = drains.wait_for(|drains| !drains) => continue,
                }
                closing.store(true, Relaxed);
                paused.send_replace(true);
                let _ended = drains.wait_for(|drains| !drains).await;
                closing.store(false, Relaxed);
                paused.send_replace(false);
            }
        };
        async move {
            tokio::select! {
                () = following => {}
                () = stopping => {}
            }
        }
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Control")
            .field("sheds_background", &self.sheds_background())
            .field("drains", &self.drains())
            .finish_non_exhaustive()
    }
}
