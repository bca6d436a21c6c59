//! Alert rules as a battery.

use std::{fs, time::Duration};

use highball::{
    Error, Result, Route,
    battery::{Battery, Hooks},
};
use highball_metrics::__private::BOUNDS_MICROS;

use crate::{
    app_rules, cases, check, objective_rules,
    own::{self, AlertRule},
    promql::duration,
    rule::{Rules, yaml},
    target::{Defaults, targets},
};

const ABOUT: &str = "Prints the alert rules: `alerts`, compares a file with them: `alerts --check FILE`, prints test \
                     cases for it: `alerts --test FILE`.";

const MILLION: f64 = 1_000_000.0;

/// The alert rules of an app for Prometheus, made from the objectives of its routes.
///
/// It is a battery, which adds the command `alerts` to the program:
///
/// - `alerts` prints the rules as YAML.
/// - `alerts --check FILE` compares a committed file with them, and fails with a sentence for each difference.
/// - `alerts --test FILE` prints test cases of that file for `promtool test rules`.
///
/// A route with `slo(..)` has its own alerts: `checkout_slow` and `checkout_errors` for the handler `checkout`. All
/// other routes together have `app_slow` and `app_errors`, by default for a 99th percentile over 500 ms and for a share
/// of errors over 5 %. An alert fires after two minutes, and only if the last five minutes had so many requests that
/// one of them alone is within the objective.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_alerts::Alerts;
///
/// #[post("/checkout", slo(p99 = millis(500), errors = 0.05))]
/// async fn checkout() {}
///
/// #[routes(app)]
/// struct Api(checkout);
///
/// # fn main() {
/// // `cargo run -- alerts > rules.yml`
/// let serving = highball::serve(Api)
///     .arguments(std::env::args().skip(1))
///     .install(Alerts::new("shop"));
/// # let _ = serving;
///
/// let rules = Alerts::new("shop").rules(Api::ROUTES).unwrap();
/// assert!(rules.contains("checkout_slow") && rules.contains("checkout_errors"));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Alerts {
    job: String,
    p99: Duration,
    errors: f64,
    cpu: f64,
    capacity: f64,
    floor: u64,
    own: Vec<AlertRule>,
}

/// The settings in the units of the rules.
struct Settings {
    defaults: Defaults,
    cpu: u64,
    capacity: u64,
}

impl Alerts {
    /// Creates the rules of an app. `job` is the `job_name` of the app in the configuration of Prometheus.
    pub fn new(job: &str) -> Self {
        Self {
            job: job.to_owned(),
            p99: Duration::from_millis(500),
            errors: 0.05,
            cpu: 0.8,
            capacity: 0.9,
            floor: 20,
            own: Vec::new(),
        }
    }

    /// Sets the duration that 99 % of the requests may take on routes without an objective, 500 ms by default.
    ///
    /// It must be a bound of the histogram of all routes: 5, 10, 25, 50, 75, 100, 250, 500 or 750 ms, or 1, 2.5, 5, 7.5
    /// or 10 s. The command fails otherwise.
    #[must_use]
    pub fn p99(mut self, duration: Duration) -> Self {
        self.p99 = duration;
        self
    }

    /// Sets the share of requests that may fail on routes without an objective, over 0 and under 1, 0.05 by default.
    #[must_use]
    pub fn errors(mut self, share: f64) -> Self {
        self.errors = share;
        self
    }

    /// Sets the share of its cores that a process may use for ten minutes, over 0 and under 1, 0.8 by default.
    #[must_use]
    pub fn cpu(mut self, share: f64) -> Self {
        self.cpu = share;
        self
    }

    /// Sets the share of [`Capacity`](highball::serve::Capacity) that may be used for five minutes, over 0 and under 1,
    /// 0.9 by default.
    #[must_use]
    pub fn capacity(mut self, share: f64) -> Self {
        self.capacity = share;
        self
    }

    /// Sets how many requests in five minutes there must be for an alert of an objective, 20 by default.
    ///
    /// A strict objective needs more requests, so that one request alone cannot miss it: 125 for `p99` or for
    /// `errors = 0.01`.
    #[must_use]
    pub fn floor(mut self, requests: u64) -> Self {
        self.floor = requests;
        self
    }

    /// Adds rules of [`rules!`](crate::rules).
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_alerts::{Alerts, rules};
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// let alerts = Alerts::new("shop").with(rules![Api; page("home_slow", p95(home) > millis(100))]);
    /// # let _ = alerts;
    /// # }
    /// ```
    #[must_use]
    pub fn with(mut self, rules: impl IntoIterator<Item = AlertRule>) -> Self {
        self.own.extend(rules);
        self
    }

    /// Returns the rules for these routes as YAML, as the command `alerts` prints them.
    ///
    /// # Errors
    /// Returns an error if a share is not over 0 and under 1, or if [`p99`](Self::p99) is no bound of the histogram.
    pub fn rules(&self, routes: &'static [Route]) -> Result<String> {
        yaml(&self.build(routes)?)
    }

