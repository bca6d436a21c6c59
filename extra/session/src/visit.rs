//! The session of one request.

mod change;
mod login;

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use highball::{clock::Clock, prelude::*};

use crate::{
    Key, SessionData, Sessions, StoreError,
    app::{millis_of, time_of},
    data::decode,
    id::Id,
    store::{Head, Loaded, Millis, Slot},
};

/// How often a call is tried again because another process was faster.
const TRIES: usize = 8;

/// How long the old id leads to the session after a periodic renewal.
const GRACE: Duration = Duration::from_secs(10);

/// The session of a request, which the middleware [`sessions`](crate::sessions()) provides to the arguments that read
/// it.
///
/// # Examples
/// ```
/// use highball::extract::{LocalId, LocalType};
/// use highball_session::Visit;
///
/// // `NEEDS` of an extractor that creates a `Session`.
/// const NEEDS: &[LocalId] = &[Visit::ID];
/// # let _ = NEEDS;
/// ```
#[derive(Clone, Local)]
#[local(provided_by = "highball_session::sessions")]
pub struct Visit(pub(crate) Option<Arc<Open>>);

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visit").finish_non_exhaustive()
    }
}

/// A session that was looked up.
pub(crate) struct Open {
    pub(crate) sessions: Sessions,
    clock: Clock,
    /// The `User-Agent` of the request.
    agent: String,
    state: Mutex<State>,
    /// Is held while the session gets an id, so that two changes of one request begin one session.
    beginning: tokio::sync::Mutex<()>,
    /// Whether the store did not answer, so that the request is served without its session.
    is_cut_off: bool,
}

#[derive(Default)]
struct State {
    /// The session, unless there is none.
    session: Option<(Key, Head)>,
    slots: Vec<(String, Slot)>,
    has_ended: bool,
    cookie: Change,
}

/// The change of the cookie.
#[derive(Default)]
pub(crate) enum Change {
    #[default]
    Nothing,
    /// The client gets an id, which lasts as long as the browser or for this number of seconds.
    Set(Id, Option<u64>),
    Remove,
}

impl Open {
    /// Looks up the session with this id.
    pub(crate) async fn load(
        sessions: &Sessions,
        clock: &Clock,
        id: Option<&Id>,
        agent: String,
    ) -> Result<Self, StoreError> {
        let open = Self {
            sessions: sessions.clone(),
            clock: clock.clone(),
            agent,
            state: Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            is_cut_off: false,
        };
        let Some(id) = id else {
            return Ok(open);
        };
        let (key, now) = (id.key(), open.now());
        let loaded = open.within(sessions.0.store.load(&key, now)).await?;
        // An id that leads to nothing is left in the client: a login at the same time may have replaced it there.
        if let Some(loaded) = loaded.filter(|loaded| now < loaded.head.expires) {
            open.found(key, loaded, now).await?;
        }
        Ok(open)
    }

    /// Returns the session of a request that is served without it, because the store did not answer. It cannot change:
    /// a new session would replace the one that the client has.
    pub(crate) async fn cut_off(sessions: &Sessions, clock: &Clock) -> Result<Self, StoreError> {
        let mut open = Self::load(sessions, clock, None, String::new()).await?;
        open.is_cut_off = true;
        Ok(open)
    }

    fn check_connected(&self) -> Result<(), StoreError> {
        match self.is_cut_off {
            true => Err(StoreError::new("it did not answer when the request began")),
            false => Ok(()),
        }
    }

