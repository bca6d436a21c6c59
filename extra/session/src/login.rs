//! Logins: the only way to set the identity of a user.

use std::{
    fmt,
    marker::PhantomData,
    ops::Deref,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use highball::{
    describe::{Answers, Inputs},
    extract::{Facts, LocalId, LocalType},
    prelude::*,
};

use crate::{
    Identity, Key, SessionError, Visit,
    data::FactsOf,
    error::not_logged_in,
    session::{ANSWERS, DOWN, LOGIN, open},
    store::{Head, Millis},
    visit::Open,
};

/// The login of a user, as an argument of a handler: it begins and ends logins, and lists those of the user.
///
/// # Examples
/// ```
/// use highball::{middleware::Csrf, prelude::*};
/// use highball_session::{Login, Session, SessionData, SessionError, Sessions, sessions};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, SessionData)]
/// #[session(key = "user", identity = name)]
/// struct User {
///     name: String,
/// }
///
/// #[derive(State)]
/// struct AppState {
///     sessions: Sessions,
/// }
///
/// #[post("/login/{name}")]
/// async fn log_in(name: String, login: Login<'_, User>) -> Result<NoContent, SessionError> {
///     // Check the password here.
///     login.begin(User { name }).await?;
///     Ok(NoContent)
/// }
///
/// #[post("/logout")]
/// async fn log_out(login: Login<'_, User>) -> Result<NoContent, SessionError> {
///     login.end().await?;
///     Ok(NoContent)
/// }
///
/// #[get("/me")]
/// async fn me(user: Session<'_, User>) -> String {
///     user.name.clone()
/// }
///
/// #[routes(app, with(Csrf::new(), sessions))]
/// struct Api(log_in, log_out, me);
///
/// # highball::block_on(async {
/// let client = Api.test().state(AppState { sessions: Sessions::memory() }).start().keep_cookies();
/// assert_eq!(client.get("/me").send().await.status(), 401);
/// client.post("/login/zoe").send().await;
/// assert_eq!(client.get("/me").send().await.text(), "zoe");
/// client.post("/logout").send().await;
/// assert_eq!(client.get("/me").send().await.status(), 401);
/// # });
/// ```
pub struct Login<'r, U> {
    open: &'r Open,
    remembered: bool,
    identity: PhantomData<fn() -> U>,
}

impl<U: Identity> Login<'_, U> {
    /// Sets whether the login outlives the browser, for the time of
    /// [`Sessions::remember`](crate::Sessions::remember). By default it does not.
    #[must_use]
    pub fn remember(mut self, remembered: bool) -> Self {
        self.remembered = remembered;
        self
    }

    /// Logs a user in.
    ///
    /// The session gets a new id, and the old one leads to nothing at once, so that an id which was planted before the
    /// login is worthless. The slots stay, for example a cart that was filled before. If another user was logged in,
    /// that session is ended, and its slots with it.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    ///
    /// # Cancel safety
    /// If the future is dropped, the old id may lead to nothing already. The client then begins a new session.
    pub async fn begin(&self, user: U) -> Result<(), SessionError> {
        let name = name_of::<U>(&user.user());
        self.open.log_in(name, self.remembered, &user).await
    }

    /// Stores the data of the user again, for example after a change of the name or of a role. The user must be the one
    /// that is logged in.
    ///
    /// The session gets a new id. The login is as old as before, so [`Fresh`] does not accept it for longer, and it is
    /// remembered as before.
    ///
    /// # Errors
    /// Returns [`SessionError::Ended`] if another user or none is logged in, and an error if the store fails.
    pub async fn refresh(&self, user: U) -> Result<(), SessionError> {
        let name = name_of::<U>(&user.user());
        self.open.refresh(&name, &user).await
    }

    /// Logs out: the session ends with all its slots, and its cookie is removed.
    ///
    /// # Errors
    /// Returns an error if the store fails. The session is still there then.
    pub async fn end(&self) -> Result<(), SessionError> {
        Ok(self.open.end().await?)
    }

    /// Logs the user out everywhere, here as well. Returns the number of sessions.
    ///
    /// # Errors
    /// Returns an error without a login, or if the store fails. Some sessions may have ended then.
    pub async fn end_all(&self) -> Result<usize, SessionError> {
        let others = self.end_others().await?;
        self.end().await?;
        Ok(others + 1)
    }

    /// Logs the user out everywhere except here. Returns the number of sessions.
    ///
    /// After a change of the password, call [`begin`](Self::begin) first: it gives this session a new id, so that a
    /// stolen copy of the old one leads to nothing.
    ///
    /// # Errors
    /// As [`end_all`](Self::end_all).
    pub async fn end_others(&self) -> Result<usize, SessionError> {
        self.open.end_others().await
    }

    /// Ends one of the sessions that [`devices`](Self::devices) returns. Returns whether it was there.
    ///
    /// # Errors
    /// As [`end_all`](Self::end_all).
    pub async fn end_device(&self, id: &str) -> Result<bool, SessionError> {
        let (own, sessions) = self.open.of_user().await?;
        let mut keys = sessions.iter().map(|(key, _)| key);
        match keys.find(|key| device_id(key) == id) {
            None => Ok(false),
            Some(key) if *key == own => {
                self.open.end().await?;
                Ok(true)
            }
            Some(key) => Ok(self.open.end_session(*key).await?),
        }
    }

    /// Returns the sessions of the user, the one that was used last first.
    ///
    /// # Errors
    /// As [`end_all`](Self::end_all).
    pub async fn devices(&self) -> Result<Vec<Device>, SessionError> {
        let now = self.open.now();
        let (own, sessions) = self.open.of_user().await?;
        let live = sessions.into_iter().filter(|(_, head)| now < head.expires);
        let mut devices: Vec<_> = live
            .map(|(key, head)| Device::new(&key, head, own))
            .collect();
        devices.sort_by_key(|device| std::cmp::Reverse(device.seen));
        Ok(devices)
    }
}

