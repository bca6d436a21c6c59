//! Sessions in Redis.

mod connection;
mod fields;
mod scripts;

use std::fmt;

use redis::{Client, FromRedisValue, RedisError, ScriptInvocation, Value};

use self::{
    connection::Connection,
    fields::{Fields, ttl},
    scripts::Scripts,
};
use crate::{
    Key,
    store::{Data, Head, Loaded, Millis, Put, Store, StoreError},
};

/// Sessions in Redis 7.0 or newer, or in a server that is compatible with it.
///
/// Each call is one command, most of them a script, over one connection that is shared by all requests and opened again
/// after a failure. Only the old id of a session that was given a new one needs a second command. The scripts use keys
/// that they compute, so it does not work with Redis Cluster.
///
/// Redis removes a session a minute after it has expired. With `maxmemory`, choose the policy `noeviction`, so that
/// changes fail with 503 when the memory is full, or one of `volatile-*`, so that sessions end early.
///
/// How much of the acknowledged changes survives a crash of Redis is a setting of the server: with `appendonly yes`, by
/// default all but those of the last second.
///
/// # Examples
/// ```
/// use highball_session::{Sessions, store::{Redis, redis_client::Client}};
///
/// let client = Client::open("redis://127.0.0.1/")?;
/// let sessions = Sessions::new(Redis::new(client).prefix("shop:"));
/// # Ok::<(), highball_session::store::redis_client::RedisError>(())
/// ```
pub struct Redis {
    connection: Connection,
    prefix: String,
    scripts: Scripts,
}

impl Redis {
    /// Keeps sessions in this server. The first call connects to it.
    ///
    /// # Examples
    /// ```
    /// use highball_session::store::{Redis, redis_client::Client};
    ///
    /// let store = Redis::new(Client::open("redis://127.0.0.1/")?);
    /// # Ok::<(), highball_session::store::redis_client::RedisError>(())
    /// ```
    pub fn new(client: Client) -> Self {
        Self {
            connection: Connection::new(client),
            prefix: "session:".to_owned(),
            scripts: Scripts::default(),
        }
    }

    /// Sets what the keys in Redis begin with, for apps that share a server. The default is `session:`.
    ///
    /// # Examples
    /// ```
    /// use highball_session::store::{Redis, redis_client::Client};
    ///
    /// let store = Redis::new(Client::open("redis://127.0.0.1/")?).prefix("shop:");
    /// # Ok::<(), highball_session::store::redis_client::RedisError>(())
    /// ```
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Runs a script.
    async fn run<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Result<T, StoreError> {
        let mut connection = self.connection.get().map_err(StoreError::new)?;
        let pending = self.connection.expect();
        let outcome: Result<T, RedisError> = call.invoke_async(&mut connection).await;
        pending.done();
        self.connection.observe(&outcome);
        outcome.map_err(StoreError::new)
    }

    /// Runs a command.
    async fn query<T: FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, StoreError> {
        let mut connection = self.connection.get().map_err(StoreError::new)?;
        let pending = self.connection.expect();
        let outcome: Result<T, RedisError> = command.query_async(&mut connection).await;
        pending.done();
        self.connection.observe(&outcome);
        outcome.map_err(StoreError::new)
    }

    /// Finds the session for which this key is kept.
    async fn load_kept(&self, key: &Key, now: Millis) -> Result<Option<Loaded>, StoreError> {
        let mut call = self.scripts.find_kept.prepare_invoke();
        call.arg(&self.prefix).arg(key.hex());
        let Some((current, fields)): Option<(Vec<u8>, Fields)> = self.run(&call).await? else {
            return Ok(None);
        };
        match fields::kept_until(&fields, key) {
            Some(until) if now < until => loaded(fields::key(&current)?, fields),
            _ => Ok(None),
        }
    }
}

impl Store for Redis {
    async fn create(&self, key: &Key, head: &Head) -> Result<bool, StoreError> {
        let mut call = self.scripts.create.prepare_invoke();
        call.arg(&self.prefix)
            .arg(key.hex())
            .arg(fields::head_to_json(head)?)
            .arg(head.seen)
            .arg(head.expires)
            .arg(ttl(head.seen, head.expires))
            .arg(head.user.as_deref());
        self.run(&call).await
    }

