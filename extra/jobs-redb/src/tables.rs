//! The tables of the file.
//!
//! A job has a row in each of the first three tables. The others are indexes, so that a call reads only the rows that
//! it returns. The states are numbers: 0 waits, 1 runs, 2 is done, 3 is parked.

use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use crate::error::Failure;

/// The version, the state, when it is due, the attempts, the crashes, the fence, until when it has its unique key at
/// least, when it was stored, and when it ended.
pub(crate) type Place = (u32, u8, i64, u32, u32, i64, i64, i64, i64);

/// The name, the order key and the unique key.
pub(crate) type Names = (&'static str, Option<&'static str>, Option<&'static str>);

/// The JSON, the producer and the trace.
pub(crate) type Payload = (&'static str, &'static str, Option<&'static str>);

/// A job that can be claimed: the name, whether it has crashed, the version, when it is due, and the job.
pub(crate) type Ready = (&'static str, bool, u32, i64, u64);

/// A job with a limit key: the name, whether it has crashed, the key, when it is due, and the job.
pub(crate) type Limited = (&'static str, bool, &'static str, i64, u64);

/// The version of this format.
const FORMAT: u64 = 1;

/// The key of the version in the table of numbers.
const FORMAT_KEY: &str = "format";

/// Declares the tables with their definitions.
macro_rules! tables {
    ($($(#[$docs:meta])* $field:ident: $name:literal, $key:ty => $value:ty;)*) => {
        /// The tables in a transaction.
        pub(crate) struct Tables<'t> {
            $($(#[$docs])* pub(crate) $field: Table<'t, $key, $value>,)*
        }

        impl<'t> Tables<'t> {
            fn open_all(transaction: &'t WriteTransaction) -> Result<Self, redb::TableError> {
                Ok(Self {
                    $($field: transaction
                        .open_table(TableDefinition::<$key, $value>::new(concat!("highball_jobs_", $name)))?,)*
                })
            }
        }
    };
}

tables! {
    places: "places", u64 => Place;
    names: "names", u64 => Names;
    payloads: "payloads", u64 => Payload;
    /// Why the last attempt of a job has not succeeded.
    reasons: "reasons", u64 => &'static str;
    /// The jobs that a claim can take. Of each order key it has at most one.
    ready: "ready", Ready => ();
    /// The jobs with an order key that wait: the name, the key and the job.
    lanes: "lanes", (&'static str, &'static str, u64) => ();
    /// The job of an order key that runs.
    busy: "busy", (&'static str, &'static str) => u64;
    /// The limit keys of the jobs that have one.
    limit_keys: "limit_keys", u64 => &'static str;
    /// The jobs with a limit key that wait, with their version.
    limited: "limited", Limited => u32;
    /// How many jobs of a limit key run.
    working: "working", (&'static str, &'static str) => u64;
    /// The job that has a unique key.
    unique: "unique", (&'static str, &'static str) => u64;
    /// The jobs that wait, run or are parked: the name, the state and the job, with the time at which it was stored.
    states: "states", (&'static str, u8, u64) => i64;
    /// The jobs that are done: the name, when it ended, and the job.
    finished: "finished", (&'static str, i64, u64) => ();
    /// How many jobs of a name wait, run or are parked.
    counts: "counts", (&'static str, u8) => u64;
    /// The results of steps.
    steps: "steps", (u64, &'static str) => &'static str;
    /// When a schedule was queued last.
    schedules: "schedules", &'static str => i64;
    /// The second in which jobs of a name have started last, and how many.
    rates: "rates", &'static str => (i64, u64);
    /// The version of the format, and the last id.
    numbers: "numbers", &'static str => u64;
}

impl<'t> Tables<'t> {
    /// Opens the tables. Those that are missing are created.
    pub(crate) fn open(transaction: &'t WriteTransaction) -> Result<Self, Failure> {
        Self::open_all(transaction).map_err(Failure::new)
    }

    /// Returns an error if a newer version of this package has changed the tables.
    pub(crate) fn check_format(&mut self) -> Result<(), Failure> {
        let format = self.numbers.get(FORMAT_KEY)?.map(|number| number.value());
        match format {
            None => {
                self.numbers.insert(FORMAT_KEY, FORMAT)?;
                Ok(())
            }
            Some(FORMAT) => Ok(()),
            Some(_) => Err(Failure::NewerFormat),
        }
    }
}
