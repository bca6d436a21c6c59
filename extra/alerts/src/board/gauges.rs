//! The panels of the server, the batteries and the metrics of the app.

use highball_metrics::{Family, Kind};

use super::{
    grafana::{Board, Draft},
    queries,
};

/// The rows, and the first part of the names of their metrics. Other metrics are those of the app.
const ROWS: [(&str, &str); 8] = [
    ("Server", "highball_"),
    ("Databases", "db_"),
    ("Object pools", "object_pool_"),
    ("Sessions", "session_"),
    ("Caches", "cached_"),
    ("Jobs", "jobs"),
    ("Process", "process_"),
    ("Tokio", "tokio_"),
];
/// The metrics of requests, which have rows by group.
const REQUESTS: &str = "http_server_";

/// Gauges that only rise. A test finds names that no battery has.
pub(super) const RISING: [&str; 6] = [
    "cached_response_hits",
    "cached_response_stale",
    "cached_response_loads",
    "cached_response_errors",
    "object_pool_wait_seconds",
    "session_slots_dropped",
];

/// Adds the rows of all metrics that are exported, but not those of requests.
pub(super) fn add(board: &mut Board, families: &[Family]) {
    let families = || {
        let families = families.iter();
        families.filter(|family| !family.name().starts_with(REQUESTS))
    };
    let is_of_app = |family: &Family| {
        let name = family.name();
        !ROWS.iter().any(|(_, prefix)| name.starts_with(prefix))
    };
    let own = families().filter(|family| is_of_app(family));
    board.row("App", 3, panels(own));
    for (title, prefix) in ROWS {
        let of_row = families().filter(|family| family.name().starts_with(prefix));
        board.row(title, 3, panels(of_row));
    }
}

/// Returns the panels of metrics. Gauges of the same unit, such as the connections of a pool, share one.
fn panels<'f>(families: impl Iterator<Item = &'f Family>) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut shared: Vec<(&Family, usize)> = Vec::new();
    for family in families {
        let first = shared.iter().find(|(first, _)| shares(first, family));
        if let Some((first, idx)) = first
            && let Some(draft) = drafts.get_mut(*idx)
        {
            join(draft, first, family);
            continue;
        }
        shared.push((family, drafts.len()));
        drafts.push(panel(family));
    }
    drafts
}

fn shares(first: &Family, family: &Family) -> bool {
    let is_count = |family: &Family| {
        let unit = family.unit();
        family.kind() == Kind::Gauge && !["", "seconds", "bytes", "ratio"].contains(&unit)
    };
    is_count(first)
        && is_count(family)
        && first.unit() == family.unit()
        && first.labels() == family.labels()
        && rises(first) == rises(family)
}

fn rises(family: &Family) -> bool {
    RISING.contains(&family.name())
}

fn panel(family: &Family) -> Draft {
    let (name, rises) = (family.name(), rises(family));
    let lines = queries::lines(family, rises);
    if name == "process_start_time_seconds" {
        let lines = lines.into_iter();
        return Draft {
            title: "Process uptime".to_owned(),
            description: "Time since the start of the process.".to_owned(),
            unit: "s",
            lines: lines
                .map(|(legend, query)| (legend, format!("time() - {query}")))
                .collect(),
        };
    }
    let unit = match family.unit() {
        // The unit of these two is in their names only.
        "" if name == "highball_capacity_used" => "ratio",
        "" if name.ends_with("_bytes") => "bytes",
        unit => unit,
    };
    Draft {
        title: queries::title(name),
        description: family.help().to_owned(),
        unit: queries::unit(unit, family.kind() == Kind::Counter || rises),
        lines,
    }
}

/// Adds the lines of a metric to the panel of another one. The legends begin with the names then.
fn join(draft: &mut Draft, first: &Family, family: &Family) {
    if draft.lines.len() == 1 {
        for (legend, _) in &mut draft.lines {
            *legend = format!("{} {legend}", first.name());
        }
        draft.title = shared_title(first, family);
    }
    let name = family.name();
    let lines = queries::lines(family, rises(family)).into_iter();
    let lines = lines.map(|(legend, query)| (format!("{name} {legend}"), query));
    draft.lines.extend(lines);
    draft.description = format!("{} {}", draft.description, family.help());
}

/// Returns a title from the first words that two metrics have in common, and their unit: `Object pool objects`.
fn shared_title(first: &Family, other: &Family) -> String {
    let ends = first.name().match_indices('_').rev();
    let mut prefixes = ends.map(|(end, _)| &first.name()[..end]);
    let common = prefixes.find(|prefix| other.name().starts_with(&format!("{prefix}_")));
    let common = common.unwrap_or_default();
    if common.ends_with(first.unit()) {
        return queries::title(common);
    }
    queries::title(format!("{common}_{}", first.unit()).trim_start_matches('_'))
}
