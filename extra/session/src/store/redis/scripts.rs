//! The scripts, which make each call of the store one command. They use commands of Redis 7.0.
//!
//! - `s:` with the key of a session is a hash. Its fields are `head`, which only a new key changes, `seen`, `expires`,
//!   `user` after a login, `kept` with the keys that still lead to it, and for each slot `slot:` with its name, whose
//!   value is `version:schema:json`.
//! - `k:` with a key that is kept has the key that has replaced it.
//! - `u:` with a user is a set of sessions, some of which may have expired.

use redis::Script;

/// The scripts of a store, which are sent once and then named by their hash.
pub(super) struct Scripts {
    pub(super) create: Script,
    pub(super) find_kept: Script,
    pub(super) put: Script,
    pub(super) touch: Script,
    pub(super) replace: Script,
    pub(super) end: Script,
    pub(super) of_user: Script,
}

/// Adds a session to the set of its user, and removes some that have expired, so that the set stays small even if
/// it is never read. The set expires with its last session.
const JOIN: &str = "
local function join(prefix, user, session, ttl)
    local set = prefix .. 'u:' .. user
    for _, other in ipairs(redis.call('SRANDMEMBER', set, 4)) do
        if redis.call('EXISTS', prefix .. 's:' .. other) == 0 then redis.call('SREM', set, other) end
    end
    redis.call('SADD', set, session)
    if redis.call('PTTL', set) < ttl then redis.call('PEXPIRE', set, ttl) end
end
";

/// `prefix key head seen expires ttl [user]`
const CREATE: &str = "
local prefix, key = ARGV[1], ARGV[1] .. 's:' .. ARGV[2]
if redis.call('EXISTS', key) == 1 then return 0 end
redis.call('HSET', key, 'head', ARGV[3], 'seen', ARGV[4], 'expires', ARGV[5])
if ARGV[7] then
    redis.call('HSET', key, 'user', ARGV[7])
    join(prefix, ARGV[7], ARGV[2], tonumber(ARGV[6]))
end
redis.call('PEXPIRE', key, ARGV[6])
return 1
";

/// `prefix key`: returns the key that has replaced this one, and its session.
const FIND_KEPT: &str = "
local now = redis.call('GET', ARGV[1] .. 'k:' .. ARGV[2])
if not now then return false end
return {now, redis.call('HGETALL', ARGV[1] .. 's:' .. now)}
";

/// `prefix key slot expected schema:json`: returns 1 and the version, 0 and the slot, or -1 without a session.
const PUT: &str = "
local key, slot = ARGV[1] .. 's:' .. ARGV[2], 'slot:' .. ARGV[3]
local known = redis.call('HMGET', key, 'head', slot)
if not known[1] then return {-1} end
local version = known[2] and tonumber(string.match(known[2], '^%d+')) or 0
if version ~= tonumber(ARGV[4]) then return {0, known[2]} end
redis.call('HSET', key, slot, string.format('%d:%s', version + 1, ARGV[5]))
return {1, string.format('%d', version + 1)}
";

/// `prefix key seen expires ttl`
const TOUCH: &str = "
local key = ARGV[1] .. 's:' .. ARGV[2]
local known = redis.call('HMGET', key, 'seen', 'user')
if not known[1] or tonumber(known[1]) > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', key, 'seen', ARGV[3], 'expires', ARGV[4])
redis.call('PEXPIRE', key, ARGV[5])
if known[2] then
    local set, ttl = ARGV[1] .. 'u:' .. known[2], tonumber(ARGV[5])
    if redis.call('PTTL', set) < ttl then redis.call('PEXPIRE', set, ttl) end
end
return 1
";

/// `prefix old new head seen expires ttl kept_until kept_ttl [user]`. An empty `kept_until` keeps no key.
const REPLACE: &str = "
local prefix = ARGV[1]
local old, new = prefix .. 's:' .. ARGV[2], prefix .. 's:' .. ARGV[3]
if redis.call('EXISTS', old) == 0 or redis.call('EXISTS', new) == 1 then return 0 end
local known = redis.call('HMGET', old, 'user', 'kept')
-- The first write fails if the memory is full, and changes nothing then. Those after it do not.
redis.call('HSET', old, 'head', ARGV[4], 'seen', ARGV[5], 'expires', ARGV[6])
redis.call('RENAME', old, new)
redis.call('HDEL', new, 'user', 'kept')
if known[1] then redis.call('SREM', prefix .. 'u:' .. known[1], ARGV[2]) end
if ARGV[10] then
    redis.call('HSET', new, 'user', ARGV[10])
    join(prefix, ARGV[10], ARGV[3], tonumber(ARGV[7]))
end
for kept in string.gmatch(known[2] or '', '(%x+)=') do
    if ARGV[8] == '' then redis.call('DEL', prefix .. 'k:' .. kept)
    else redis.call('SET', prefix .. 'k:' .. kept, ARGV[3], 'XX', 'KEEPTTL') end
end
if ARGV[8] ~= '' then
    local entry = ARGV[2] .. '=' .. ARGV[8] .. ' '
    -- Those that have expired would make the field longer with each renewal.
    for kept, time in string.gmatch(known[2] or '', '(%x+)=(%d+)') do
        if tonumber(time) > tonumber(ARGV[5]) then entry = entry .. kept .. '=' .. time .. ' ' end
    end
    redis.call('HSET', new, 'kept', entry)
    redis.call('SET', prefix .. 'k:' .. ARGV[2], ARGV[3], 'PX', ARGV[9])
end
redis.call('PEXPIRE', new, ARGV[7])
return 1
";

/// `prefix key`
const END: &str = "
local prefix, key = ARGV[1], ARGV[1] .. 's:' .. ARGV[2]
local known = redis.call('HMGET', key, 'user', 'kept')
local ended = redis.call('DEL', key)
if known[1] then redis.call('SREM', prefix .. 'u:' .. known[1], ARGV[2]) end
for kept in string.gmatch(known[2] or '', '(%x+)=') do redis.call('DEL', prefix .. 'k:' .. kept) end
return ended
";

/// `prefix user`: returns the keys and the fields of the sessions, and removes those that have expired from the set.
const OF_USER: &str = "
local set, found = ARGV[1] .. 'u:' .. ARGV[2], {}
for _, session in ipairs(redis.call('SMEMBERS', set)) do
    local head = redis.call('HMGET', ARGV[1] .. 's:' .. session, 'head', 'seen', 'expires')
    if head[1] then table.insert(found, {session, head[1], head[2], head[3]})
    else redis.call('SREM', set, session) end
end
return found
";

impl Default for Scripts {
    fn default() -> Self {
        let joining = |script: &str| Script::new(&format!("{JOIN}{script}"));
        Self {
            create: joining(CREATE),
            find_kept: Script::new(FIND_KEPT),
            put: Script::new(PUT),
            touch: Script::new(TOUCH),
            replace: joining(REPLACE),
            end: Script::new(END),
            of_user: Script::new(OF_USER),
        }
    }
}
