//! A connection to Redis while it lasts.

use std::sync::Arc;

use redis::{
    AsyncConnectionConfig, Client, ConnectionInfo, FromRedisValue, ProtocolVersion, PushInfo,
    PushKind, RedisError, aio::MultiplexedConnection,
};
use tokio::{sync::Notify, time::Instant};

use super::{
    link::{ANSWER, Link},
    message::{Invalidation, Message},
    outbox::Published,
    stamps::{Greeting, Seen, time},
};
use crate::tags::WeakTags;

/// Why a connection was lost.
pub(super) struct Lost(pub(super) String);

impl From<RedisError> for Lost {
    fn from(error: RedisError) -> Self {
        Self(error.to_string())
    }
}

/// Two connections to the same process of Redis.
pub(super) struct Connection {
    link: Arc<Link>,
    tags: WeakTags,
    /// The id of the process of Redis.
    run: String,
    /// It has the subscription and publishes. Redis answers in order, so an answer comes after all invalidations that
    /// were published before.
    control: MultiplexedConnection,
    /// It has the values, which may be large.
    data: MultiplexedConnection,
    /// It is notified when `control` is closed.
    lost: Arc<Notify>,
    /// Up to here, all invalidations are applied for sure.
    from: Seen,
}

impl Connection {
    pub(super) async fn open(link: &Arc<Link>, tags: &WeakTags) -> Result<Self, Lost> {
        let lost = Arc::new(Notify::new());
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(ANSWER))
            .set_response_timeout(Some(ANSWER.max(link.settings.patience)));
        let client = &link.settings.client;
        let mut data = connect(client.clone(), &config).await?;
        let config = config.set_push_sender(receiver(link, tags, &lost));
        let mut control = connect(with_pushes(client)?, &config).await?;
        let run = run_of(&mut control).await?;
        if run != run_of(&mut data).await? {
            return Err(Lost("it was restarted just now".into()));
        }
        // A message of the subscription must not hide those before it.
        let from = link.seen();
        control.subscribe(&link.names.channel).await?;
        Ok(Self {
            link: Arc::clone(link),
            tags: tags.clone(),
            run,
            control,
            data,
            lost,
            from,
        })
    }

    pub(super) fn data(&self) -> MultiplexedConnection {
        self.data.clone()
    }

    pub(super) fn lost(&self) -> Arc<Notify> {
        Arc::clone(&self.lost)
    }

    /// Applies the invalidations since the last connection. If that is not possible, everything is invalidated.
    pub(super) async fn greet(&mut self) -> Result<(), Lost> {
        let asked_at = Instant::now();
        let call = self.link.names.greet(&self.run, self.from);
        let greeting: Greeting = call.invoke_async(&mut self.control).await?;
        match greeting.missed {
            Some(members) => {
                let missed = members.into_iter().filter_map(Invalidation::of);
                missed.for_each(|missed| apply(&self.link, &self.tags, missed));
            }
            None => self.link.distrust(asked_at),
        }
        self.from = greeting.seen;
        self.link.set_seen(greeting.seen);
        self.link.set_known(asked_at);
        Ok(())
    }

    /// Checks that all invalidations have arrived, and applies those that have not.
    pub(super) async fn beat(&mut self) -> Result<(), Lost> {
        let asked_at = Instant::now();
        let beat = self.link.names.beat();
        let scores: (Vec<Option<f64>>,) = beat.query_async(&mut self.control).await?;
        let [Some(epoch), Some(clock)] = scores.0[..] else {
            return self.greet().await;
        };
        let (epoch, clock) = (time(epoch), time(clock));
        let seen = self.link.seen();
        if epoch != seen.epoch || clock > seen.clock {
            return self.greet().await;
        }
        self.from = Seen { epoch, clock };
        self.link.set_known(asked_at);
        Ok(())
    }

    /// Publishes all invalidations that wait.
    pub(super) async fn publish(&mut self) -> Result<(), Lost> {
        while let Some(batch) = self.link.outbox.take() {
            let call = self.link.names.publish(self.link.origin, &batch);
            let outcome = call.invoke_async(&mut self.control).await;
            let outcome: Result<Option<(u64, u64, u64)>, RedisError> = outcome;
            match outcome {
                Ok(Some((epoch, clock, now))) => {
                    let published = Published { epoch, clock, now };
                    self.link.outbox.confirm(batch, published);
                }
                Ok(None) => {
                    self.link.outbox.put_back(batch);
                    self.greet().await?;
                }
                Err(error) => {
                    self.link.outbox.put_back(batch);
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// Lets calls use Redis again if it answers.
    pub(super) async fn probe(&mut self) -> Result<(), Lost> {
        let ping: () = redis::cmd("PING").query_async(&mut self.data).await?;
        self.link.set_up(self.data.clone());
        Ok(ping)
    }
}

async fn connect(
    client: Client,
    config: &AsyncConnectionConfig,
) -> Result<MultiplexedConnection, RedisError> {
    client
        .get_multiplexed_async_connection_with_config(config)
        .await
}

/// Returns the client with the protocol in which messages and answers share a connection.
fn with_pushes(client: &Client) -> Result<Client, RedisError> {
    let info: ConnectionInfo = client.get_connection_info().clone();
    let settings = info.redis_settings().clone();
    Client::open(info.set_redis_settings(settings.set_protocol(ProtocolVersion::RESP3)))
}

/// Returns the id of the process of Redis. A restart may have lost stamps and kept values.
async fn run_of(connection: &mut MultiplexedConnection) -> Result<String, Lost> {
    let info: String = redis::cmd("INFO")
        .arg("server")
        .query_async(connection)
        .await?;
    let id = info.lines().find_map(|line| line.strip_prefix("run_id:"));
    id.map(str::to_owned)
        .ok_or_else(|| Lost("`INFO server` has no `run_id`, by which a restart is noticed".into()))
}

/// Returns the function that gets the messages. It runs before any later answer of the connection is returned.
fn receiver(
    link: &Arc<Link>,
    tags: &WeakTags,
    lost: &Arc<Notify>,
) -> impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static {
    let (link, tags, lost) = (Arc::clone(link), tags.clone(), Arc::clone(lost));
    move |push| {
        match push.kind {
            PushKind::Disconnection => lost.notify_one(),
            PushKind::Message => receive(&link, &tags, push),
            _ => {}
        }
        Ok(())
    }
}

fn receive(link: &Link, tags: &WeakTags, push: PushInfo) {
    let payload = push.data.into_iter().nth(1);
    let payload: Option<Vec<u8>> =
        payload.and_then(|value| FromRedisValue::from_redis_value(value).ok());
    let Some(message) = payload.and_then(|payload| Message::parse(&payload)) else {
        // Messages of something else are not for this cache.
        return;
    };
    let seen = message.seen;
    if message.origin != link.origin {
        let invalidations = message.invalidations();
        invalidations.for_each(|invalidation| apply(link, tags, invalidation));
    }
    link.advance(seen);
}

fn apply(link: &Link, tags: &WeakTags, invalidation: Invalidation) {
    match invalidation {
        Invalidation::Everything => link.distrust(Instant::now()),
        Invalidation::Tag(tag) => {
            if let Some(tags) = tags.upgrade() {
                tags.invalidate_here(tag);
            }
        }
    }
}
