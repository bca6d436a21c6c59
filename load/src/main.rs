//! A generator of load: `highball-load http://127.0.0.1:8080/ping`.
//!
//! Threads with kept connections send requests ([`sender`]), a schedule says when ([`schedule`]), what comes back is
//! recorded ([`record`]) and reported as text, JSON and a page ([`report`]).

mod args;
mod html;
mod limit;
mod link;
mod progress;
mod record;
mod report;
mod run;
mod schedule;
mod sender;
mod target;
mod text;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command, Output};
use crate::report::Report;

fn main() -> ExitCode {
    match go() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("highball-load: {error}");
            ExitCode::from(2)
        }
    }
}

/// Does what the command line says, and returns whether what it requires holds.
fn go() -> Result<bool, String> {
    match Cli::parse() {
        Cli {
            command: Some(Command::Merge { reports, output }),
            ..
        } => put(&merge(&reports)?, &output),
        Cli { run, command: None } => put(&run::run(&run)?, &run.output),
    }
}

fn merge(paths: &[PathBuf]) -> Result<Report, String> {
    let (first, others) = paths.split_first().ok_or("there is no report")?;
    let mut sum = Report::read(first)?;
    for path in others {
        sum.merge(Report::read(path)?)?;
    }
    Ok(sum)
}

/// Shows a report, writes it where it shall go, and checks its limits.
fn put(report: &Report, output: &Output) -> Result<bool, String> {
    let json = serde_json::to_string(report).map_err(|error| error.to_string())?;
    let text = text::text(report);
    match &output.json {
        Some(path) if path == Path::new("-") => {
            println!("{json}");
            eprint!("{text}");
        }
        Some(path) => {
            write(path, json.as_bytes())?;
            print!("{text}");
        }
        None => print!("{text}"),
    }
    if let Some(path) = &output.html {
        write(path, html::page(report)?.as_bytes())?;
    }
    let missed = output.limits.iter().filter(|limit| !limit.holds(report));
    let missed: Vec<String> = missed.map(ToString::to_string).collect();
    for limit in &missed {
        eprintln!("missed     {limit}");
    }
    Ok(missed.is_empty())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