    async fn load(&self, key: &Key, now: Millis) -> Result<Option<Loaded>, StoreError> {
        let hash = format!("{}s:{}", self.prefix, key.hex());
        let fields: Fields = self.query(redis::cmd("HGETALL").arg(hash)).await?;
        match fields.is_empty() {
            true => self.load_kept(key, now).await,
            false => loaded(*key, fields),
        }
    }

    async fn put(
        &self,
        key: &Key,
        slot: &str,
        expected: u64,
        data: &Data,
    ) -> Result<Put, StoreError> {
        let mut call = self.scripts.put.prepare_invoke();
        call.arg(&self.prefix)
            .arg(key.hex())
            .arg(slot)
            .arg(expected)
            .arg(fields::data_to_field(data));
        let answer: Vec<Value> = self.run(&call).await?;
        outcome(answer)
    }

    async fn touch(&self, key: &Key, seen: Millis, expires: Millis) -> Result<(), StoreError> {
        let mut call = self.scripts.touch.prepare_invoke();
        call.arg(&self.prefix)
            .arg(key.hex())
            .arg(seen)
            .arg(expires)
            .arg(ttl(seen, expires));
        self.run(&call).await
    }

    async fn replace(
        &self,
        old: &Key,
        new: &Key,
        head: &Head,
        kept_until: Option<Millis>,
    ) -> Result<bool, StoreError> {
        let mut call = self.scripts.replace.prepare_invoke();
        call.arg(&self.prefix)
            .arg(old.hex())
            .arg(new.hex())
            .arg(fields::head_to_json(head)?)
            .arg(head.seen)
            .arg(head.expires)
            .arg(ttl(head.seen, head.expires))
            .arg(kept_until.map_or(String::new(), |until| until.to_string()))
            // A key that is kept for no time needs a lifetime that Redis accepts.
            .arg(kept_until.map_or(0, |until| ttl(head.seen, until).max(1)))
            .arg(head.user.as_deref());
        self.run(&call).await
    }

    async fn end(&self, key: &Key) -> Result<bool, StoreError> {
        let mut call = self.scripts.end.prepare_invoke();
        call.arg(&self.prefix).arg(key.hex());
        self.run(&call).await
    }

    async fn of_user(&self, user: &str) -> Result<Vec<(Key, Head)>, StoreError> {
        type Row = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);
        let mut call = self.scripts.of_user.prepare_invoke();
        call.arg(&self.prefix).arg(user);
        let rows: Vec<Row> = self.run(&call).await?;
        let sessions = rows.into_iter().map(|(key, head, seen, expires)| {
            Ok((fields::key(&key)?, fields::head_of(&head, &seen, &expires)?))
        });
        sessions.collect()
    }

    async fn sweep(&self, _: Millis) -> Result<usize, StoreError> {
        Ok(0)
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.query(&redis::cmd("PING")).await
    }
}

fn loaded(key: Key, fields: Fields) -> Result<Option<Loaded>, StoreError> {
    if fields.is_empty() {
        return Ok(None);
    }
    let (head, slots) = fields::session(fields)?;
    Ok(Some(Loaded::new(key, head, slots)))
}

/// Reads the answer of the script `put`.
fn outcome(answer: Vec<Value>) -> Result<Put, StoreError> {
    let mut values = answer.into_iter();
    let mut next = || values.next().unwrap_or(Value::Nil);
    let code: i64 = redis::from_redis_value(next()).map_err(StoreError::new)?;
    match code {
        1 => {
            let version = redis::from_redis_value(next()).map_err(StoreError::new)?;
            Ok(Put::Done(version))
        }
        0 => {
            let slot: Option<Vec<u8>> = redis::from_redis_value(next()).map_err(StoreError::new)?;
            Ok(Put::Conflict(
                slot.as_deref().map(fields::slot).transpose()?,
            ))
        }
        _ => Ok(Put::Ended),
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The client has the password.
        f.debug_struct("Redis")
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
