//! The panels of requests.

use highball::Route;
use highball_metrics::{Family, series as names};

use super::{
    grafana::{Board, Draft},
    queries::{quantile, quoted, rate, sum},
};
/// Adds a row for all requests, and one for each group of routes.
pub(super) fn add(board: &mut Board, routes: &[&Route], families: &[Family]) {
    // Without the battery, the exporter has no metrics of requests.
    if !families
        .iter()
        .any(|family| family.name() == names::DURATION)
    {
        return;
    }
    board.open_row("All requests", 4, all());
    for (group, routes) in by_group(routes) {
        let panels = routes.iter().flat_map(|route| panels(route));
        board.row(&group, 3, panels.collect());
    }
}

fn all() -> Vec<Draft> {
    let class = names::STATUS_CLASS;
    let by_class = sum(&[class], &rate(names::RESPONSES, ""));
    let missed = format!("{}=\"\"", names::ROUTE);
    vec![
        Draft {
            title: "Requests by status".to_owned(),
            description: "Each request is in one class.".to_owned(),
            unit: "reqps",
            lines: vec![(format!("{{{{{class}}}}}"), by_class)],
        },
        failures("Failures", ""),
        durations("Durations", ""),
        Draft {
            title: "Requests without a route".to_owned(),
            description: "Paths and methods that the app does not serve.".to_owned(),
            unit: "reqps",
            lines: vec![(
                "requests".to_owned(),
                sum(&[], &rate(names::RESPONSES, &missed)),
            )],
        },
    ]
}

/// Returns the routes of each group, in the order of the first ones.
fn by_group<'r>(routes: &[&'r Route]) -> Vec<(String, Vec<&'r Route>)> {
    let mut groups: Vec<(String, Vec<&Route>)> = Vec::new();
    for route in routes {
        let names: Vec<_> = route.groups().map(|(name, _)| name).collect();
        let name = format!("Routes of {}", names.join("."));
        match groups.iter_mut().find(|(group, _)| *group == name) {
            Some((_, routes)) => routes.push(route),
            None => groups.push((name, vec![route])),
        }
    }
    groups
}

/// Returns the rate, the share of failures and the durations of a route.
fn panels(route: &Route) -> [Draft; 3] {
    let methods: Vec<_> = route.methods().map(names::method).collect();
    let path = route.path();
    let name = match &methods[..] {
        [] => path.to_owned(),
        methods => format!("{} {path}", methods.join(", ")),
    };
    let matcher = format!("{}={}", names::ROUTE, quoted(path));
    let matcher = match &methods[..] {
        [] => matcher,
        [only] => format!("{}=\"{only}\",{matcher}", names::METHOD),
        several => format!("{}=~\"{}\",{matcher}", names::METHOD, several.join("|")),
    };
    // The first paragraph is enough.
    let doc = route.doc().split("\n\n").next().unwrap_or_default();
    let description = match doc.replace('\n', " ").trim() {
        "" => format!("`{}`", route.handler()),
        doc => format!("{doc} (`{}`)", route.handler()),
    };
    let by_class = sum(&[names::STATUS_CLASS], &rate(names::RESPONSES, &matcher));
    let rates = Draft {
        title: format!("{name}: requests"),
        description: String::new(),
        unit: "reqps",
        lines: vec![(format!("{{{{{}}}}}", names::STATUS_CLASS), by_class)],
    };
    let drafts = [
        rates,
        failures(&format!("{name}: failures"), &matcher),
        durations(&format!("{name}: durations"), &matcher),
    ];
    drafts.map(|draft| Draft {
        description: description.clone(),
        ..draft
    })
}

fn failures(title: &str, matcher: &str) -> Draft {
    let comma = if matcher.is_empty() { "" } else { "," };
    let failed = format!(
        "{}=~\"{}\"{comma}{matcher}",
        names::STATUS_CLASS,
        names::FAILED
    );
    let share = format!(
        "{} / {}",
        sum(&[], &rate(names::RESPONSES, &failed)),
        sum(&[], &rate(names::RESPONSES, matcher))
    );
    Draft {
        title: title.to_owned(),
        description: "The share of requests with a status 5xx or a body that failed.".to_owned(),
        unit: "percentunit",
        lines: vec![("failures".to_owned(), share)],
    }
}

fn durations(title: &str, matcher: &str) -> Draft {
    let lines = [("p50", 0.5), ("p99", 0.99)];
    let lines = lines.map(|(name, part)| {
        let query = quantile(part, &[], names::DURATION_BUCKET, matcher);
        (name.to_owned(), query)
    });
    Draft {
        title: title.to_owned(),
        description: "From the request to the end of the response's body.".to_owned(),
        unit: "s",
        lines: lines.to_vec(),
    }
}
