//! The statements. They have the same text for SQLite and PostgreSQL, with two exceptions.

/// The tables, of which each list is a migration. A migration that was published never changes: append another one.
///
/// The foreign keys let slots and kept keys follow their session when its key changes, and go with it when it ends.
pub(super) const MIGRATIONS: &[&[&str]] = &[&[
    "CREATE TABLE highball_sessions (
        key BYTEA NOT NULL PRIMARY KEY,
        user_name TEXT,
        created BIGINT NOT NULL,
        logged_in BIGINT NOT NULL,
        renewed BIGINT NOT NULL,
        seen BIGINT NOT NULL,
        expires BIGINT NOT NULL,
        remembered BIGINT NOT NULL,
        agent TEXT NOT NULL
    )",
    "CREATE INDEX highball_sessions_user ON highball_sessions (user_name)",
    "CREATE INDEX highball_sessions_expires ON highball_sessions (expires)",
    "CREATE TABLE highball_session_slots (
        key BYTEA NOT NULL REFERENCES highball_sessions (key) ON DELETE CASCADE ON UPDATE CASCADE,
        name TEXT NOT NULL,
        version BIGINT NOT NULL,
        schema BIGINT NOT NULL,
        json BYTEA NOT NULL,
        PRIMARY KEY (key, name)
    )",
    "CREATE TABLE highball_session_keys (
        kept BYTEA NOT NULL PRIMARY KEY,
        key BYTEA NOT NULL REFERENCES highball_sessions (key) ON DELETE CASCADE ON UPDATE CASCADE,
        until BIGINT NOT NULL
    )",
    "CREATE INDEX highball_session_keys_key ON highball_session_keys (key)",
    "CREATE INDEX highball_session_keys_until ON highball_session_keys (until)",
]];

pub(super) const CREATE: &str = "INSERT INTO highball_sessions
    (key, user_name, created, logged_in, renewed, seen, expires, remembered, agent)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (key) DO NOTHING RETURNING seen";

/// A session that has the key itself comes before one for which the key is kept.
pub(super) const LOAD: &str =
    "SELECT s.key, s.user_name, s.created, s.logged_in, s.renewed, s.seen, s.expires,
        s.remembered, s.agent, t.name, t.version, t.schema, t.json
    FROM highball_sessions s LEFT JOIN highball_session_slots t ON t.key = s.key
    WHERE s.key = COALESCE(
        (SELECT key FROM highball_sessions WHERE key = $1),
        (SELECT key FROM highball_session_keys WHERE kept = $1 AND until > $2))";

/// Returns no row if the slot has another version or if there is no session. The foreign key rejects a slot of a
/// session that ends, or that gets another key, during the statement.
pub(super) const PUT: &str = "INSERT INTO highball_session_slots (key, name, version, schema, json)
    SELECT s.key, $2, 1, $4, $5 FROM highball_sessions s WHERE s.key = $1 AND ($3 = 0 OR EXISTS
        (SELECT 1 FROM highball_session_slots t WHERE t.key = $1 AND t.name = $2))
    ON CONFLICT (key, name) DO UPDATE
        SET version = highball_session_slots.version + 1, schema = excluded.schema, json = excluded.json
        WHERE highball_session_slots.version = $3
    RETURNING version";

/// Reads what a `PUT` without a row has met. In the same statement, PostgreSQL would return the version from before the
/// change that was faster.
pub(super) const CURRENT: &str = "SELECT t.version, t.schema, t.json
    FROM highball_sessions s LEFT JOIN highball_session_slots t ON t.key = s.key AND t.name = $2
    WHERE s.key = $1";

/// The commit of a touch does not wait for the disk, because a crash of the server then loses only the time of the last
/// use. The setting ends with the statement. Logins, log-outs and changes of slots wait.
pub(super) const TOUCH_POSTGRES: &str =
    "WITH setting AS (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE highball_sessions SET seen = $2, expires = $3 FROM setting WHERE key = $1 AND seen <= $2";
pub(super) const TOUCH: &str =
    "UPDATE highball_sessions SET seen = $2, expires = $3 WHERE key = $1 AND seen <= $2";

pub(super) const REPLACE: &str =
    "UPDATE highball_sessions SET key = $10, user_name = $2, created = $3,
        logged_in = $4, renewed = $5, seen = $6, expires = $7, remembered = $8, agent = $9
    WHERE key = $1 AND NOT EXISTS (SELECT 1 FROM highball_sessions WHERE key = $10) RETURNING seen";
pub(super) const DROP_KEPT: &str = "DELETE FROM highball_session_keys WHERE key = $1";
pub(super) const KEEP: &str =
    "INSERT INTO highball_session_keys (kept, key, until) VALUES ($1, $2, $3)
    ON CONFLICT (kept) DO UPDATE SET key = excluded.key, until = excluded.until";

pub(super) const END: &str = "DELETE FROM highball_sessions WHERE key = $1 RETURNING seen";

pub(super) const OF_USER: &str =
    "SELECT key, user_name, created, logged_in, renewed, seen, expires, remembered, agent
    FROM highball_sessions WHERE user_name = $1";

/// How many sessions one statement sweeps, so that others do not wait long for the writer.
pub(super) const SWEEP_AT_ONCE: usize = 500;

/// Two processes that sweep at the same time take different sessions. The second condition spares a session that is
/// touched during the statement.
pub(super) const SWEEP_POSTGRES: &str = "DELETE FROM highball_sessions WHERE expires <= $1 AND key IN
    (SELECT key FROM highball_sessions WHERE expires <= $1 LIMIT 500 FOR UPDATE SKIP LOCKED) RETURNING seen";
pub(super) const SWEEP: &str = "DELETE FROM highball_sessions WHERE expires <= $1 AND key IN
    (SELECT key FROM highball_sessions WHERE expires <= $1 LIMIT 500) RETURNING seen";
pub(super) const SWEEP_KEPT: &str = "DELETE FROM highball_session_keys WHERE until <= $1";

pub(super) const CHECK: &str = "SELECT seen FROM highball_sessions LIMIT 1";
