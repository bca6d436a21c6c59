//! The statements, whose text is almost the same for SQLite and PostgreSQL.
//!
//! The states are numbers: 0 waits, 1 runs, 2 is done, 3 is parked. Times are milliseconds since 1970, and 0 is none.

/// The tables of SQLite.
pub(super) const SQLITE: &[&[&str]] = &[&[
    "CREATE TABLE highball_jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, version BIGINT NOT NULL, payload TEXT NOT NULL,
        state BIGINT NOT NULL DEFAULT 0, due BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0,
        crashes BIGINT NOT NULL DEFAULT 0, fence BIGINT NOT NULL DEFAULT 0, lease BIGINT NOT NULL DEFAULT 0,
        worker TEXT NOT NULL DEFAULT '', order_key TEXT, unique_key TEXT, holds BIGINT NOT NULL,
        unique_until BIGINT NOT NULL, created BIGINT NOT NULL, ended BIGINT NOT NULL DEFAULT 0,
        producer TEXT NOT NULL, trace TEXT, reason TEXT)",
    WAITING, RUNNING, PARKED, DONE, KEYS, ONE_OF_KEY, UNIQUE, STEPS, SCHEDULES, RATES,
], &[SUSPECTS], LIMITS];

/// The tables of PostgreSQL.
pub(super) const POSTGRES: &[&[&str]] = &[&[
    "CREATE TABLE highball_jobs (
        id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT NOT NULL, version BIGINT NOT NULL,
        payload TEXT NOT NULL, state BIGINT NOT NULL DEFAULT 0, due BIGINT NOT NULL,
        attempts BIGINT NOT NULL DEFAULT 0, crashes BIGINT NOT NULL DEFAULT 0, fence BIGINT NOT NULL DEFAULT 0,
        lease BIGINT NOT NULL DEFAULT 0, worker TEXT NOT NULL DEFAULT '', order_key TEXT, unique_key TEXT,
        holds BIGINT NOT NULL, unique_until BIGINT NOT NULL, created BIGINT NOT NULL,
        ended BIGINT NOT NULL DEFAULT 0, producer TEXT NOT NULL, trace TEXT, reason TEXT)",
    WAITING, RUNNING, PARKED, DONE, KEYS, ONE_OF_KEY, UNIQUE, STEPS, SCHEDULES, RATES,
], &[SUSPECTS], LIMITS];

// Each index has the rows of one state, so finished rows make no claim slower.
const WAITING: &str =
    "CREATE INDEX highball_jobs_waiting ON highball_jobs (name, due, id) WHERE state = 0";
const RUNNING: &str =
    "CREATE INDEX highball_jobs_running ON highball_jobs (worker) WHERE state = 1";
const SUSPECTS: &str = "CREATE INDEX highball_jobs_suspects ON highball_jobs (name, due, id)
    WHERE state = 0 AND crashes > 0";
const PARKED: &str =
    "CREATE INDEX highball_jobs_parked ON highball_jobs (name, id) WHERE state = 3";
const DONE: &str = "CREATE INDEX highball_jobs_done ON highball_jobs (name, ended) WHERE state = 2";
const KEYS: &str = "CREATE INDEX highball_jobs_keys ON highball_jobs (name, order_key, id)
    WHERE state < 2 AND order_key IS NOT NULL";
/// Two jobs of a key cannot run at once, even if two workers do not see the claims of each other.
const ONE_OF_KEY: &str =
    "CREATE UNIQUE INDEX highball_jobs_one_of_key ON highball_jobs (name, order_key)
    WHERE state = 1 AND order_key IS NOT NULL";
const UNIQUE: &str = "CREATE UNIQUE INDEX highball_jobs_unique ON highball_jobs (name, unique_key)
    WHERE holds = 1 AND unique_key IS NOT NULL";
