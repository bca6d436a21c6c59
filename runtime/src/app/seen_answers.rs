//! A record of the statuses that routes answer in tests, to compare them with what the routes state.
//!
//! Debug builds append to the file that the environment variable `SEEN_ANSWERS` names: the handler, the status, the
//! statuses that the route states, and whether all of its answers are known. `.ci/answers.py` reads the file.

use std::{
    collections::HashSet,
    env,
    fs::{File, OpenOptions},
    io::Write,
    sync::{Mutex, OnceLock, PoisonError},
};

use crate::{response::Response, routes::Route};

/// The file, and the pairs of routes and statuses that it has from this process.
struct Record {
    file: File,
    written: HashSet<(&'static str, u32, u16)>,
}

/// Adds a response to the record, if there is one.
pub(super) fn record(route: Option<&'static Route>, response: &Response) {
    static RECORD: OnceLock<Option<Mutex<Record>>> = OnceLock::new();
    let record = RECORD.get_or_init(|| {
        let path = env::var_os("SEEN_ANSWERS")?;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .ok()?;
        let written = HashSet::new();
        Some(Mutex::new(Record { file, written }))
    });
    let (Some(record), Some(route)) = (record, route) else {
        return;
    };
    let mut record = record.lock().unwrap_or_else(PoisonError::into_inner);
    let status = response.status().as_u16();
    if !record.written.insert((route.file(), route.line(), status)) {
        return;
    }
    let stated: Vec<_> = route
        .answers()
        .iter()
        .map(|answer| answer.status().to_string())
        .collect();
    let is_known = route.unknown_answers().is_empty();
    let line = format!(
        "{}:{}\t{}\t{status}\t{}\t{is_known}\n",
        route.file(),
        route.line(),
        route.path(),
        stated.join(" "),
    );
    // One call, so that lines of other processes are not mixed with it. A test does not depend on the record.
    let _ = record.file.write_all(line.as_bytes());
}
