//! The statements of claims.
//!
//! A job with a key can be claimed if it is the first unfinished one of its key and none of the key runs. A thousand
//! jobs of one key may wait before those of others. So a claim looks at few of them, and [`HEADS`] finds the first jobs
//! of the keys behind them.

/// Picks jobs, and gives them to a worker. $1 name, $2 now, $3 newest version, $4 most, $5 worker, $6 end of the lease.
macro_rules! claim {
    ($source:expr, $condition:expr, $slot:expr, $end:expr) => {
        concat!(
            "WITH picked AS MATERIALIZED (SELECT job.id AS picked_id FROM ",
            $source,
            " WHERE ",
            $condition,
            // With `=`, PostgreSQL may choose the primary key, and read all jobs before the first one of the key.
            " AND (job.order_key IS NULL OR (NOT EXISTS (
                    SELECT 1 FROM highball_jobs AS other
                    WHERE other.name = $1 AND other.order_key = job.order_key AND other.state = 1)
                AND job.id = (
                    SELECT other.id FROM highball_jobs AS other
                    WHERE other.name = $1 AND other.order_key >= job.order_key AND other.state < 2
                        AND other.order_key IS NOT NULL
                    ORDER BY other.order_key, other.id LIMIT 1))) ",
            $end,
            ") UPDATE highball_jobs SET state = 1, attempts = attempts + 1, fence = fence + 1, worker = $5, lease = $6,
                slot = ",
            $slot,
            " FROM picked WHERE id = picked_id
            RETURNING id, fence, version, payload, attempts, crashes, created, due, producer, trace"
        )
    };
}

/// A job that may run now, and that has not crashed.
///
/// Statistics of a table that changes all the time are wrong. Where a row must be found by its id, `state + 0`
/// keeps the planner from an index with all waiting jobs.
macro_rules! usual {
    ($state:literal) => {
        concat!(
            "name = $1 AND ",
            $state,
            " = 0 AND due <= $2 AND version <= $3 AND crashes = 0"
        )
    };
}

/// One that has crashed, if no other one of this name runs.
macro_rules! suspect {
    () => {
        "job.name = $1 AND job.state = 0 AND job.due <= $2 AND job.version <= $3 AND job.crashes > 0
        AND NOT EXISTS (SELECT 1 FROM highball_jobs AS running
            WHERE running.state = 1 AND running.name = job.name AND running.crashes > 0)"
    };
}

/// No slot: a consumer without a limit runs any number of a limit key.
macro_rules! no_slot {
    () => {
        "NULL"
    };
}

/// The lowest slot of the limit key in which no job runs.
macro_rules! free_slot {
    () => {
        "(SELECT MIN(number) FROM (
            SELECT 0 AS number
            UNION ALL SELECT taken.slot + 1 FROM highball_jobs AS taken
            WHERE taken.name = $1 AND taken.limit_key = highball_jobs.limit_key AND taken.state = 1) AS next
            WHERE NOT EXISTS (SELECT 1 FROM highball_jobs AS taken
                WHERE taken.name = $1 AND taken.limit_key = highball_jobs.limit_key AND taken.state = 1
                    AND taken.slot = number))"
    };
}

/// Whether fewer jobs of the limit key run than may run.
macro_rules! below_limit {
    ($limit:literal) => {
        concat!(
            " AND (job.limit_key IS NULL OR (SELECT count(*) FROM highball_jobs AS running
                WHERE running.name = $1 AND running.limit_key = job.limit_key AND running.state = 1) < ",
            $limit,
            ")"
        )
    };
}

/// How many jobs a claim looks at, in the order in which they are due.
macro_rules! front {
    () => {
        "500"
    };
}

/// Waiting jobs with the ids in $7.
macro_rules! sqlite_ids {
    () => {
        concat!(
            usual!("state + 0"),
            " AND job.id IN (SELECT value FROM json_each($7))"
        )
    };
}

/// The same.
macro_rules! postgres_ids {
    () => {
        concat!(
            usual!("state + 0"),
            " AND job.id = ANY(ARRAY(
                SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($7 AS JSON))))"
        )
    };
}

/// The statements that give jobs to a worker.
pub(super) struct ClaimStatements {
    /// Jobs among those that are due first.
    pub(super) usual: &'static str,
    /// A job that has crashed.
    pub(super) suspect: &'static str,
    /// Jobs with these ids: $7, a JSON array.
    pub(super) of_ids: &'static str,
    /// The same, of which no two have the same limit key. $8 the limit.
    pub(super) limited: &'static str,
    /// A job that has crashed. $7 the limit.
    pub(super) limited_suspect: &'static str,
}

pub(super) const SQLITE: ClaimStatements = ClaimStatements {
    usual: claim!(
        concat!(
            "(SELECT id, order_key FROM highball_jobs WHERE ",
            usual!("state"),
            " ORDER BY due, id LIMIT ",
            front!(),
            ") AS job"
        ),
        "1",
        no_slot!(),
        // The rows have the order of the source. Sorting them would look at all of them.
        "LIMIT $4"
    ),
    suspect: claim!(
        "highball_jobs AS job",
        suspect!(),
        no_slot!(),
        "ORDER BY job.due, job.id LIMIT $4"
    ),
    of_ids: claim!(
        "highball_jobs AS job",
        sqlite_ids!(),
        no_slot!(),
        "ORDER BY job.due, job.id LIMIT $4"
    ),
    limited: claim!(
        "highball_jobs AS job",
        concat!(sqlite_ids!(), below_limit!("$8")),
        free_slot!(),
        "ORDER BY job.due, job.id LIMIT $4"
    ),
    limited_suspect: claim!(
        "highball_jobs AS job",
        concat!(suspect!(), below_limit!("$7")),
        free_slot!(),
        "ORDER BY job.due, job.id LIMIT $4"
    ),
};