    /// Keeps a session that was found, and stores that it is in use.
    async fn found(&self, key: Key, mut loaded: Loaded, now: Millis) -> Result<(), StoreError> {
        let Sessions(inner) = &self.sessions;
        let is_current = loaded.key == key;
        let renews = inner.settings.renew.map(millis_of);
        if is_current
            && renews.is_some_and(|every| now.saturating_sub(loaded.head.renewed) >= every)
        {
            let mut head = loaded.head.clone();
            (head.renewed, head.seen) = (now, now);
            head.expires = inner.settings.expires(&head, now);
            let (id, until) = (Id::random()?, now + millis_of(GRACE));
            let new = id.key();
            let replacing = inner.store.replace(&key, &new, &head, Some(until));
            // Another request may have been faster. It sends the new id. A read does not fail because of a write.
            if let Ok(true) = self.within(replacing).await {
                (loaded.key, loaded.head) = (new, head);
                self.state().cookie = Change::Set(id, self.max_age(&loaded.head, now));
            }
        } else if now.saturating_sub(loaded.head.seen) >= inner.settings.touch_after() {
            loaded.head.seen = now;
            loaded.head.expires = inner.settings.expires(&loaded.head, now);
            let touching = inner.store.touch(&loaded.key, now, loaded.head.expires);
            // The next request tries again. A store that cannot write still serves reads.
            drop(self.within(touching).await);
        }
        let mut state = self.state();
        state.session = Some((loaded.key, loaded.head));
        state.slots = loaded.slots;
        Ok(())
    }

    /// Waits for the store, for a limited time.
    pub(crate) async fn within<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let begun = self.clock.now();
        let done = match self.sessions.0.is_local {
            true => call.await,
            false => {
                let done = self.clock.timeout(self.patience(), call).await;
                done.unwrap_or_else(|_| Err(too_late()))
            }
        };
        self.sessions.0.counts.call(self.clock.now() - begun, &done);
        done
    }

    fn patience(&self) -> Duration {
        self.sessions.0.settings.patience
    }

    pub(crate) fn now(&self) -> Millis {
        time_of(&self.clock)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the session, if there is one.
    pub(crate) fn session(&self) -> Option<(Key, Head)> {
        self.state().session.clone()
    }

    /// Returns the change of the cookie, once.
    pub(crate) fn take_change(&self) -> Change {
        std::mem::take(&mut self.state().cookie)
    }

    /// Returns how long the cookie lasts, in seconds, unless it ends with the browser.
    fn max_age(&self, head: &Head, now: Millis) -> Option<u64> {
        head.remembered
            .then(|| head.expires.saturating_sub(now) / 1000)
    }

    /// Returns the value of a slot: `None` if it has no data and the type has no default.
    pub(crate) fn value<T: SessionData>(&self) -> Option<T> {
        let value: T = self.value_of(self.slot(T::KEY).as_ref())?;
        if T::IS_IDENTITY {
            // Another app with the same store may have a slot of this name with other data.
            let (_, head) = self.session()?;
            let owner = value.owner().map(|owner| format!("{}:{owner}", T::KEY));
            return (owner.is_some() && owner == head.user).then_some(value);
        }
        Some(value)
    }

    fn slot(&self, name: &str) -> Option<Slot> {
        let state = self.state();
        let mut slots = state.slots.iter();
        slots
            .find(|(key, _)| key == name)
            .map(|(_, slot)| slot.clone())
    }

    /// Reads a slot. Data that does not fit the type is dropped.
    fn value_of<T: SessionData>(&self, slot: Option<&Slot>) -> Option<T> {
        let Some(slot) = slot else {
            return T::missing();
        };
        decode(&slot.data).or_else(|| {
            self.sessions.0.reads.count_dropped();
            T::missing()
        })
    }

    /// Returns whether a slot has no data.
    pub(crate) fn is_empty(&self, name: &str) -> bool {
        self.slot(name).is_none()
    }

    fn keep(&self, name: &str, slot: Slot) {
        let slots = &mut self.state().slots;
        match slots.iter_mut().find(|(key, _)| key == name) {
            Some((_, known)) => *known = slot,
            None => slots.push((name.to_owned(), slot)),
        }
    }

    /// Looks for the session again, because its key leads to nothing. Another request may have given it a new id.
    /// Returns the new key.
    async fn follow(&self, key: &Key) -> Result<Option<Key>, StoreError> {
        let now = self.now();
        let loading = self.sessions.0.store.load(key, now);
        let loaded = self.within(loading).await?;
        let Some(loaded) = loaded.filter(|loaded| loaded.key != *key && now < loaded.head.expires)
        else {
            return Ok(None);
        };
        let mut state = self.state();
        state.session = Some((loaded.key, loaded.head));
        state.slots = loaded.slots;
        Ok(Some(loaded.key))
    }
}

pub(crate) fn too_late() -> StoreError {
    StoreError::new("it has not answered in time")
}
