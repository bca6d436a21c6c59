//! Changes of slots, and the begin of a session.

use super::{Change, Open, TRIES, too_late};
use crate::{
    Key, SessionData, SessionError, StoreError,
    data::encode,
    id::Id,
    store::{Head, Put, Slot},
};

/// The largest data of a slot, in bytes.
const MOST: usize = 64 * 1024;

impl Open {
    /// Changes a slot, and returns its new value and the result of the change. The wait for other changes of this
    /// process and all calls of the store together take a limited time.
    pub(crate) async fn change<T: SessionData, R>(
        &self,
        change: impl Fn(&mut T) -> R,
    ) -> Result<(T, R), SessionError> {
        let changing = self.change_in_turn(change);
        if self.sessions.0.is_local {
            return changing.await;
        }
        let changed = self.clock.timeout(self.patience(), changing).await;
        changed.unwrap_or_else(|_| Err(too_late().into()))
    }

    async fn change_in_turn<T: SessionData, R>(
        &self,
        change: impl Fn(&mut T) -> R,
    ) -> Result<(T, R), SessionError> {
        let mut key = self.begun().await?;
        let _turn = self.sessions.0.queue.turn(&key, T::KEY).await;
        let mut slot = self.slot(T::KEY);
        for _ in 0..TRIES {
            let value = self.value_of(slot.as_ref());
            let mut value: T = value.ok_or(SessionError::Ended)?;
            let result = change(&mut value);
            match self.put::<T>(&key, slot.as_ref(), &value).await? {
                Put::Done(_) => return Ok((value, result)),
                Put::Conflict(now) => slot = now,
                Put::Ended => {
                    key = self.follow(&key).await?.ok_or(SessionError::Ended)?;
                    slot = self.slot(T::KEY);
                }
            }
        }
        Err(SessionError::Conflict)
    }

    /// Stores the value of a slot if it has not changed, and keeps it for other arguments of this request.
    pub(super) async fn put<T: SessionData>(
        &self,
        key: &Key,
        slot: Option<&Slot>,
        value: &T,
    ) -> Result<Put, SessionError> {
        let data = encode(value).map_err(SessionError::Data)?;
        if data.json.len() > MOST {
            return Err(SessionError::TooLarge);
        }
        let expected = slot.map_or(0, |slot| slot.version);
        let putting = self.sessions.0.store.put(key, T::KEY, expected, &data);
        let put = self.within(putting).await?;
        if let Put::Done(version) = put {
            self.keep(T::KEY, Slot { version, data });
        }
        Ok(put)
    }

    /// Returns the key of the session, which begins if there is none.
    async fn begun(&self) -> Result<Key, SessionError> {
        self.check_connected()?;
        let _turn = self.beginning.lock().await;
        {
            let state = self.state();
            if state.has_ended {
                return Err(SessionError::Ended);
            }
            if let Some((key, _)) = &state.session {
                return Ok(*key);
            }
        }
        let now = self.now();
        let mut head = Head {
            created: now,
            renewed: now,
            seen: now,
            ..Head::default()
        };
        head.expires = self.sessions.0.settings.expires(&head, now);
        Ok(self.create(head).await?)
    }

    /// Creates a session. An id that is in use is never given to a second one.
    pub(super) async fn create(&self, head: Head) -> Result<Key, StoreError> {
        let id = Id::random()?;
        let key = id.key();
        let creating = self.sessions.0.store.create(&key, &head);
        if !self.within(creating).await? {
            return Err(StoreError::new("a random id is in use"));
        }
        self.sessions.0.counts.begins();
        self.began(id, head);
        Ok(key)
    }

    /// Keeps the session that the client gets the id of.
    pub(super) fn began(&self, id: Id, head: Head) {
        let max_age = self.max_age(&head, self.now());
        let mut state = self.state();
        state.session = Some((id.key(), head));
        state.has_ended = false;
        state.cookie = Change::Set(id, max_age);
    }
}
