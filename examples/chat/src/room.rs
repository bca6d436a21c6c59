//! A chat room that sends each message to all its members.

use highball::tokio::sync::broadcast::{self, error::RecvError};

/// The number of lines that are kept for a slow member. A member that is further behind misses the oldest lines.
const CAPACITY: usize = 100;

/// A chat room.
#[derive(Debug)]
pub(crate) struct Room(broadcast::Sender<String>);

impl Default for Room {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl Room {
    /// Joins the room, and returns the lines that are sent from now on.
    pub(crate) fn join(&self) -> Lines {
        Lines(self.0.subscribe())
    }

    /// Sends a line to all members.
    pub(crate) fn send(&self, text: &str) {
        // This fails only if the room is empty.
        let _ = self.0.send(text.to_owned());
    }
}

/// The lines that a member receives.
pub(crate) struct Lines(broadcast::Receiver<String>);

impl Lines {
    /// Waits for the next line.
    pub(crate) async fn next(&mut self) -> String {
        match self.0.recv().await {
            Ok(line) => line,
            Err(RecvError::Lagged(count)) => format!("({count} lines were missed)"),
            // The room lives as long as the app, so it never closes.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