const LIMITS: &[&str] = &[
    "ALTER TABLE highball_jobs ADD COLUMN limit_key TEXT",
    "ALTER TABLE highball_jobs ADD COLUMN slot BIGINT",
    "CREATE INDEX highball_jobs_limited ON highball_jobs (name, limit_key, due, id)
        WHERE state = 0 AND limit_key IS NOT NULL",
    // Two workers that do not see the claims of each other choose the same slot.
    "CREATE UNIQUE INDEX highball_jobs_one_of_slot ON highball_jobs (name, limit_key, slot)
        WHERE state = 1 AND limit_key IS NOT NULL",
];
const STEPS: &str = "CREATE TABLE highball_job_steps (
    job BIGINT NOT NULL, name TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (job, name))";
const SCHEDULES: &str =
    "CREATE TABLE highball_job_schedules (name TEXT NOT NULL PRIMARY KEY, last BIGINT NOT NULL)";
const RATES: &str = "CREATE TABLE highball_job_rates (
    name TEXT NOT NULL PRIMARY KEY, second BIGINT NOT NULL, used BIGINT NOT NULL)";

/// $1 name, $2 version, $3 payload, $4 due, $5 order key, $6 unique key, $7 whether it holds the key, $8 until when,
/// $9 now, $10 producer, $11 trace, $12 limit key.
pub(super) const INSERT: &str = "INSERT INTO highball_jobs
    (name, version, payload, due, order_key, unique_key, holds, unique_until, created, producer, trace,
        limit_key)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING RETURNING id";

/// Frees a unique key whose time has passed. $1 name, $2 key, $3 now.
pub(super) const FREE_KEY: &str = "UPDATE highball_jobs SET holds = 0
    WHERE name = $1 AND unique_key = $2 AND holds = 1 AND state > 1 AND unique_until <= $3";

/// $1 worker, $2 end of the lease, $3 the ids as a JSON array.
pub(super) const RENEW_SQLITE: &str = "UPDATE highball_jobs SET lease = $2
    WHERE worker = $1 AND state = 1 AND id IN (SELECT value FROM json_each($3)) RETURNING id";

/// The same.
pub(super) const RENEW_POSTGRES: &str = "UPDATE highball_jobs SET lease = $2
    WHERE worker = $1 AND state = 1
        AND id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($3 AS JSON)))
    RETURNING id";

/// $1 job, $2 fence, $3 now.
pub(super) const DONE_NOW: &str =
    "UPDATE highball_jobs SET state = 2, ended = $3, worker = '', reason = NULL,
    holds = CASE WHEN unique_until > $3 THEN holds ELSE 0 END
    WHERE id = $1 AND fence = $2 AND state = 1 RETURNING id";

/// $1 job, $2 fence, $3 now, $4 reason.
pub(super) const PARK: &str =
    "UPDATE highball_jobs SET state = 3, ended = $3, worker = '', reason = $4,
    holds = CASE WHEN unique_until > $3 THEN holds ELSE 0 END
    WHERE id = $1 AND fence = $2 AND state = 1 RETURNING id";

/// $1 job, $2 fence, $3 due, $4 reason.
pub(super) const RETRY: &str =
    "UPDATE highball_jobs SET state = 0, worker = '', due = $3, reason = $4
    WHERE id = $1 AND fence = $2 AND state = 1 RETURNING id";

/// $1 job, $2 fence, $3 due.
pub(super) const RELEASE: &str =
    "UPDATE highball_jobs SET state = 0, worker = '', due = $3, attempts = attempts - 1
    WHERE id = $1 AND fence = $2 AND state = 1 RETURNING id";

/// $1 name, $2 now, $3 most crashes, $4 most attempts, $5 pause, $6 reason, $7 the time of the system.
pub(super) const RECOVER: &str = "UPDATE highball_jobs SET
    state = CASE WHEN crashes + 1 >= $3 OR attempts >= $4 THEN 3 ELSE 0 END,
    ended = CASE WHEN crashes + 1 >= $3 OR attempts >= $4 THEN $2 ELSE 0 END,
    holds = CASE WHEN (crashes + 1 >= $3 OR attempts >= $4) AND unique_until <= $2 THEN 0 ELSE holds END,
    due = $2 + $5 * (crashes + 1), crashes = crashes + 1, worker = '', reason = $6
    WHERE state = 1 AND name = $1 AND lease < $7 RETURNING state";

