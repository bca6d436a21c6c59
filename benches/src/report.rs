//! The tables of results.

use std::{env, fmt::Write as _, fs, path::PathBuf};

use crate::{chart, endpoint::Endpoint, failure::Failure, results::Results, wrk::Loaded};

/// The server that CPU times are relative to.
const REFERENCE: &str = "hyper";

/// Prints the tables, and writes them and the chart to the output directory.
pub(crate) fn write(endpoints: &[Endpoint], results: &[Results]) -> Result<(), Failure> {
    let mut text = String::new();
    write_counts(&mut text, "instructions", endpoints, results)?;
    write_counts(&mut text, "allocations", endpoints, results)?;
    for what in [
        (
            "CPU time per request, relative to hyper",
            relative_cpu_cell as fn(&Results, &Results, usize) -> String,
        ),
        ("requests per second", |own, _, idx| {
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
            // The percentiles of wrk are not valid for pipelined requests.
            if own.at[idx].is_pipelined {
                return "-".to_owned();
            }
            format!("{p50:.2} / {p99:.2}")
        }),
    ] {
        write_load(&mut text, what, endpoints, results)?;
    }
    writeln!(text, "| peak memory | MiB |\n|---|---|")?;
    for results in results {
        writeln!(
            text,
            "| {} | {:.1} |",
            results.name,
            results.peak_memory as f64 / 1024.0
        )?;
    }
    print!("{text}");
    let dir = output_dir()?;
    fs::write(dir.join("http.md"), text)?;
    let bars = results
        .iter()
        .map(|own| (own.name, relative_cpu(own, reference(results))));
    let names: Vec<_> = endpoints.iter().map(|endpoint| endpoint.name).collect();
    fs::write(
        dir.join("http.svg"),
        chart::draw(&names, &bars.collect::<Vec<_>>()),
    )?;
    eprintln!("written to {}", dir.display());
    Ok(())
}

/// Returns the directory for the tables and the chart.
fn output_dir() -> Result<PathBuf, Failure> {
    let own = env::current_exe()?;
    let target = own
        .ancestors()
        .nth(2)
        .ok_or("this program is not in a target directory")?;
    let dir = target.join("bench");
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

fn write_head(text: &mut String, title: &str, endpoints: &[&Endpoint]) -> Result<(), Failure> {
    let names: Vec<_> = endpoints.iter().map(|endpoint| endpoint.name).collect();
    writeln!(text, "| {title} | {} |", names.join(" | "))?;
    writeln!(text, "|---|{}", "---|".repeat(names.len()))?;
    Ok(())
}

/// Adds a table of the counts of valgrind, if there are any.
fn write_counts(
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
    write_head(text, &format!("{title} per request"), &shown)?;
    let is_counted = |own: &&Results| counted(own, columns[0]).is_some();
    for own in results.iter().filter(is_counted) {
        let cells = columns.iter().map(|idx| match counted(own, *idx) {
            // The difference of two runs can be a little below zero. Adding 0.0 turns the `-0` of rounding into `0`.
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

fn write_load(
    text: &mut String,
    (title, cell): (&str, Cell),
    endpoints: &[Endpoint],
    results: &[Results],
) -> Result<(), Failure> {
    write_head(text, title, &endpoints.iter().collect::<Vec<_>>())?;
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

fn relative_cpu_cell(own: &Results, reference: &Results, idx: usize) -> String {
    format!("{:.2}", relative_cpu(own, reference)[idx])
}

/// Returns the CPU time of each endpoint, relative to that of the reference.
fn relative_cpu(own: &Results, reference: &Results) -> Vec<f64> {
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