    /// Returns test cases for the rules of these routes in this file, as the command `alerts --test FILE` prints them.
    ///
    /// # Errors
    /// Returns the errors of [`rules`](Self::rules).
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_alerts::Alerts;
    ///
    /// #[get("/", slo(errors = 0.01))]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// let cases = Alerts::new("shop").test_cases(Api::ROUTES, "rules.yml").unwrap();
    /// assert!(cases.contains("home_errors"));
    /// # }
    /// ```
    pub fn test_cases(&self, routes: &'static [Route], file: &str) -> Result<String> {
        let Settings {
            defaults,
            cpu,
            capacity,
        } = self.settings()?;
        let targets = targets(routes, defaults);
        let cases = cases::cases(
            &self.build(routes)?,
            &targets,
            cases::Shares {
                job: &self.job,
                cpu,
                capacity,
                floor: self.floor,
                own: &self.own,
            },
        );
        yaml(&cases.of_file(file))
    }

    /// Compares the text of a file with the rules of these routes, and returns one sentence for each difference.
    ///
    /// # Errors
    /// Returns an error if the text is not YAML of rules, and the errors of [`rules`](Self::rules).
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_alerts::Alerts;
    ///
    /// #[get("/", slo(errors = 0.01))]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() {
    /// let alerts = Alerts::new("shop");
    /// let committed = alerts.rules(Api::ROUTES).unwrap();
    /// assert!(alerts.differences(Api::ROUTES, &committed).unwrap().is_empty());
    /// let edited = committed.replace("for: 2m", "for: 9m");
    /// assert_eq!(alerts.differences(Api::ROUTES, &edited).unwrap().len(), 1);
    /// # }
    /// ```
    pub fn differences(&self, routes: &'static [Route], text: &str) -> Result<Vec<String>> {
        check::differences(&self.build(routes)?, text)
    }

    fn build(&self, routes: &'static [Route]) -> Result<Rules> {
        let Settings {
            defaults,
            cpu,
            capacity,
        } = self.settings()?;
        let targets = targets(routes, defaults);
        let (job, floor) = (&self.job, self.floor);
        let groups = targets.iter();
        let groups = groups.map(|target| objective_rules::group(job, target, floor));
        let groups: Vec<_> = groups
            .chain([app_rules::group(job, cpu, capacity)])
            .collect();
        let rules = groups.iter().flat_map(|group| &group.rules);
        let names: Vec<_> = rules.filter_map(|rule| rule.alert.as_deref()).collect();
        if let Some(own) = self.own.iter().find(|own| names.contains(&own.name)) {
            return Err(Error::new(format!(
                "the rule `{}` has the name of an alert that is made from the routes: rename it",
                own.name
            )));
        }
        let own = own::group(job, &self.own, floor);
        Ok(Rules {
            groups: groups.into_iter().chain(own).collect(),
        })
    }

    fn settings(&self) -> Result<Settings> {
        let micros = u64::try_from(self.p99.as_micros()).unwrap_or(u64::MAX);
        if !BOUNDS_MICROS.contains(&micros) {
            let bounds = BOUNDS_MICROS.map(duration).join(", ");
            return Err(Error::new(format!(
                "`p99({})` of the alerts is no bound of the histogram of all routes: choose one of {bounds}, or give \
                 the routes an objective with `slo(p99 = ..)`",
                duration(micros)
            )));
        }
        let errors = millionths("errors", self.errors)?;
        Ok(Settings {
            defaults: Defaults {
                latency: (990_000, micros),
                errors: u32::try_from(errors).unwrap_or(u32::MAX),
            },
            cpu: millionths("cpu", self.cpu)?,
            capacity: millionths("capacity", self.capacity)?,
        })
    }

    fn run(&self, routes: &'static [Route], arguments: &[String]) -> Result {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let text = match arguments[..] {
            [] => self.rules(routes)?,
            ["--test", file] => self.test_cases(routes, file)?,
            ["--check", file] => return self.compare(routes, file),
            _ => return Err(Error::new(ABOUT)),
        };
        print!("{text}");
        Ok(())
    }

    fn compare(&self, routes: &'static [Route], file: &str) -> Result {
        let text = fs::read_to_string(file);
        let text = text.map_err(|error| Error::from(error).context(format!("reading `{file}`")))?;
        let differences = self.differences(routes, &text);
        let differences =
            differences.map_err(|error| error.context(format!("reading `{file}`")))?;
        match differences.is_empty() {
            true => Ok(()),
            false => Err(Error::new(format!(
                "`{file}` is not as the routes require:\n{}\nWrite it again with the command `alerts`, and commit it",
                differences.join("\n")
            ))),
        }
    }
}

/// Returns a share in millionths.
fn millionths(name: &str, share: f64) -> Result<u64> {
    let millionths = (share * MILLION).round();
    if !(1.0..MILLION).contains(&millionths) {
        return Err(Error::new(format!(
            "`{name}({share})` of the alerts is over 0 and under 1: write 0.05 for 5 %"
        )));
    }
    Ok(millionths as u64)
}

/// Adds the command `alerts`.
impl Battery for Alerts {
    fn name(&self) -> String {
        "alerts".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let routes = hooks.routes();
        hooks.command("alerts", ABOUT, move |arguments| async move {
            self.run(routes, &arguments)
        });
    }
}
