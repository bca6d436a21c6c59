//! A report as a page, with plots drawn into it.

use std::fmt::Write as _;

use plotters::prelude::*;

use crate::record::Record;
use crate::report::Report;
use crate::text::{QUANTILES, count, failures, load, millis, statuses};

const SIZE: (u32, u32) = (860, 280);
const COLORS: [RGBColor; 3] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 96, 20),
    RGBColor(140, 140, 140),
];

/// A line of a plot, with its name.
type Line = (&'static str, Vec<(f64, f64)>);

/// Writes a page that needs nothing else.
pub(crate) fn page(report: &Report) -> Result<String, String> {
    let total = report.total();
    let plots = [
        ("Answers a second", plot("s", "", &rates(report))?),
        ("Latency over time", plot("s", "ms", &latencies(report))?),
        (
            "Latency by part of the requests",
            plot("1 is p90, 2 is p99, 3 is p99.9", "ms", &by_part(&total))?,
        ),
    ];
    let mut page = String::from(HEAD);
    let _to_memory = write!(
        page,
        "<p>{}</p><p>{} answers, {} a second. Statuses: {}. Failed: {}.{}</p>",
        load(report),
        count(total.answers()),
        count(report.rate() as u64),
        statuses(&total),
        failures(&total),
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
        " {} were due, and nobody was free to send them.",
        count(report.unsent)
    )
}

fn table(report: &Report) -> String {
    let mut table = "<table><tr><th>target<th>answers".to_owned();
    for (name, _) in QUANTILES {
        let _to_memory = write!(table, "<th>{name}");
    }
    for target in &report.targets {
        let name = escape(&format!("{} {}", target.method, target.url));
        let answers = count(target.record.answers());
        let _to_memory = write!(table, "<tr><td>{name}<td>{answers}");
        for (_, quantile) in QUANTILES {
            let value = millis(target.record.latency().value_at_quantile(quantile));
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

/// Returns the seconds of a report, counted from its first, and what happened in each.
fn seconds(report: &Report) -> impl Iterator<Item = (f64, &Record)> {
    let first = report.timeline.keys().next().copied().unwrap_or_default();
    let seconds = report.timeline.iter();
    seconds.map(move |(second, record)| ((second - first) as f64, record))
}

/// Returns what came in each second, without the first and the last, which are not whole.
fn rates(report: &Report) -> Vec<Line> {
    let whole = || {
        let last = report.timeline.len().saturating_sub(1);
        seconds(report).take(last).skip(1)
    };
    let answers = whole().map(|(at, record)| (at, record.answers() as f64));
    let failed = whole().map(|(at, record)| (at, record.failed() as f64));
    vec![("answers", answers.collect()), ("failed", failed.collect())]
}

fn latencies(report: &Report) -> Vec<Line> {
    let lines = [("p50", 0.5), ("p99", 0.99), ("max", 1.0)];
    let over_time = |quantile| {
        seconds(report)
            .map(|(at, record)| (at, in_millis(record, quantile)))
            .collect()
    };
    lines
        .map(|(name, quantile)| (name, over_time(quantile)))
        .into()
}

/// Returns the latency of all but a tenth, a hundredth, a thousandth and so on.
fn by_part(total: &Record) -> Vec<Line> {
    let most = (total.answers().max(10) as f64).log10();
    let steps = 0..=100;
    let points = steps.map(|step| {
        let nines = most * f64::from(step) / 100.0;
        (nines, in_millis(total, 1.0 - 0.1_f64.powf(nines)))
    });
    vec![("all targets", points.collect())]
}

fn in_millis(record: &Record, quantile: f64) -> f64 {
    record.latency().value_at_quantile(quantile) as f64 / 1e6
}

/// Draws lines over a horizontal axis.
fn plot(across: &str, up: &str, lines: &[Line]) -> Result<String, String> {
    let mut svg = String::new();
    draw(&mut svg, across, up, lines)
        .map_err(|error| format!("a plot cannot be drawn: {error}"))?;
    Ok(svg)
}

fn draw(
    svg: &mut String,
    across: &str,
    up: &str,
    lines: &[Line],
) -> Result<(), Box<dyn std::error::Error>> {
    let points = || lines.iter().flat_map(|(_, points)| points);
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
        .x_desc(across)
        .y_desc(up)
        .draw()?;
    for ((name, points), color) in lines.iter().zip(COLORS) {
        chart
            .draw_series(LineSeries::new(
                points.iter().copied(),
                color.stroke_width(2),
            ))?
            .label(*name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
    }
    chart
        .configure_series_labels()
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.2))
        .draw()?;
    area.present()?;
    Ok(())
}
