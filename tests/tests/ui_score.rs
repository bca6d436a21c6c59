//! The compile errors in `tests/ui` get no longer and no less clear than `docs/design/ui-score.md` permits.
//!
//! `UI_SCORE=overwrite` lowers the numbers of that page and removes rows that are no longer needed. It never adds a row
//! and never raises a number: both need a reason, so they are edited by hand.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
};

const PAGE: &str = "../docs/design/ui-score.md";
/// A file with more lines than this is long.
const LONG: usize = 20;

/// The recorded output of the compiler for one program, and the number of mistakes in that program.
#[derive(Debug)]
struct Score {
    errors: usize,
    lines: usize,
    names: BTreeSet<String>,
    mistakes: usize,
}

impl Score {
    fn read(recorded: &Path) -> Self {
        let text = fs::read_to_string(recorded).unwrap();
        let program = fs::read_to_string(recorded.with_extension("rs")).unwrap();
        let is_error = |line: &&str| line.starts_with("error: ") || line.starts_with("error[E");
        Self {
            errors: text.lines().filter(is_error).count(),
            lines: text.trim().lines().count(),
            names: generated_names(&text),
            mistakes: n_mistakes(&program),
        }
    }

    /// Returns the cells of a row between the name of the file and the reason.
    fn cells(&self, table: Table) -> String {
        match table {
            Table::Errors => format!("{} | {}", self.errors, self.lines),
            Table::Names => {
                let names: Vec<_> = self.names.iter().map(|name| format!("`{name}`")).collect();
                format!("{} | {}", names.join(" "), self.lines)
            }
        }
    }

    fn belongs(&self, table: Table) -> bool {
        match table {
            Table::Errors => self.errors > self.mistakes,
            Table::Names => !self.names.is_empty(),
        }
    }

    /// Returns whether the numbers or names of a row are exceeded. Fewer are no failure of the messages.
    fn exceeds(&self, table: Table, cells: &[&str]) -> bool {
        let number = |idx: usize| cells[idx].parse::<usize>().unwrap();
        let has_more = match table {
            Table::Errors => self.errors > number(0),
            Table::Names => {
                let listed: BTreeSet<_> = cells[0].split(' ').collect();
                let mut names = self.names.iter();
                names.any(|name| !listed.contains(&*format!("`{name}`")))
            }
        };
        has_more || self.lines > number(1)
    }
}

/// Returns the names in a message that the user has not written: `__S`, `__private` and `_::_`.
fn generated_names(text: &str) -> BTreeSet<String> {
    let is_letter = |letter: char| letter.is_alphanumeric() || letter == '_';
    let is_generated = |word: &&str| {
        let name = word.strip_prefix("__");
        name.is_some_and(|name| name.starts_with(|letter: char| letter.is_alphabetic()))
    };
    let words = text.split(|letter| !is_letter(letter));
    let mut names: BTreeSet<_> = words.filter(is_generated).map(str::to_owned).collect();
    let unnamed = text.match_indices("_::_").find(|(at, found)| {
        !text[..*at].ends_with(is_letter) && !text[at + found.len()..].starts_with(is_letter)
    });
    names.extend(unnamed.map(|(_, found)| found.to_owned()));
    names
}

/// Returns how many mistakes a program has on purpose, by a comment at its end: `//~ mistakes: 3`.
fn n_mistakes(program: &str) -> usize {
    let marker = program
        .lines()
        .last()
        .unwrap()
        .strip_prefix("//~ mistakes: ");
    marker.map_or(1, |number| number.parse().unwrap())
}

fn scores() -> BTreeMap<String, Score> {
    let mut scores = BTreeMap::new();
    let ui = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui");
    for folder in fs::read_dir(ui).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "stderr")
            {
                let folder = path.parent().unwrap().file_name().unwrap().display();
                let name = format!("{folder}/{}", path.file_stem().unwrap().display());
                scores.insert(name, Score::read(&path));
            }
        }
    }
    scores
}

/// The tables of the page. A row is a file, two figures and a reason.
#[derive(Clone, Copy, PartialEq)]
enum Table {
    Errors,
    Names,
}

impl Table {
    fn of_header(line: &str) -> Option<Self> {
        let tables = [
            ("| File | Errors | Lines |", Self::Errors),
            ("| File | Names | Lines |", Self::Names),
        ];
        tables
            .into_iter()
            .find_map(|(header, table)| line.starts_with(header).then_some(table))
    }
}

