//! The sessions of an app: their store and their settings.

use std::{any::TypeId, fmt, sync::Arc, time::Duration};

use crate::{
    counts::Counts,
    dynamic::DynStore,
    queue::Queue,
    reads::Reads,
    store::{Head, Memory, Millis, Store},
};

/// The sessions of an app: where they are kept, and how long they last. It is a value of the app state, and a battery
/// of the server.
///
/// # Examples
/// ```no_run
/// use highball::{middleware::Csrf, prelude::*};
/// use highball_session::{Session, SessionData, SessionError, Sessions, sessions};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, SessionData)]
/// #[session(key = "cart")]
/// struct Cart {
///     items: Vec<u64>,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     sessions: Sessions,
/// }
///
/// #[post("/cart/{id}")]
/// async fn add(id: u64, mut cart: Session<'_, Cart>) -> Result<NoContent, SessionError> {
///     cart.update(|cart| cart.items.push(id)).await?;
///     Ok(NoContent)
/// }
///
/// #[routes(app, with(Csrf::new(), sessions))]
/// struct Api(add);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let sessions = Sessions::memory().idle(secs(30 * 60)).absolute(secs(12 * 60 * 60));
///     highball::serve(Api).state(AppState { sessions: sessions.clone() }).install(sessions).await
/// }
/// ```
#[derive(Clone)]
pub struct Sessions(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn DynStore>,
    /// Whether the store is in the memory of the process, so that no call of it takes long.
    pub(crate) is_local: bool,
    pub(crate) settings: Settings,
    pub(crate) queue: Arc<Queue>,
    pub(crate) reads: Reads,
    pub(crate) counts: Counts,
}

/// The settings of sessions, with their defaults.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
    pub(crate) remember: Duration,
    /// How often a session gets a new id, besides logins.
    pub(crate) renew: Option<Duration>,
    /// Whether the cookie is sent over plain HTTP, to clients on this machine only.
    pub(crate) plain_http: bool,
    /// Whether a request is anonymous while the store does not answer.
    pub(crate) anonymous_on_error: bool,
    /// How long the store may take for one call.
    pub(crate) patience: Duration,
    /// The most sessions of a user.
    pub(crate) per_user: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30 * 60),
            absolute: Duration::from_secs(12 * 60 * 60),
            remember: Duration::from_secs(30 * 24 * 60 * 60),
            renew: None,
            plain_http: false,
            anonymous_on_error: false,
            patience: Duration::from_secs(2),
            per_user: 100,
        }
    }
}

impl Sessions {
    /// Creates sessions in the memory of the process, which end with it.
    ///
    /// There are up to 100,000. Beyond that, the oldest ones without a login are removed first;
    /// [`Memory`] has the limit.
    pub fn memory() -> Self {
        Self::new(Memory::new())
    }

    /// Creates sessions in this store.
    ///
    /// # Examples
    /// ```
    /// use highball_session::{Sessions, store::Memory};
    ///
    /// let sessions = Sessions::new(Memory::new().max_sessions(10_000));
    /// ```
    pub fn new<S: Store>(store: S) -> Self {
        Self(Arc::new(Inner {
            store: Arc::new(store),
            is_local: TypeId::of::<S>() == TypeId::of::<Memory>(),
            settings: Settings::default(),
            queue: Arc::default(),
            reads: Reads::default(),
            counts: Counts::default(),
        }))
    }

    /// Sets how long a session lasts without a request. The default is 30 minutes.
    #[must_use]
    pub fn idle(self, idle: Duration) -> Self {
        self.set(|settings| settings.idle = idle)
    }

    /// Sets how long a session lasts at most, from its begin or the last login. The default is 12 hours.
    #[must_use]
    pub fn absolute(self, absolute: Duration) -> Self {
        self.set(|settings| settings.absolute = absolute)
    }

    /// Sets how long a login lasts that is [remembered](crate::Login::remember), with or without requests. The default
    /// is 30 days.
    #[must_use]
    pub fn remember(self, remember: Duration) -> Self {
        self.set(|settings| settings.remember = remember)
    }

    /// Gives each session a new id from time to time. By default only a login does.
    ///
    /// The old id leads to the session for ten more seconds, for requests that are under way. If the response with the
    /// new id does not reach the client, the session is lost.
    #[must_use]
    pub fn renew(self, every: Duration) -> Self {
        self.set(|settings| settings.renew = Some(every))
    }

    /// Sends the cookie over plain HTTP, for development on one machine.
    ///
    /// The cookie is then named `session` and is not `Secure`. Requests of other machines, and requests whose `Host` is
    /// not this machine, get a 403. The server prints a line about it when it starts.
    #[must_use]
    pub fn plain_http(self) -> Self {
        self.set(|settings| settings.plain_http = true)
    }

    /// Treats a request as one without a session while the store does not answer. By default it is answered with 503.
    ///
    /// Changes of a session fail with 503 in any case.
    #[must_use]
    pub fn anonymous_on_error(self) -> Self {
        self.set(|settings| settings.anonymous_on_error = true)
    }

    /// Sets how long a call of the store may take. The default is 2 seconds.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        self.set(|settings| settings.patience = patience)
    }

    /// Sets how many sessions a user has at most, in different browsers. The default is 100. A login beyond that ends
    /// the session that was used longest ago, so that no account fills the store.
    #[must_use]
    pub fn per_user(self, most: usize) -> Self {
        self.set(|settings| settings.per_user = most)
    }

    fn set(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.0.settings.clone();
        change(&mut settings);
        Self(Arc::new(Inner {
            store: Arc::clone(&self.0.store),
            is_local: self.0.is_local,
            settings,
            queue: Arc::clone(&self.0.queue),
            reads: Reads::default(),
            counts: Counts::default(),
        }))
    }
}

impl Settings {
    /// Returns when a session expires that was used now.
    pub(crate) fn expires(&self, head: &Head, now: Millis) -> Millis {
        let begun = head.created.max(head.logged_in);
        let after = |time, length| Millis::saturating_add(time, millis_of(length));
        match head.remembered {
            true => after(begun, self.remember),
            false => after(now, self.idle).min(after(begun, self.absolute)),
        }
    }

    /// Returns how much later than the stored time a session must be used for the time to be stored again.
    pub(crate) fn touch_after(&self) -> Millis {
        millis_of(self.idle) / 16
    }
}

/// The longest time of a setting: a thousand years. Stores have signed numbers.
const LONGEST: Millis = 1000 * 366 * 24 * 60 * 60 * 1000;

/// Returns a time as milliseconds.
pub(crate) fn millis_of(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).map_or(LONGEST, |millis| millis.min(LONGEST))
}

/// Returns the time of the app's clock.
pub(crate) fn time_of(clock: &highball::clock::Clock) -> Millis {
    let since = clock.system_time().duration_since(std::time::UNIX_EPOCH);
    let since = since.unwrap_or_default().as_millis();
    Millis::try_from(since).unwrap_or(Millis::MAX)
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
