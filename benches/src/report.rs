//! The table of what was measured.

use std::{env, fmt::Write as _, fs, path::PathBuf};

use crate::{chart, endpoint::Endpoint, failure::Failure, results::Results, wrk::Loaded};

/// The server whose CPU time the others are compared with.
const REFERENCE: &str = "hyper";

/// Writes the tables to the standard output, and with the chart beside the programs.
pub(crate) fn write(endpoints: &[Endpoint], results: &[Results]) -> Result<(), Failure> {
    let mut text = String::new();
    counts(&mut text, "instructions", endpoints, results)?;
    counts(&mut text, "allocations", endpoints, results)?;
    for what in [
        (
            "CPU time a request, by hyper's",
            relative as fn(&Results, &Results, usize) -> String,
        ),
        ("requests a second", |own, _, idx| {
            format!(
                "{:.0}",
                median(own, idx, |loaded| loaded.requests_per_second)
            )
        }),
        ("p50 / p99, ms", |own, _, idx| {
            let (p50, p99) = (
                median(own, idx, |loaded| loaded.p50),
                median(own, idx, |loaded| loaded.p99),
            );
            // wrk has no percentiles of a batch that are of use.
            if own.at[idx].is_batch {
                return "-".to_owned();
            }
            format!("{p50:.2} / {p99:.2}")
        }),
    ] {
        loaded(&mut text, what, endpoints, results)?;
    }
    writeln!(text, "| memory, the most | MiB |\n|---|---|")?;
    for results in results {
        writeln!(
            text,
            "| {} | {:.1} |",
            results.name,
            results.memory as f64 / 1024.0
        )?;
    }
    print!("{text}");
    let beside = beside()?;
    fs::write(beside.join("http.md"), text)?;
    let bars = results
        .iter()
        .map(|own| (own.name, relatives(own, reference(results))));
    let names: Vec<_> = endpoints.iter().map(|endpoint| endpoint.name).collect();
    fs::write(
        beside.join("http.svg"),
        chart::draw(&names, &bars.collect::<Vec<_>>()),
    )?;
    eprintln!("written to {}", beside.display());
    Ok(())
}

/// Returns the directory that the table and the chart go to.
fn beside() -> Result<PathBuf, Failure> {
    let own = env::current_exe()?;
    let target = own.ancestors().nth(2).ok_or("this program lies nowhere")?;
    let beside = target.join("bench");
    fs::create_dir_all(&beside)?;
    Ok(beside)
}

fn head(text: &mut String, title: &str, endpoints: &[&Endpoint]) -> Result<(), Failure> {
    let names: Vec<_> = endpoints.iter().map(|endpoint| endpoint.name).collect();
    writeln!(text, "| {title} | {} |", names.join(" | "))?;
    writeln!(text, "|---|{}", "---|".repeat(names.len()))?;
    Ok(())
}

/// Adds a table of what valgrind has counted; nothing where it has not.
fn counts(
    text: &mut String,
    title: &str,
    endpoints: &[Endpoint],
    results: &[Results],
) -> Result<(), Failure> {
    let counted = |own: &Results, idx: usize| match title {
        "instructions" => own.at[idx].instructions,
        _ => own.at[idx].allocations,
    };
    let columns: Vec<_> = (0..endpoints.len())
        .filter(|idx| results.iter().any(|own| counted(own, *idx).is_some()))
        .collect();
    if columns.is_empty() {
        return Ok(());
    }
    let shown: Vec<_> = columns.iter().map(|idx| &endpoints[*idx]).collect();
    head(text, &format!("{title} a request"), &shown)?;
    let is_counted = |own: &&Results| counted(own, columns[0]).is_some();
    for own in results.iter().filter(is_counted) {
        let cells = columns.iter().map(|idx| match counted(own, *idx) {
            // A difference of two runs that is hardly below nothing is nothing.
            Some(count) => format!("{:.0}", count.round() + 0.0),
            None => String::new(),
        });
        writeln!(
            text,
            "| {} | {} |",
            own.name,
            cells.collect::<Vec<_>>().join(" | ")
        )?;
    }
    writeln!(text)?;
    Ok(())
}

type Cell = fn(&Results, &Results, usize) -> String;

fn loaded(
    text: &mut String,
    (title, cell): (&str, Cell),
    endpoints: &[Endpoint],
    results: &[Results],
) -> Result<(), Failure> {
    head(text, title, &endpoints.iter().collect::<Vec<_>>())?;
    for own in results {
        let cells = (0..endpoints.len()).map(|idx| cell(own, reference(results), idx));
        writeln!(
            text,
            "| {} | {} |",
            own.name,
            cells.collect::<Vec<_>>().join(" | ")
        )?;
    }
    writeln!(text)?;
    Ok(())
}

fn reference(results: &[Results]) -> &Results {
    let reference = results.iter().find(|own| own.name == REFERENCE);
    reference.unwrap_or(&results[0])
}

fn relative(own: &Results, reference: &Results, idx: usize) -> String {
    format!("{:.2}", relatives(own, reference)[idx])
}

/// Returns the CPU time of each endpoint, as a part of the reference's at the same.
fn relatives(own: &Results, reference: &Results) -> Vec<f64> {
    let cpu = |results, idx| median(results, idx, |loaded| loaded.cpu);
    (0..own.at.len())
        .map(|idx| cpu(own, idx) / cpu(reference, idx))
        .collect()
}

fn median(own: &Results, idx: usize, of: fn(&Loaded) -> f64) -> f64 {
    let mut values: Vec<_> = own.at[idx].loaded.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
