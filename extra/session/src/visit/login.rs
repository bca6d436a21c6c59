//! The begin and the end of a login.

use std::cmp::Reverse;

use super::{Change, Open, TRIES};
use crate::{
    Key, SessionData, SessionError, Sessions, StoreError,
    id::Id,
    store::{Head, Put},
};

impl Open {
    /// Logs a user in: the session gets a new id in any case, and the old id leads to nothing at once.
    pub(crate) async fn log_in<T: SessionData>(
        &self,
        user: String,
        remembered: bool,
        identity: &T,
    ) -> Result<(), SessionError> {
        self.check_connected()?;
        let _turn = self.beginning.lock().await;
        let now = self.now();
        let created = self.session().map_or(now, |(_, old)| old.created);
        let mut head = Head {
            user: Some(user.clone()),
            created,
            logged_in: now,
            renewed: now,
            seen: now,
            remembered,
            agent: self.agent.clone(),
            expires: 0,
        };
        head.expires = self.sessions.0.settings.expires(&head, now);
        let key = self.renewed(head).await?;
        self.put_identity(key, identity).await?;
        self.limit(&user, &key).await?;
        Ok(())
    }

    /// Stores the identity of the user again, under a new id. The time of the login stays.
    pub(crate) async fn refresh<T: SessionData>(
        &self,
        user: &str,
        identity: &T,
    ) -> Result<(), SessionError> {
        self.check_connected()?;
        let _turn = self.beginning.lock().await;
        let (_, mut head) = self.session().ok_or(SessionError::Ended)?;
        if head.user.as_deref() != Some(user) {
            return Err(SessionError::Ended);
        }
        let now = self.now();
        (head.renewed, head.seen) = (now, now);
        head.expires = self.sessions.0.settings.expires(&head, now);
        let key = self.renewed(head).await?;
        self.put_identity(key, identity).await
    }

    async fn put_identity<T: SessionData>(
        &self,
        key: Key,
        identity: &T,
    ) -> Result<(), SessionError> {
        let mut slot = self.slot(T::KEY);
        for _ in 0..TRIES {
            match self.put(&key, slot.as_ref(), identity).await? {
                Put::Done(_) => return Ok(()),
                Put::Conflict(now) => slot = now,
                Put::Ended => return Err(SessionError::Ended),
            }
        }
        Err(SessionError::Conflict)
    }

    /// Gives the session a new id. The session of another user is ended, and a new one begins.
    async fn renewed(&self, head: Head) -> Result<Key, StoreError> {
        let Sessions(inner) = &self.sessions;
        for _ in 0..TRIES {
            let Some((key, old)) = self.session() else {
                break;
            };
            if old.user.is_some() && old.user != head.user {
                self.end_session(key).await?;
                break;
            }
            let id = Id::random()?;
            let new = id.key();
            let replacing = inner.store.replace(&key, &new, &head, None);
            if self.within(replacing).await? {
                self.began(id, head);
                return Ok(new);
            }
            if self.follow(&key).await?.is_none() {
                break;
            }
        }
        self.state().slots.clear();
        self.create(head).await
    }

    /// Ends the sessions of the user that were used longest ago, if there are too many.
    async fn limit(&self, user: &str, own: &Key) -> Result<(), StoreError> {
        let most = self.sessions.0.settings.per_user;
        let finding = self.sessions.0.store.of_user(user);
        let mut sessions = self.within(finding).await?;
        if sessions.len() <= most {
            return Ok(());
        }
        sessions.sort_by_key(|(key, head)| (key != own, Reverse(head.seen)));
        for (key, _) in sessions.split_off(most.max(1)) {
            self.end_session(key).await?;
        }
        Ok(())
    }

    /// Ends the session of this request.
    pub(crate) async fn end(&self) -> Result<(), StoreError> {
        self.check_connected()?;
        let _turn = self.beginning.lock().await;
        if let Some((key, _)) = self.session() {
            self.end_session(key).await?;
        }
        let mut state = self.state();
        state.session = None;
        state.slots.clear();
        state.has_ended = true;
        state.cookie = Change::Remove;
        Ok(())
    }

    /// Ends a session, also if another request gives it a new id at the same time. Returns whether there was one.
    pub(crate) async fn end_session(&self, mut key: Key) -> Result<bool, StoreError> {
        let store = &self.sessions.0.store;
        for _ in 0..TRIES {
            if self.within(store.end(&key)).await? {
                return Ok(true);
            }
            match self.within(store.load(&key, self.now())).await? {
                Some(loaded) => key = loaded.key,
                None => return Ok(false),
            }
        }
        Err(StoreError::new("a session gets new ids all the time"))
    }

    /// Ends all sessions of the user of this request except its own. Returns their number.
    pub(crate) async fn end_others(&self) -> Result<usize, SessionError> {
        let store = &self.sessions.0.store;
        let mut ended = 0;
        // A session that gets a new id between the list and its end is in the next list.
        for _ in 0..TRIES {
            let (own, sessions) = self.of_user().await?;
            let others: Vec<_> = sessions.iter().filter(|(key, _)| *key != own).collect();
            if others.is_empty() {
                return Ok(ended);
            }
            for (key, _) in others {
                ended += usize::from(self.within(store.end(key)).await?);
            }
        }
        Err(SessionError::Conflict)
    }

    /// Returns the current key of this session, and all sessions of its user.
    pub(crate) async fn of_user(&self) -> Result<(Key, Vec<(Key, Head)>), SessionError> {
        let (mut own, head) = self.session().ok_or(SessionError::Ended)?;
        let user = head.user.ok_or(SessionError::Ended)?;
        let sessions = self.within(self.sessions.0.store.of_user(&user)).await?;
        if !sessions.iter().any(|(key, _)| *key == own) {
            own = self.follow(&own).await?.ok_or(SessionError::Ended)?;
        }
        Ok((own, sessions))
    }
}
