//! The app of the tests, and promtool.

#![allow(dead_code, unreachable_pub)]

use std::{fs, process::Command};

use highball::{prelude::*, sse::Sse};
use highball_alerts::{AlertRule, Alerts, rules};
use highball_faults::Folder;

/// Pays the basket.
///
/// If it is slow, look at the bank first: {{ this is no template }}.
#[post("/checkout", slo(p99 = millis(500), errors = 0.05))]
pub async fn checkout() {}

/// This objective adds a bound to the histogram.
#[get("/books/{id}", slo(p95 = millis(400)))]
pub async fn book(id: u64) -> String {
    id.to_string()
}

#[post("/pay", slo(p95 = millis(400), errors = 0.001, period = days(30)))]
pub async fn pay() {}

#[post("/refund", slo(errors = 0.01, period = days(30)))]
pub async fn refund() {}

#[get("/median", slo(p50 = millis(75), errors = 0.5))]
pub async fn median() {}

#[get("/export", slo(p999 = secs(30), errors = 0.001))]
pub async fn export() {}

#[get(r#"/odd"path'%5C{{x}}/größe/{id}.(a|b)"#, slo(p90 = millis(1), errors = 0.333333))]
pub async fn odd(id: u64) -> String {
    id.to_string()
}

#[route("/many", methods = [GET, PUT, "PURGE"], slo(errors = 0.01))]
pub async fn many() {}

#[post("/many")]
pub async fn added() {}

#[any("/any", slo(errors = 0.2))]
pub async fn any_method() {}

#[get("/")]
pub async fn home() {}

#[get("/ticks")]
pub async fn ticks() -> Sse {
    Sse::new(highball::body::produce(|_| async {}))
}

#[routes(app)]
pub struct Api(
    checkout,
    book,
    median,
    export,
    odd,
    many,
    added,
    any_method,
    home,
    ticks,
);

pub fn alerts() -> Alerts {
    Alerts::new(r#"shop "1""#)
}

/// Rules of each kind.
pub fn own() -> [AlertRule; 6] {
    rules![Api;
        ticket("checkout_slower", p95(checkout) > millis(250), for = mins(10)),
        page("books_lost", errors(book) > 0.25),
        ticket("many_slow", p50(many) > secs(10), for = mins(1)),
        ticket("busy", cpu() > 0.6, for = mins(30)),
        page("full", capacity() > 0.99),
        page("no_bank", expr(r#"bank_up{bank="north"} == 0"#)),
    ]
}

/// A folder with `rules.yml` and `cases.yml`.
pub struct Files(Folder);

impl Files {
    pub fn new(rules: &str, cases: &str) -> Self {
        let files = Self(Folder::new());
        files.write("rules.yml", rules);
        files.write("cases.yml", cases);
        files
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.0.path().join(name), text).expect("a folder");
    }

    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Runs promtool on a file, and returns whether it passes and its output, or `None` if it is not installed.
    pub fn promtool(&self, command: &str, file: &str) -> Option<(bool, String)> {
        let run = Command::new("promtool")
            .args([command, "rules"])
            .arg(self.0.path().join(file))
            .output();
        let Ok(run) = run else {
            println!("left out: promtool is not installed (Debian package `prometheus`)");
            return None;
        };
        let text = String::from_utf8_lossy(&run.stdout).into_owned()
            + &String::from_utf8_lossy(&run.stderr);
        Some((run.status.success(), text))
    }
}
