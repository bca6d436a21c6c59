//! The JSON of a board, in the order in which Grafana writes it.

use std::collections::BTreeSet;

use highball::{Error, Result, serde_json};
use serde::Serialize;

/// The schema of Grafana 9.0. Later versions migrate it.
const SCHEMA: u32 = 36;
/// The width of a board, in units of Grafana.
const WIDTH: u32 = 24;
/// The height of a panel.
const HEIGHT: u32 = 7;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Board {
    title: String,
    uid: String,
    description: &'static str,
    tags: [&'static str; 1],
    editable: bool,
    graph_tooltip: u32,
    refresh: &'static str,
    schema_version: u32,
    time: Time,
    templating: Templating,
    panels: Vec<Entry>,
    /// The line of the next row.
    #[serde(skip)]
    next_y: u32,
    /// The ids that are taken.
    #[serde(skip)]
    ids: BTreeSet<u32>,
}

#[derive(Debug, Serialize)]
struct Time {
    from: &'static str,
    to: &'static str,
}

#[derive(Debug, Serialize)]
struct Templating {
    list: Vec<Variable>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Variable {
    name: &'static str,
    label: &'static str,
    r#type: &'static str,
    query: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    datasource: Option<Source>,
    refresh: u32,
    multi: bool,
    include_all: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    all_value: Option<&'static str>,
    sort: u32,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Source {
    r#type: &'static str,
    uid: &'static str,
}

const SOURCE: Source = Source {
    r#type: "prometheus",
    uid: "${datasource}",
};

/// An entry of a board. The panels of a row that is open follow it.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Entry {
    Row(Row),
    Panel(Panel),
}

/// A row. If it is collapsed, it has its panels, and Grafana runs their queries when it is opened.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    title: String,
    id: u32,
    r#type: &'static str,
    collapsed: bool,
    grid_pos: Position,
    panels: Vec<Panel>,
}

#[derive(Debug, Serialize)]
struct Position {
    h: u32,
    w: u32,
    x: u32,
    y: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Panel {
    title: String,
    description: String,
    id: u32,
    r#type: &'static str,
    datasource: Source,
    grid_pos: Position,
    field_config: FieldConfig,
    options: Options,
    targets: Vec<Target>,
}

#[derive(Debug, Serialize)]
struct FieldConfig {
    defaults: Defaults,
    overrides: [(); 0],
}

#[derive(Debug, Serialize)]
struct Defaults {
    unit: &'static str,
    min: u32,
}

#[derive(Debug, Serialize)]
struct Options {
    legend: Legend,
    tooltip: Tooltip,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Legend {
    display_mode: &'static str,
    placement: &'static str,
    show_legend: bool,
}

#[derive(Debug, Serialize)]
struct Tooltip {
    mode: &'static str,
    sort: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    datasource: Source,
    expr: String,
    legend_format: String,
    ref_id: String,
}

/// A panel that is not placed yet.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) description: String,
    /// A unit of Grafana.
    pub(super) unit: &'static str,
    /// The legend and the query of each line.
    pub(super) lines: Vec<(String, String)>,
}

impl Board {
    /// Creates a board: its title, and a metric that every instance of the app has.
    pub(super) fn new(title: &str, every: &str) -> Self {
        Self {
            title: title.to_owned(),
            uid: uid(title),
            description: "Generated from the routes and the metrics of the app. Changes are lost with the next import.",
            tags: ["highball"],
            editable: true,
            graph_tooltip: 1,
            refresh: "30s",
            schema_version: SCHEMA,
            time: Time {
                from: "now-1h",
                to: "now",
            },
            templating: Templating {
                list: variables(every),
            },
            panels: Vec::new(),
            next_y: 0,
            ids: BTreeSet::new(),
        }
    }

    /// Adds a row that is open, with `across` panels next to each other.
    pub(super) fn open_row(&mut self, title: &str, across: u32, drafts: Vec<Draft>) {
        let lines = u32::try_from(drafts.len())
            .unwrap_or(u32::MAX)
            .div_ceil(across);
        let first = self.next_y + 1;
        let row = self.new_row(title, false);
        let panels = self.place(title, across, first, drafts);
        self.panels.push(Entry::Row(row));
        self.panels.extend(panels.into_iter().map(Entry::Panel));
        self.next_y = first + lines * HEIGHT;
    }

    /// Adds a row that is collapsed. A row without panels is left out.
    pub(super) fn row(&mut self, title: &str, across: u32, drafts: Vec<Draft>) {
        if drafts.is_empty() {
            return;
        }
        let mut row = self.new_row(title, true);
        // Grafana places them relative to the row, so a new row does not move the panels of others.
        row.panels = self.place(title, across, 1, drafts);
        self.panels.push(Entry::Row(row));
        self.next_y += 1;
    }

    fn new_row(&mut self, title: &str, collapsed: bool) -> Row {
        Row {
            title: title.to_owned(),
            id: self.id(&[title]),
            r#type: "row",
            collapsed,
            grid_pos: Position {
                h: 1,
                w: WIDTH,
                x: 0,
                y: self.next_y,
            },
            panels: Vec::new(),
        }
    }

    /// Returns the panels of a row, from a line on.
    fn place(&mut self, row: &str, across: u32, first: u32, drafts: Vec<Draft>) -> Vec<Panel> {
        let panels = (0..).zip(drafts).map(|(idx, draft)| {
            let id = self.id(&[row, &draft.title]);
            let place = Position {
                h: HEIGHT,
                w: WIDTH / across,
                x: WIDTH / across * (idx % across),
                y: first + HEIGHT * (idx / across),
            };
            panel(draft, id, place)
        });
        panels.collect()
    }

    /// Returns a free id that depends on the names only, so a new panel does not change the ids of others.
    fn id(&mut self, names: &[&str]) -> u32 {
        let mut id = hash(&names.join("\n"));
        while id == 0 || !self.ids.insert(id) {
            id = (id + 1) & 0x7fff_ffff;
        }
        id
    }

    pub(super) fn json(&self) -> Result<String> {
        let json = serde_json::to_string_pretty(self).map_err(Error::from)?;
        Ok(json + "\n")
    }
}

fn panel(draft: Draft, id: u32, place: Position) -> Panel {
    let targets = ('A'..)
        .zip(draft.lines)
        .map(|(letter, (legend, query))| Target {
            datasource: SOURCE,
            expr: query,
            legend_format: legend,
            ref_id: letter.to_string(),
        });
    Panel {
        title: draft.title,
        description: draft.description,
        id,
        r#type: "timeseries",
        datasource: SOURCE,
        grid_pos: place,
        field_config: FieldConfig {
            defaults: Defaults {
                unit: draft.unit,
                min: 0,
            },
            overrides: [],
        },
        options: Options {
            legend: Legend {
                display_mode: "list",
                placement: "bottom",
                show_legend: true,
            },
            tooltip: Tooltip {
                mode: "multi",
                sort: "desc",
            },
        },
        targets: targets.collect(),
    }
}

fn variables(every: &str) -> Vec<Variable> {
    let variable = |name, label, query: String| Variable {
        name,
        label,
        r#type: "query",
        query,
        datasource: Some(SOURCE),
        refresh: 2,
        multi: false,
        include_all: false,
        all_value: None,
        sort: 1,
    };
    vec![
        Variable {
            r#type: "datasource",
            datasource: None,
            refresh: 1,
            ..variable("datasource", "Data source", "prometheus".to_owned())
        },
        variable("job", "Job", format!("label_values({every}, job)")),
        Variable {
            multi: true,
            include_all: true,
            all_value: Some(".*"),
            ..variable(
                "instance",
                "Instance",
                format!("label_values({every}{{job=\"$job\"}}, instance)"),
            )
        },
    ]
}

/// Returns the id of a board: at most 40 characters that are valid in addresses.
fn uid(title: &str) -> String {
    let letters = title.chars().map(|letter| match letter {
        'A'..='Z' => letter.to_ascii_lowercase(),
        'a'..='z' | '0'..='9' => letter,
        _ => '-',
    });
    let short: String = letters.take(22).collect();
    if short.len() == title.len() {
        return format!("highball-{short}");
    }
    // Titles in other scripts would all be the same.
    format!("highball-{short}-{:08x}", hash(title))
}

/// FNV-1a in 31 bits. The hash of the standard library may change with its version.
fn hash(text: &str) -> u32 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    hash & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_boards_are_short_and_different() {
        assert_eq!(uid("Shop 2"), "highball-shop-2");
        let (one, other) = (uid("商店"), uid("书店"));
        assert_ne!(one, other);
        assert!(uid(&"long ".repeat(20)).len() <= 40 && one.len() <= 40);
    }

    #[test]
    fn new_panel_keeps_the_ids_of_others() {
        let draft = |title: &str| Draft {
            title: title.to_owned(),
            description: String::new(),
            unit: "short",
            lines: Vec::new(),
        };
        let ids = |titles: &[&str]| {
            let mut board = Board::new("b", "up");
            board.row("r", 3, titles.iter().map(|title| draft(title)).collect());
            let Some(Entry::Row(row)) = board.panels.first() else {
                panic!("a row");
            };
            row.panels.iter().map(|panel| panel.id).collect::<Vec<_>>()
        };
        let (before, after) = (ids(&["a", "c"]), ids(&["a", "b", "c"]));
        assert_eq!((before[0], before[1]), (after[0], after[2]));
    }
}