/// Returns the totals that have a limit, with their names on the page.
fn totals(scores: &BTreeMap<String, Score>) -> [(&'static str, usize); 4] {
    let count =
        |is_counted: fn(&Score) -> bool| scores.values().filter(|score| is_counted(score)).count();
    let mut lines: Vec<_> = scores.values().map(|score| score.lines).collect();
    lines.sort_unstable();
    [
        (
            "several errors for one mistake, files",
            count(|score| score.belongs(Table::Errors)),
        ),
        (
            "a generated name, files",
            count(|score| score.belongs(Table::Names)),
        ),
        (
            "more than 20 lines, files",
            count(|score| score.lines > LONG),
        ),
        ("lines, median", lines[lines.len() / 2]),
    ]
}

fn cells(line: &str) -> Vec<&str> {
    let row = line
        .strip_prefix("| ")
        .and_then(|line| line.strip_suffix(" |"));
    row.map_or_else(Vec::new, |row| row.split(" | ").collect())
}

/// Compares the page with the scores.
#[derive(Default)]
struct Comparison {
    worse: Vec<String>,
    /// The page as it would be with lower numbers, and without rows that are no longer needed.
    page: Vec<String>,
}

impl Comparison {
    fn of(page: &str, scores: &BTreeMap<String, Score>) -> Self {
        let mut result = Self::default();
        let mut table = None;
        let mut listed = [BTreeSet::new(), BTreeSet::new()];
        for line in page.lines() {
            let cells = cells(line);
            if line.starts_with('#') {
                table = None;
            }
            table = Table::of_header(line).or(table);
            match (table, &*cells) {
                (Some(table), [name, figures @ .., _])
                    if figures.len() == 2 && name.starts_with('`') =>
                {
                    let name = name.trim_matches('`');
                    listed[table as usize].insert(name);
                    result.row(table, name, line, figures, scores.get(name));
                }
                (None, [name, limit, goal]) => result.limit((name, limit, goal), line, scores),
                _ => result.page.push(line.to_owned()),
            }
        }
        for (name, score) in scores {
            for table in [Table::Errors, Table::Names] {
                if score.belongs(table) && !listed[table as usize].contains(&**name) {
                    result
                        .worse
                        .push(format!("`{name}` is not listed: {}", score.cells(table)));
                }
            }
            if score.mistakes > 1 && score.errors == 1 {
                result
                    .worse
                    .push(format!("`{name}` has several mistakes and one error"));
            }
        }
        result
    }

    fn row(
        &mut self,
        table: Table,
        name: &str,
        line: &str,
        figures: &[&str],
        score: Option<&Score>,
    ) {
        let Some(score) = score.filter(|score| score.belongs(table)) else {
            return;
        };
        if score.exceeds(table, figures) {
            self.worse.push(format!(
                "`{name}` is worse: {} -> {}",
                figures.join(" | "),
                score.cells(table)
            ));
        }
        self.page
            .push(line.replacen(&figures.join(" | "), &score.cells(table), 1));
    }

    fn limit(
        &mut self,
        (name, limit, goal): (&str, &str, &str),
        line: &str,
        scores: &BTreeMap<String, Score>,
    ) {
        let total = totals(scores).into_iter().find(|(total, _)| *total == name);
        let Some((_, total)) = total else {
            return self.page.push(line.to_owned());
        };
        if total > limit.parse().unwrap() {
            self.worse.push(format!("{name}: {limit} -> {total}"));
        }
        self.page.push(format!("| {name} | {total} | {goal} |"));
    }
}

#[test]
fn messages_are_not_worse_than_recorded() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let scores = scores();
    for (name, _) in totals(&scores) {
        assert!(
            page.contains(&format!("| {name} |")),
            "{PAGE} has no row `{name}`"
        );
    }
    let comparison = Comparison::of(&page, &scores);
    assert!(
        comparison.worse.is_empty(),
        "{PAGE}:\n{}",
        comparison.worse.join("\n")
    );
    let better = comparison.page.join("\n") + "\n";
    if env::var("UI_SCORE").is_ok_and(|mode| mode == "overwrite") {
        fs::write(path, better).unwrap();
    } else {
        assert!(
            page == better,
            "the messages are better than {PAGE} says: run this test with `UI_SCORE=overwrite`"
        );
    }
}

#[test]
fn generated_names_are_found() {
    let found = |text: &str, expected: &[&str]| {
        let names: Vec<_> = generated_names(text).into_iter().collect();
        assert_eq!(names, expected, "{text}");
    };
    found("evaluation of `_::_` failed here", &["_::_"]);
    found(
        "required for `Api` to implement `highball::__private::Endpoint<'__r, __S>`",
        &["__S", "__private", "__r"],
    );
    found(
        "evaluation of `_::arguments_of_home::{constant#0}` and my__name of a_::_b",
        &[],
    );
}
