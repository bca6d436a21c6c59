//! A load generator for HTTP servers: `highball-load http://127.0.0.1:8080/ping`.
//!
//! Threads send requests over persistent connections ([`sender`]). A schedule determines when ([`schedule`]). The
//! results are recorded ([`record`]) and reported as text, JSON and HTML ([`report`]).

#![cfg_attr(docsrs, feature(doc_cfg))]

mod args;
mod connection;
mod duration;
mod html;
mod progress;
mod record;
mod report;
mod requirement;
mod run;
mod schedule;
mod sender;
mod shard;
mod target;
mod text;

use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Cli, Command, Output};
use crate::report::Report;

fn main() -> ExitCode {
    match run_command() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("highball-load: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs the command, and returns whether the report meets its requirements.
fn run_command() -> Result<bool, String> {
    match Cli::parse() {
        Cli {
            command:
                Some(Command::Merge {
                    reports,
                    partial,
                    output,
                }),
            ..
        } => {
            let files = Files::open(&output)?;
            let report = merge(&reports)?;
            if !partial {
                report.check_shards()?;
            }
            write_report(&report, &output, files)
        }
        Cli { run, command: None } => {
            // The files are opened first, so that a long run does not end with a file that cannot be written.
            let files = Files::open(&run.output)?;
            write_report(&run::run(&run)?, &run.output, files)
        }
    }
}

fn merge(paths: &[PathBuf]) -> Result<Report, String> {
    let mut reports = Vec::new();
    for path in paths {
        reports.extend(Report::read_all(path)?);
    }
    let mut reports = reports.into_iter();
    let mut sum = reports.next().ok_or("no report to merge")?;
    for report in reports {
        sum.merge(report)?;
    }
    Ok(sum)
}

/// The files that a report is written to.
struct Files {
    json: Option<File>,
    html: Option<File>,
}

impl Files {
    fn open(output: &Output) -> Result<Self, String> {
        let json = output.json.as_deref().filter(|path| !is_stdout(path));
        Ok(Self {
            json: json.map(open_output).transpose()?,
            html: output.html.as_deref().map(open_output).transpose()?,
        })
    }
}

fn is_stdout(path: &Path) -> bool {
    path == Path::new("-")
}

/// Opens a file without truncating it. Its content stays until the report is written.
fn open_output(path: &Path) -> Result<File, String> {
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    file.map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Shows a report, writes its files, and checks its requirements.
fn write_report(report: &Report, output: &Output, files: Files) -> Result<bool, String> {
    let text = text::render(report);
    let json = serde_json::to_string(report).map_err(|error| error.to_string())?;
    let shown = if output.json.as_deref().is_some_and(is_stdout) {
        let _best_effort = io::stderr().write_all(text.as_bytes());
        writeln!(io::stdout(), "{json}")
    } else {
        io::stdout().write_all(text.as_bytes())
    };
    let mut written = vec![shown, io::stdout().flush()];
    if let Some(file) = files.json {
        written.push(write_file(file, json.as_bytes()));
    }
    if let Some(file) = files.html {
        written.push(write_file(file, html::render(report)?.as_bytes()));
    }
    let missed = output
        .requirements
        .iter()
        .filter(|requirement| !requirement.is_met(report));
    let missed: Vec<String> = missed.map(ToString::to_string).collect();
    for requirement in &missed {
        let _best_effort = writeln!(io::stderr(), "missed     {requirement}");
    }
    // An error is returned only after everything else has been written.
    let written: io::Result<()> = written.into_iter().collect();
    written.map_err(|error| format!("cannot write the report: {error}"))?;
    Ok(missed.is_empty())
}

fn write_file(mut file: File, bytes: &[u8]) -> io::Result<()> {
    // A pipe has no length and no position.
    if file.metadata()?.is_file() {
        file.rewind()?;
        file.set_len(0)?;
    }
    file.write_all(bytes)
}
