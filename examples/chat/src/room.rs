//! A room in which everybody hears everybody.

use highball::tokio::sync::broadcast::{self, error::RecvError};

/// How many lines somebody may be behind; older ones are lost to them.
const BEHIND: usize = 100;

/// The room.
#[derive(Debug)]
pub(crate) struct Room(broadcast::Sender<String>);

impl Default for Room {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl Room {
    /// Joins, and returns what is said from now on.
    pub(crate) fn join(&self) -> Said {
        Said(self.0.subscribe())
    }

    /// Says something to all who are there.
    pub(crate) fn say(&self, text: &str) {
        // Where nobody is, nobody hears it.
        let _ = self.0.send(text.to_owned());
    }
}

/// What is said in the room.
pub(crate) struct Said(broadcast::Receiver<String>);

impl Said {
    /// Waits for the next line.
    pub(crate) async fn next(&mut self) -> String {
        match self.0.recv().await {
            Ok(line) => line,
            Err(RecvError::Lagged(count)) => format!("({count} lines were missed)"),
            // The room is there as long as the app.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