pub(super) const POSTGRES: ClaimStatements = ClaimStatements {
    usual: claim!(
        concat!(
            "(SELECT id AS front_id, due AS front_due FROM highball_jobs WHERE ",
            usual!("state"),
            " ORDER BY due, id LIMIT ",
            front!(),
            ") AS front JOIN highball_jobs AS job ON job.id = front_id"
        ),
        "job.state + 0 = 0",
        no_slot!(),
        "ORDER BY front_due, front_id LIMIT $4 FOR UPDATE OF job SKIP LOCKED"
    ),
    suspect: claim!(
        "highball_jobs AS job",
        suspect!(),
        no_slot!(),
        "ORDER BY job.due, job.id LIMIT $4 FOR UPDATE OF job SKIP LOCKED"
    ),
    of_ids: claim!(
        "highball_jobs AS job",
        postgres_ids!(),
        no_slot!(),
        "ORDER BY job.due, job.id LIMIT $4 FOR UPDATE OF job SKIP LOCKED"
    ),
    limited: claim!(
        "highball_jobs AS job",
        concat!(postgres_ids!(), below_limit!("$8")),
        free_slot!(),
        "ORDER BY job.due, job.id LIMIT $4 FOR UPDATE OF job SKIP LOCKED"
    ),
    limited_suspect: claim!(
        "highball_jobs AS job",
        concat!(suspect!(), below_limit!("$7")),
        free_slot!(),
        "ORDER BY job.due, job.id LIMIT $4 FOR UPDATE OF job SKIP LOCKED"
    ),
};

/// How many keys [`HEADS`] visits.
pub(super) const KEYS: usize = 200;

/// Returns the first unfinished job of each key, from a key on, and 1 if it may run now. It returns none if a claim
/// looks at all jobs anyway. $1 name, $2 now, $3 newest version, $4 the key.
///
/// Each step is one look into the index, which is as fast with a million jobs of a key as with one.
pub(super) const HEADS: &str = concat!(
    "WITH RECURSIVE heads(head, number) AS (
        SELECT (SELECT id FROM highball_jobs
            WHERE name = $1 AND state < 2 AND order_key IS NOT NULL AND order_key >= $4
            ORDER BY order_key, id LIMIT 1), 1
        WHERE EXISTS (SELECT 1 FROM highball_jobs WHERE ",
    usual!("state"),
    " ORDER BY due, id LIMIT 1 OFFSET ",
    front!(),
    ") UNION ALL
        SELECT (SELECT next.id FROM highball_jobs AS next
            WHERE next.name = $1 AND next.state < 2 AND next.order_key IS NOT NULL
                AND next.order_key > (SELECT last.order_key FROM highball_jobs AS last WHERE last.id = head)
            ORDER BY next.order_key, next.id LIMIT 1), number + 1
        FROM heads WHERE head IS NOT NULL AND number < 200)
    SELECT head, order_key, CASE WHEN ",
    usual!("state"),
    " THEN 1 ELSE 0 END FROM heads JOIN highball_jobs ON id = head ORDER BY number"
);

/// Returns jobs without a key, behind those of keys. $1 name, $2 now, $3 newest version, $4 most.
pub(super) const WITHOUT_KEY: &str = concat!(
    "SELECT id FROM highball_jobs WHERE ",
    usual!("state"),
    " AND order_key IS NULL ORDER BY due, id LIMIT $4"
);

/// Returns the limit keys with jobs that wait, from a key on, and the first job of each that may run now. There is none
/// for a key at its limit. $1 name, $2 now, $3 newest version, $4 the key, $5 the limit.
///
/// Each step is one look into the index.
pub(super) const LIMITED: &str = concat!(
    "WITH RECURSIVE keys(key, number) AS (
        SELECT (SELECT limit_key FROM highball_jobs
            WHERE name = $1 AND state = 0 AND limit_key IS NOT NULL AND limit_key >= $4
            ORDER BY limit_key LIMIT 1), 1
        UNION ALL
        SELECT (SELECT next.limit_key FROM highball_jobs AS next
            WHERE next.name = $1 AND next.state = 0 AND next.limit_key IS NOT NULL AND next.limit_key > key
            ORDER BY next.limit_key LIMIT 1), number + 1
        FROM keys WHERE key IS NOT NULL AND number < 200)
    SELECT CASE WHEN (SELECT count(*) FROM highball_jobs AS running
            WHERE running.name = $1 AND running.limit_key = key AND running.state = 1) < $5
        THEN (SELECT id FROM highball_jobs WHERE ",
    usual!("state"),
    " AND limit_key = key ORDER BY due, id LIMIT 1) END, key
    FROM keys WHERE key IS NOT NULL ORDER BY number"
);

/// Returns jobs without a limit key, which a program without a limit has published. $1 name, $2 now, $3 newest version,
/// $4 most.
pub(super) const WITHOUT_LIMIT: &str = concat!(
    "SELECT id FROM highball_jobs WHERE ",
    usual!("state"),
    " AND limit_key IS NULL ORDER BY due, id LIMIT $4"
);
