//! Sessions for tests.

use highball::clock::Clock;

use crate::{
    Identity, SessionData, SessionError, Sessions, StoreError, Writable,
    app::time_of,
    cookie::Name,
    data::encode,
    id::Id,
    login::name_of,
    store::{Data, Head, Put},
};

/// A session for a test: its slots are there before the first request. [`Sessions::visitor`] returns it.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_session::{Session, SessionData, Sessions, Visitor, sessions};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Default, Serialize, Deserialize, SessionData)]
/// #[session(key = "cart")]
/// struct Cart {
///     items: Vec<u64>,
/// }
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
/// #[get("/cart")]
/// async fn cart(user: Session<'_, User>, cart: Session<'_, Cart>) -> String {
///     format!("{} has {} items", user.name, cart.items.len())
/// }
///
/// #[routes(app, with(sessions))]
/// struct Api(cart);
///
/// # highball::block_on(async {
/// let sessions = Sessions::memory();
/// let zoe: Visitor = sessions.visitor().slot(Cart { items: vec![7] });
/// let zoe = zoe.logged_in(User { name: "zoe".to_owned() });
/// let (name, value) = zoe.cookie().await?;
/// let client = Api.test().state(AppState { sessions }).start();
/// assert_eq!(client.get("/cart").cookie(name, &value).send().await.text(), "zoe has 1 items");
/// # Ok::<(), highball_session::SessionError>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "`cookie` stores the session"]
pub struct Visitor {
    sessions: Sessions,
    clock: Clock,
    user: Option<String>,
    slots: Vec<(&'static str, Result<Data, highball::serde_json::Error>)>,
}

impl Sessions {
    /// Begins a session for a test.
    pub fn visitor(&self) -> Visitor {
        Visitor {
            sessions: self.clone(),
            clock: Clock::default(),
            user: None,
            slots: Vec::new(),
        }
    }
}

impl Visitor {
    /// Sets the clock of the app, if the test moves it.
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// Sets a slot.
    pub fn slot<T: Writable>(self, value: T) -> Self {
        self.data(&value)
    }

    /// Logs a user in.
    pub fn logged_in<U: Identity>(mut self, user: U) -> Self {
        self.user = Some(name_of::<U>(&user.user()));
        self.data(&user)
    }

    fn data<T: SessionData>(mut self, value: &T) -> Self {
        self.slots.push((T::KEY, encode(value)));
        self
    }

    /// Stores the session, and returns the name and the value of its cookie.
    ///
    /// # Errors
    /// Returns an error if the store fails.
    pub async fn cookie(self) -> Result<(&'static str, String), SessionError> {
        let Sessions(inner) = &self.sessions;
        let (id, now) = (Id::random()?, time_of(&self.clock));
        let mut head = Head {
            logged_in: if self.user.is_some() { now } else { 0 },
            user: self.user,
            created: now,
            renewed: now,
            seen: now,
            ..Head::default()
        };
        head.expires = inner.settings.expires(&head, now);
        let key = id.key();
        inner.store.create(&key, &head).await?;
        for (slot, data) in self.slots {
            let data = data.map_err(SessionError::Data)?;
            match inner.store.put(&key, slot, 0, &data).await? {
                Put::Done(_) => {}
                _ => return Err(StoreError::new(format!("the slot `{slot}` was set twice")).into()),
            }
        }
        let name = Name::of(&inner.settings).as_str();
        Ok((name, id.as_str().to_owned()))
    }
}
