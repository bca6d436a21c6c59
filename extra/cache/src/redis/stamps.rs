//! The stamps in Redis, and whether they allow to use a value.
//!
//! One sorted set contains all of them, so that Redis loses all or none: by a restart, `FLUSHALL` or an eviction.
//! Its members are `t` with a tag, whose score is the time of its last invalidation, and
//!
//! - `@epoch`, a random number of this set. Values of another epoch are not used.
//! - `@clock`, the time of the last invalidation. It is the clock on the wall, made to increase with each one.
//! - `@floor`, the time before which everything is invalid: that of the stamps that were removed, or of an invalidation
//!   of everything.
//! - `@run:` with the id of the process of Redis. Another one may have loaded an old copy of the set.

use std::sync::LazyLock;

use redis::{FromRedisValue, ParsingError, Pipeline, Script, Value, from_redis_value};
use tokio::time::Instant;

use super::{outbox::Batch, record::Header};
use crate::tags::Tag;

/// How many stamps there are at most. The oldest are removed before, which invalidates all that is older.
const MOST: usize = 100_000;
/// How long the stamps are kept after the last process has used them, in milliseconds.
const KEPT: u64 = 7 * 24 * 3600 * 1000;
pub(super) const EVERYTHING: &str = "@floor";

/// `stamps | run, new epoch, seen epoch, seen clock, kept, channel`: returns the epoch, the clock, whether all
/// invalidations since the seen clock are there, and these.
static GREET: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "#!lua flags=allow-oom
local stamps, run = KEYS[1], '@run:' .. ARGV[1]
local known = redis.call('ZMSCORE', stamps, '@epoch', '@clock', '@floor', run)
if not (known[1] and known[2] and known[3] and known[4]) then
    local time = redis.call('TIME')
    local now = string.format('%.0f', time[1] * 1000000 + time[2])
    redis.call('UNLINK', stamps)
    redis.call('ZADD', stamps, ARGV[2], '@epoch', now, '@clock', now, '@floor', 0, run)
    redis.call('PEXPIRE', stamps, ARGV[5])
    redis.call('PUBLISH', ARGV[6], ARGV[2] .. ' ' .. now .. ' [0,[\"@floor\"]]')
    return {ARGV[2], now, 0, {}}
end
redis.call('PEXPIRE', stamps, ARGV[5])
if known[1] ~= ARGV[3] or tonumber(known[3]) > tonumber(ARGV[4]) then return {known[1], known[2], 0, {}} end
return {known[1], known[2], 1, redis.call('ZRANGEBYSCORE', stamps, '(' .. ARGV[4], '+inf')}
",
    )
});

/// `stamps | channel, message, kept, most, members..`: returns the epoch, the clock and the time on the wall.
static PUBLISH: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "#!lua flags=allow-oom
local stamps = KEYS[1]
local known = redis.call('ZMSCORE', stamps, '@epoch', '@clock')
if not (known[1] and known[2]) then return false end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local clock = string.format('%.0f', math.max(known[2] + 1, now))
redis.call('ZADD', stamps, clock, '@clock')
for idx = 5, #ARGV do redis.call('ZADD', stamps, clock, ARGV[idx]) end
local over = redis.call('ZCARD', stamps) - tonumber(ARGV[4])
if over > 0 then
    local floor = false
    local oldest = redis.call('ZRANGE', stamps, 0, over + math.floor(ARGV[4] / 10), 'WITHSCORES')
    for idx = 1, #oldest, 2 do
        if string.sub(oldest[idx], 1, 1) ~= '@' then
            redis.call('ZREM', stamps, oldest[idx])
            floor = oldest[idx + 1]
        end
    end
    if floor then redis.call('ZADD', stamps, 'GT', floor, '@floor') end
end
redis.call('PEXPIRE', stamps, ARGV[3])
redis.call('PUBLISH', ARGV[1], known[1] .. ' ' .. clock .. ' ' .. ARGV[2])
return {known[1], clock, string.format('%.0f', now)}
",
    )
});

/// The last invalidation that a process has applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    pub(super) epoch: u64,
    pub(super) clock: u64,
}

/// The names of the stamps in Redis.
pub(super) struct Names {
    pub(super) key: String,
    /// The databases of a server share their channels.
    pub(super) channel: String,
}

impl Names {
    pub(super) fn new(namespace: &str, db: i64) -> Self {
        Self {
            key: format!("{namespace}/stamps"),
            channel: format!("{namespace}/stamps/{db}"),
        }
    }

    /// Returns the script that begins a connection: it returns [`Greeting`].
    pub(super) fn greet(&self, run: &str, seen: Seen) -> redis::ScriptInvocation<'static> {
        // It is exact as a floating point number, as Redis keeps it.
        let epoch = fastrand::u64(1..1 << 52);
        let mut call = GREET.key(&self.key);
        call.arg(run)
            .arg(epoch)
            .arg(seen.epoch)
            .arg(seen.clock)
            .arg(KEPT)
            .arg(&self.channel);
        call
    }

    /// Returns the script that publishes invalidations: it returns the epoch, the clock and the time on the wall, or
    /// nothing if there are no stamps.
    pub(super) fn publish(&self, origin: u64, batch: &Batch) -> redis::ScriptInvocation<'static> {
        let members: Vec<_> = batch.tags().map(member).collect();
        // A list of texts can always be encoded.
        let message = serde_json::to_string(&(origin, &members)).unwrap_or_default();
        let mut call = PUBLISH.key(&self.key);
        call.arg(&self.channel).arg(message).arg(KEPT).arg(MOST);
        for member in members {
            call.arg(member);
        }
        call
    }

    /// Returns the commands that return the epoch and the clock. One of them writes, so a server that has become a
    /// replica returns an error.
    pub(super) fn beat(&self) -> Pipeline {
        let mut pipe = redis::pipe();
        pipe.pexpire(&self.key, KEPT.cast_signed()).ignore();
        pipe.cmd("ZMSCORE")
            .arg(&self.key)
            .arg("@epoch")
            .arg("@clock");
        pipe
    }

    /// Returns the commands that read a value and the stamps of its tags.
    ///
    /// The stamps are read after the value: it is used only if it is valid at a time after it was read.
    pub(super) fn read(&self, name: &str, tags: &[Tag]) -> Pipeline {
        let mut pipe = redis::pipe();
        pipe.cmd("GET").arg(name);
        let scores = pipe.cmd("ZMSCORE").arg(&self.key);
        scores.arg("@epoch").arg("@clock").arg("@floor");
        for tag in tags {
            scores.arg(member(Some(tag)));
        }
        pipe.cmd("TIME");
        pipe
    }
}

