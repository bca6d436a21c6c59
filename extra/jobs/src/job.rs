//! The data of jobs.

use std::fmt;

use highball::extract::{Fact, Facts};
use serde::{Serialize, de::DeserializeOwned};

use crate::Retry;

/// An error of any type.
///
/// # Examples
/// ```
/// use highball_jobs::BoxError;
///
/// fn read(payload: &str) -> Result<u32, BoxError> {
///     Ok(payload.parse()?)
/// }
/// assert!(read("x").is_err());
/// ```
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A type whose values can be stored and read again.
#[diagnostic::on_unimplemented(
    message = "the values of the job `{Self}` cannot be stored and read again",
    label = "needs `Serialize` and `Deserialize`",
    note = "write `#[derive(Serialize, Deserialize, Job)]` on `{Self}`, with the derives of the crate `serde`"
)]
pub trait Payload: Serialize + DeserializeOwned + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Payload for T {}

/// Data of work that is done later: `#[derive(Job)]`.
///
/// Its JSON is stored until the work is done, so it may be read by a newer or an older version of the program.
///
/// # Examples
/// ```
/// use highball_jobs::Job;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize, Job)]
/// #[job("email", unique(order))]
/// struct Email {
///     order: i64,
///     #[job(secret)]
///     to: String,
/// }
///
/// let email = Email { order: 7, to: "ada@example.org".into() };
/// assert_eq!(Email::NAME, "email");
/// assert_eq!(email.unique_key().as_deref(), Some("7"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a job",
    note = "put `#[derive(Job)]` and `#[job(\"name\")]` on `{Self}`"
)]
pub trait Job: Payload {
    /// The name, by which its consumer is found.
    const NAME: &'static str;

    /// The version of the payload. A consumer leaves newer versions to newer programs.
    const VERSION: u32 = 1;

    /// The path of the type. One name must not have two types in an app.
    const TYPE: &'static str;

    /// The fields whose values are never shown.
    const SECRET: &'static [&'static str] = &[];

    /// The most jobs that may wait, or 0 if there is no limit. If more wait, publishers get a 503.
    const MAX_WAITING: u64 = 0;

    /// For how many milliseconds from its publication a job blocks others with its unique key, also if it is finished
    /// by then. Without a time, it does so until it is finished.
    const UNIQUE_FOR: Option<u64> = None;

    /// The most jobs of a limit key that run at once, in all processes, or 0 if there is no limit.
    const LIMIT: u32 = 0;

    /// Returns the key of jobs that run one after another.
    fn order_key(&self) -> Option<String> {
        None
    }

    /// Returns the key of jobs of which at most [`LIMIT`](Self::LIMIT) run at once.
    fn limit_key(&self) -> Option<String> {
        None
    }

    /// Returns the key of which there is one unfinished job at a time.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// Reads the payload of an older version.
    ///
    /// # Errors
    /// Returns an error if the payload cannot be read. The job is then tried again later, and parked in the end.
    fn upgrade(version: u32, payload: &str) -> Result<Self, BoxError> {
        let _ = version;
        from_json(payload)
    }
}

/// The facts of an argument that publishes a job.
pub(crate) struct Published<J>(std::marker::PhantomData<J>);

impl<J: Job> Published<J> {
    pub(crate) const FACTS: Facts = Facts::WRITES
        .and(Facts::PUBLISHES)
        .and(Facts::named(&[Fact::unique("job", J::NAME, J::TYPE)]));
    /// Those of one that publishes it at once, and not in the transaction of the handler.
    pub(crate) const DIRECTLY: Facts = Self::FACTS.and(Facts::PUBLISHES_DIRECTLY);
}

/// Compares in constants.
pub const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Reads a payload.
///
/// # Errors
/// Returns an error if it is not the JSON of this type.
pub fn from_json<T: DeserializeOwned>(payload: &str) -> Result<T, BoxError> {
    Ok(serde_json::from_str(payload)?)
}

/// Joins the values of fields to a key. Different values never have the same key.
pub fn key(parts: &[&dyn fmt::Display]) -> String {
    let mut key = String::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            key.push(',');
        }
        for letter in part.to_string().chars() {
            if matches!(letter, ',' | '\\') {
                key.push('\\');
            }
            key.push(letter);
        }
    }
    key
}

/// Reads a job of any version that this program can read.
pub(crate) fn read<J: Job>(version: u32, payload: &str) -> Result<J, BoxError> {
    match version < J::VERSION {
        true => J::upgrade(version, payload),
        false => from_json(payload),
    }
}

/// Reads the job of an attempt.
pub fn read_job<J: Job>(version: u32, payload: &str) -> Result<J, Retry> {
    read(version, payload).map_err(|error| {
        Retry::later(format!(
            "the payload of version {version} cannot be read: {error}"
        ))
    })
}

/// Returns the payload as it is shown: without the values of secret fields.
pub(crate) fn masked(payload: &str, secret: &[&str]) -> String {
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(payload) else {
        return "(not JSON)".to_owned();
    };
    mask(&mut value, secret);
    value.to_string()
}

fn mask(value: &mut serde_json::Value, secret: &[&str]) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                match secret.contains(&name.as_str()) {
                    true => *field = "(secret)".into(),
                    false => mask(field, secret),
                }
            }
        }
        serde_json::Value::Array(values) => {
            for value in values {
                mask(value, secret);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{key, masked};

    #[test]
    fn different_values_have_different_keys() {
        assert_eq!(key(&[&7, &"a"]), "7,a");
        assert_ne!(key(&[&"a,b", &"c"]), key(&[&"a", &"b,c"]));
        assert_ne!(key(&[&"a\\", &"b"]), key(&[&"a", &"\\b"]));
    }

    #[test]
    fn secrets_are_masked_at_every_depth() {
        let payload = r#"{"Sent":{"to":"ada","order":7},"list":[{"to":"bob"}]}"#;
        let shown = masked(payload, &["to"]);
        assert!(!shown.contains("ada") && !shown.contains("bob"), "{shown}");
        assert!(shown.contains("\"order\":7"), "{shown}");
        assert_eq!(masked("{", &["to"]), "(not JSON)");
    }
}