/// Returns the name of a user in the store. Two types of users may have the same ids.
pub(crate) fn name_of<U: Identity>(user: &str) -> String {
    format!("{}:{user}", U::KEY)
}

impl<'r, U: Identity> Extract<'r> for Login<'r, U> {
    type State = ();
    const NEEDS: &'static [LocalId] = &[Visit::ID];
    const FACTS: Facts = FactsOf::<U>::WRITTEN;
    const INPUTS: Inputs = Inputs::NONE;
    const ANSWERS: Answers = DOWN;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        Ok(Self {
            open: open(input)?,
            remembered: false,
            identity: PhantomData,
        })
    }
}

impl<U> fmt::Debug for Login<'_, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

/// A session of a user, for a list of devices. [`Login::devices`] returns it.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_session::{Device, Login, SessionData, SessionError};
/// # #[derive(serde::Serialize, serde::Deserialize, SessionData)]
/// # #[session(key = "user", identity = name)]
/// # struct User { name: String }
///
/// #[get("/devices")]
/// async fn devices(login: Login<'_, User>) -> Result<Json<Vec<String>>, SessionError> {
///     let devices: Vec<Device> = login.devices().await?;
///     Ok(Json(devices.into_iter().map(|device| device.agent).collect()))
/// }
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Device {
    /// The id for [`Login::end_device`]. It is not the id of the cookie.
    pub id: String,
    /// When the user logged in.
    pub logged_in: SystemTime,
    /// When the session was last used, to a sixteenth of its idle time.
    pub seen: SystemTime,
    /// The `User-Agent` of the login.
    pub agent: String,
    /// Whether it is the session of this request.
    pub is_this: bool,
}

impl Device {
    fn new(key: &Key, head: Head, own: Key) -> Self {
        Self {
            id: device_id(key),
            logged_in: time(head.logged_in),
            seen: time(head.seen),
            agent: head.agent,
            is_this: *key == own,
        }
    }
}

/// The key is a hash of the secret id, so it may be shown to its user.
fn device_id(key: &Key) -> String {
    key.hex()
}

fn time(millis: Millis) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

/// A user with a login of the last `SECS` seconds, for routes that require the password again. It derefs to the user.
///
/// After a longer time, and without a login, the response is 401.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_session::{Fresh, SessionData};
/// # #[derive(serde::Serialize, serde::Deserialize, SessionData)]
/// # #[session(key = "user", identity = name)]
/// # struct User { name: String }
///
/// /// Requires a login of the last five minutes.
/// #[delete("/account")]
/// async fn remove(user: Fresh<User, 300>) -> String {
///     format!("the account of {} is removed", user.name)
/// }
/// ```
#[derive(Debug)]
pub struct Fresh<U, const SECS: u64>(U);

impl<'r, U: Identity, const SECS: u64> Extract<'r> for Fresh<U, SECS> {
    type State = ();
    const NEEDS: &'static [LocalId] = &[Visit::ID];
    const FACTS: Facts = FactsOf::<U>::READ;
    const INPUTS: Inputs = LOGIN;
    const ANSWERS: Answers = ANSWERS;

    fn extract(input: Input<'r>) -> Result<Self, Rejection> {
        let open = open(input)?;
        let user: U = open.value().ok_or_else(|| not_logged_in("log in first"))?;
        let (_, head) = open
            .session()
            .ok_or_else(|| not_logged_in("log in first"))?;
        match open.now().saturating_sub(head.logged_in) <= SECS.saturating_mul(1000) {
            true => Ok(Self(user)),
            false => Err(not_logged_in("log in again: this needs a recent login")),
        }
    }
}

impl<U, const SECS: u64> Deref for Fresh<U, SECS> {
    type Target = U;

    fn deref(&self) -> &U {
        &self.0
    }
}
