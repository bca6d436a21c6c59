//! Messages of other processes about jobs that were stored.

use highball_db::{Database, Pool, battery::Listener};
use tokio::sync::Mutex;

use super::statements::CHANNEL;

/// The connection that receives messages. It is opened by the first call.
pub(super) struct Changes<D: Database>(Mutex<Option<Listener<D>>>);

impl<D: Database> Default for Changes<D> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<D: Database> Changes<D> {
    /// Waits for the name of a job of another process. Returns none after the connection was opened, since messages
    /// may have been lost.
    pub(super) async fn next(&self, pool: &Pool<D>, own: &str) -> highball::Result<Vec<String>> {
        let mut place = self.0.lock().await;
        // After an error it stays away, and the next call opens another one.
        let Some(mut listener) = place.take() else {
            *place = Listener::open(pool, CHANNEL).await?;
            return match *place {
                Some(_) => Ok(Vec::new()),
                None => std::future::pending().await,
            };
        };
        let mut names = Vec::new();
        while let Some(message) = listener.next().await? {
            names.extend(name(&message, own));
            if !names.is_empty() {
                break;
            }
        }
        *place = Some(listener);
        Ok(names)
    }
}

/// Returns the name in a message of another sender.
fn name(message: &str, own: &str) -> Option<String> {
    let (sender, name) = message.split_once(' ')?;
    (sender != own).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn own_messages_are_ignored() {
        for (message, expected) in [
            ("b send email", Some("send email")),
            ("a email", None),
            ("email", None),
        ] {
            assert_eq!(name(message, "a").as_deref(), expected, "{message}");
        }
    }
}
