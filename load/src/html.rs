//! A report as an HTML page with plots.

use std::fmt::Write as _;

use plotters::prelude::*;

use crate::record::Record;
use crate::report::Report;
use crate::text::{
    QUANTILES, describe_load, format_millis, group_thousands, list_failures, list_statuses,
};

const SIZE: (u32, u32) = (860, 280);
const COLORS: [RGBColor; 3] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 96, 20),
    RGBColor(140, 140, 140),
];

/// The maximum number of seconds in a plot: a month.
const MAX_SECONDS: u64 = 31 * 24 * 60 * 60;

/// A line of a plot: its name, and its points in pieces with gaps between.
type Line = (&'static str, Vec<Vec<(f64, f64)>>);

/// Renders a page without external resources.
pub(crate) fn render(report: &Report) -> Result<String, String> {
    let (total, seconds) = (report.total(), seconds(report));
    let plots = [
        ("Responses per second", plot("s", "", &rates(&seconds))?),
        (
            "Latency of responses over time",
            plot("s", "ms", &latencies(&seconds))?,
        ),
        (
            "Latency of responses by quantile",
            plot(
                "1 is p90, 2 is p99, 3 is p99.9",
                "ms",
                &latency_by_quantile(&total),
            )?,
        ),
    ];
    let mut page = String::from(HEAD);
    let _to_memory = write!(
        page,
        "<p>{}</p><p>{} responses, {} per second. Statuses: {}. Failed: {}.{}</p>",
        describe_load(report),
        group_thousands(total.responses()),
        group_thousands(report.rate() as u64),
        list_statuses(&total),
        list_failures(&total),
        unsent(report),
    );
    page.push_str(&table(report));
    for (title, plot) in plots {
        let _to_memory = write!(page, "<h2>{title}</h2>{plot}");
    }
    page.push_str("</body></html>\n");
    Ok(page)
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Load</title><style>\
    body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}\
    table{border-collapse:collapse}td,th{padding:.2rem .8rem .2rem 0;text-align:right}\
    td{white-space:nowrap}\
    td:first-child,th:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}svg{max-width:100%;height:auto}\
    h2{font-size:1.1rem}</style></head><body><h1>Load</h1>";

fn unsent(report: &Report) -> String {
    if report.unsent == 0 {
        return String::new();
    }
    format!(
        " {} were due, but no connection was free.",
        group_thousands(report.unsent)
    )
}

fn table(report: &Report) -> String {
    let mut table = "<table><tr><th>target<th>responses<th>failed".to_owned();
    for (name, _) in QUANTILES {
        let _to_memory = write!(table, "<th>{name}");
    }
    for target in &report.targets {
        let name = escape(&format!("{} {}", target.method, target.url));
        let record = &target.record;
        let (responses, failed) = (
            group_thousands(record.responses()),
            group_thousands(record.failed()),
        );
        let _to_memory = write!(table, "<tr><td>{name}<td>{responses}<td>{failed}");
        for (_, part) in QUANTILES {
            let value = format_millis(record.latency_at(part));
            let _to_memory = write!(table, "<td>{value}");
        }
    }
    table + "</table>"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// The values of one second that are plotted.
struct Second {
    at: f64,
    responses: f64,
    failed: f64,
    /// The latencies of [`OVER_TIME`] in milliseconds, or `None` without responses.
    latencies: [Option<f64>; 3],
}

/// The quantiles of the latency that are plotted over time.
const OVER_TIME: [(&str, f64); 3] = [("p50", 0.5), ("p99", 0.99), ("max", 1.0)];

/// Returns the values of each second of a report, from its first to its last, including seconds without results.
fn seconds(report: &Report) -> Vec<Second> {
    let mut keys = report.timeline.keys();
    let Some(first) = keys.next().copied() else {
        return Vec::new();
    };
    let last = keys.next_back().copied().unwrap_or(first);
    // A report may come from elsewhere, and one false timestamp would plot centuries.
    let last = last.min(first.saturating_add(MAX_SECONDS));
    let second = |second| {
        // One record at a time is unpacked, since a histogram is large.
        let record = report.timeline.get(&second).map(Record::from);
        let record = record.unwrap_or(Record::new(2));
        Second {
            at: (second - first) as f64,
            responses: record.responses() as f64,
            failed: record.failed() as f64,
            latencies: OVER_TIME.map(|(_, part)| in_millis(&record, part)),
        }
    };
    (first..=last).map(second).collect()
}

/// Returns the results per second, without the first and the last second, which are incomplete.
fn rates(seconds: &[Second]) -> Vec<Line> {
    let whole = seconds.get(1..seconds.len().max(2) - 1).unwrap_or_default();
    let responses = whole.iter().map(|second| (second.at, second.responses));
    let failed = whole.iter().map(|second| (second.at, second.failed));
    vec![
        ("responses", vec![responses.collect()]),
        ("failed", vec![failed.collect()]),
    ]
}

/// Returns the latencies over time, with gaps where there were no responses.
fn latencies(seconds: &[Second]) -> Vec<Line> {
    let runs = || seconds.split(|second| second.responses == 0.0);
    let over_time = |idx: usize| {
        let point = |second: &Second| Some((second.at, second.latencies[idx]?));
        runs()
            .map(|run| run.iter().filter_map(point).collect())
            .collect()
    };
    let lines = OVER_TIME.iter().enumerate();
    lines
        .map(|(idx, (name, _))| (*name, over_time(idx)))
        .collect()
}

/// Returns the latency by quantile. The x axis is the number of nines, so that 2 is p99.
fn latency_by_quantile(total: &Record) -> Vec<Line> {
    let most = (total.responses().max(10) as f64).log10();
    let steps = 0..=100;
    let points = steps.filter_map(|step| {
        let nines = most * f64::from(step) / 100.0;
        Some((nines, in_millis(total, 1.0 - 0.1_f64.powf(nines))?))
    });
    vec![("all targets", vec![points.collect()])]
}

fn in_millis(record: &Record, part: f64) -> Option<f64> {
    Some(record.latency_at(part)? as f64 / 1e6)
}

/// Draws lines, and returns the SVG.
fn plot(x_label: &str, y_label: &str, lines: &[Line]) -> Result<String, String> {
    let mut svg = String::new();
    draw(&mut svg, x_label, y_label, lines)
        .map_err(|error| format!("a plot cannot be drawn: {error}"))?;
    Ok(svg)
}

fn draw(
    svg: &mut String,
    x_label: &str,
    y_label: &str,
    lines: &[Line],
) -> Result<(), Box<dyn std::error::Error>> {
    let points = || lines.iter().flat_map(|(_, pieces)| pieces.iter().flatten());
    let right = points().map(|(x, _)| *x).fold(1.0, f64::max);
    let top = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.05 + f64::MIN_POSITIVE;
    let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..right, 0.0..top)?;
    chart
        .configure_mesh()
        .disable_x_mesh()
        .max_light_lines(0)
        .x_desc(x_label)
        .y_desc(y_label)
        .draw()?;
    for ((name, pieces), color) in lines.iter().zip(COLORS) {
        let style = color.stroke_width(2);
        for (idx, points) in pieces.iter().enumerate() {
            // A single point would be invisible, so it is drawn as a short line.
            let end = points.last().map(|(x, y)| (x + 0.1, *y));
            let points = points
                .iter()
                .copied()
                .chain(end.filter(|_| points.len() == 1));
            let drawn = chart.draw_series(LineSeries::new(points, style))?;
            if idx == 0 {
                drawn
                    .label(*name)
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
            }
        }
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    area.present()?;
    Ok(())
}
