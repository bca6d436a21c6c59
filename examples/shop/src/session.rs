//! Sessions of logged-in users, in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::account::User;

/// The lifetime of a session.
const LIFETIME: Duration = Duration::from_secs(8 * 60 * 60);

/// The sessions, by token.
#[derive(Debug, Default)]
pub struct Sessions(Mutex<HashMap<String, (User, Instant)>>);

impl Sessions {
    /// Begins a session, and returns its token.
    ///
    /// # Errors
    /// Fails if the system provides no random numbers.
    pub fn begin(&self, user: User) -> Result<String, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.retain(|_, (_, begun)| begun.elapsed() < LIFETIME);
        sessions.insert(token.clone(), (user, Instant::now()));
        Ok(token)
    }

    /// Returns the user of the session with this token.
    pub fn find(&self, token: &str) -> Option<User> {
        let sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, begun) = sessions.get(token)?;
        (begun.elapsed() < LIFETIME).then(|| user.clone())
    }
}