/// $1 job, $2 name of the step.
pub(super) const STEP: &str = "SELECT result FROM highball_job_steps WHERE job = $1 AND name = $2";

/// $1 job, $2 fence, $3 name of the step, $4 result.
pub(super) const KEEP_STEP: &str = "INSERT INTO highball_job_steps (job, name, result)
    SELECT id, $3, $4 FROM highball_jobs WHERE id = $1 AND fence = $2 AND state = 1
    ON CONFLICT (job, name) DO UPDATE SET result = excluded.result RETURNING job";

pub(super) const COUNTS: &str = "
    SELECT name, state, count(*), min(due) FROM highball_jobs WHERE state = 0 GROUP BY name, state
    UNION ALL
    SELECT name, state, count(*), min(created) FROM highball_jobs WHERE state = 1 GROUP BY name, state
    UNION ALL
    SELECT name, state, count(*), min(created) FROM highball_jobs WHERE state = 3 GROUP BY name, state";

/// $1 name, $2 state, $3 most.
pub(super) const LIST: &str =
    "SELECT id, version, payload, attempts, crashes, created, due, reason, producer
    FROM highball_jobs WHERE name = $1 AND state = $2 ORDER BY id LIMIT $3";

/// $1 job, $2 now.
pub(super) const REQUEUE: &str = "UPDATE highball_jobs SET state = 0, due = $2, attempts = 0, crashes = 0, ended = 0,
    holds = CASE WHEN unique_key IS NULL THEN 0 ELSE 1 END WHERE id = $1 AND state = 3 RETURNING name";

/// $1 name, $2 time.
pub(super) const PRUNE: &str = "DELETE FROM highball_jobs WHERE id IN (
    SELECT id FROM highball_jobs WHERE name = $1 AND state = 2 AND ended < $2 LIMIT 1000) RETURNING id";

/// Deletes the steps of jobs that no longer exist.
pub(super) const PRUNE_STEPS: &str = "DELETE FROM highball_job_steps
    WHERE NOT EXISTS (SELECT 1 FROM highball_jobs WHERE id = job)";

/// $1 schedule, $2 now.
pub(super) const ADD_SCHEDULE: &str =
    "INSERT INTO highball_job_schedules (name, last) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/// $1 schedule.
pub(super) const LAST_TICK: &str = "SELECT last FROM highball_job_schedules WHERE name = $1";

/// $1 schedule, $2 old time, $3 new time.
pub(super) const SET_TICK: &str = "UPDATE highball_job_schedules SET last = $3
    WHERE name = $1 AND last = $2 RETURNING name";

/// Takes starts of a second. $1 name, $2 second, $3 starts, $4 most of a second.
pub(super) const TAKE_RATE: &str = "INSERT INTO highball_job_rates (name, second, used) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE SET
        used = CASE WHEN highball_job_rates.second >= $2 THEN highball_job_rates.used + $3 ELSE $3 END,
        second = CASE WHEN highball_job_rates.second >= $2 THEN highball_job_rates.second ELSE $2 END
    WHERE highball_job_rates.second < $2 OR highball_job_rates.used + $3 <= $4 RETURNING used";

/// Gives starts back that found no job. $1 name, $2 second, $3 starts.
pub(super) const GIVE_RATE: &str =
    "UPDATE highball_job_rates SET used = used - $3 WHERE name = $1 AND second = $2";

/// Sends messages. $1 the messages as a JSON array.
///
/// It holds a lock of the whole database until its commit. So its commit does not wait for the disk: nothing is stored.
pub(super) const NOTIFY: &str = "SELECT 1 FROM (
    SELECT set_config('synchronous_commit', 'off', true), pg_notify('highball_jobs', message)
    FROM json_array_elements_text(CAST($1 AS JSON)) AS message) AS sent";

/// The channel of the messages, which all schemas of a database share.
pub(super) const CHANNEL: &str = "highball_jobs";

/// The time of PostgreSQL, by which all processes measure leases.
pub(super) const NOW_POSTGRES: &str =
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

/// The file of SQLite, or an empty text for a database in memory.
pub(super) const FILE_SQLITE: &str = "SELECT file FROM pragma_database_list WHERE name = 'main'";