pub(super) fn member(tag: Option<&Tag>) -> String {
    tag.map_or(EVERYTHING.into(), |tag| format!("t{tag}"))
}

/// The answer of the script `GREET`.
pub(super) struct Greeting {
    pub(super) seen: Seen,
    /// The members that were invalidated since, or `None` if that is not possible to find out.
    pub(super) missed: Option<Vec<String>>,
}

impl FromRedisValue for Greeting {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (epoch, clock, is_continued, members) = from_redis_value(value)?;
        let is_continued: bool = is_continued;
        Ok(Self {
            seen: Seen { epoch, clock },
            missed: is_continued.then_some(members),
        })
    }
}

/// The answer to a read.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) record: Option<Vec<u8>>,
    /// `None` if there are no stamps: then nothing is used and nothing is written.
    pub(super) seen: Option<Seen>,
    floor: u64,
    /// The last invalidation of one of the tags.
    last: u64,
    /// The clock on the wall of Redis, in microseconds.
    pub(super) now: u64,
    pub(super) at: Instant,
}

impl Reply {
    /// Returns whether nothing was invalidated since the computation of this record began.
    pub(super) fn allows(&self, header: &Header) -> bool {
        let is_same = self.seen.is_some_and(|seen| seen.epoch == header.epoch);
        is_same && header.began >= self.floor && header.began >= self.last
    }
}

impl FromRedisValue for Reply {
    fn from_redis_value(value: Value) -> Result<Self, ParsingError> {
        let (record, scores, (seconds, micros)) = from_redis_value(value)?;
        let scores: Vec<Option<f64>> = scores;
        let (seconds, micros): (u64, u64) = (seconds, micros);
        let mut scores = scores.into_iter().map(|score| score.map(time));
        let mut next = || scores.next().flatten();
        let (epoch, clock, floor) = (next(), next(), next());
        let seen = epoch.zip(clock).filter(|_| floor.is_some());
        Ok(Self {
            record,
            seen: seen.map(|(epoch, clock)| Seen { epoch, clock }),
            floor: floor.unwrap_or(u64::MAX),
            last: scores.flatten().max().unwrap_or(0),
            now: seconds * 1_000_000 + micros,
            at: Instant::now(),
        })
    }
}

/// Converts a score. All are whole numbers that a floating point number has exactly.
pub(super) fn time(score: f64) -> u64 {
    score as u64
}

#[cfg(all(test, not(highball_loom)))]
mod tests {
    use super::*;

    fn reply(epoch: Option<u64>, floor: u64, last: u64) -> Reply {
        Reply {
            record: None,
            seen: epoch.map(|epoch| Seen { epoch, clock: 9 }),
            floor,
            last,
            now: 0,
            at: Instant::now(),
        }
    }

    #[test]
    fn a_record_is_used_if_nothing_was_invalidated_since_it_began() {
        let header = Header {
            epoch: 1,
            began: 5,
            written: 0,
            fresh: 0,
            cost: 0,
            id: 0,
        };
        let cases = [
            (reply(Some(1), 5, 5), true),
            (reply(Some(1), 0, 0), true),
            (reply(Some(1), 0, 6), false),
            (reply(Some(1), 6, 0), false),
            (reply(Some(2), 0, 0), false),
            (reply(None, 0, 0), false),
        ];
        for (reply, allows) in cases {
            assert_eq!(reply.allows(&header), allows, "{reply:?}");
        }
    }

    #[test]
    fn a_reply_without_stamps_allows_nothing() {
        let time = Value::Array(vec![Value::Int(2), Value::Int(3)]);
        let read = |scores: Vec<Value>| {
            let value = Value::Array(vec![Value::Nil, Value::Array(scores), time.clone()]);
            from_redis_value::<Reply>(value).expect("it is a reply")
        };
        let empty = read(vec![Value::Nil, Value::Nil, Value::Nil, Value::Nil]);
        assert_eq!((empty.seen, empty.now), (None, 2_000_003));
        let scores = ["7", "5", "4", "3"].map(|score| Value::BulkString(score.into()));
        let full = read(scores.into());
        assert_eq!(full.seen, Some(Seen { epoch: 7, clock: 5 }));
        assert_eq!((full.floor, full.last), (4, 3));
    }

    /// Other caches and other tools may publish in the same channels.
    #[test]
    fn databases_and_namespaces_have_channels_of_themselves() {
        let channel = |namespace, db| Names::new(namespace, db).channel;
        assert_ne!(channel("shop", 0), channel("shop", 1));
        assert_ne!(channel("shop", 0), channel("cache", 0));
    }
}
