//! A Grafana board of an app.

use highball::{
    Result, Route,
    battery::{Battery, Hooks},
};
use highball_metrics::{Exporter, Family};

use crate::committed;

mod gauges;
mod grafana;
mod queries;
mod requests;

use grafana::Board;

pub(crate) const ABOUT: &str =
    "Prints the Grafana board of the app, or compares a file with it: `dashboard --check FILE`.";

/// A battery with the command `dashboard`, which prints a Grafana board of the app.
///
/// The board has a row for each group of routes, with the rate, the share of failures and the durations of each route,
/// and rows for the server, the batteries and the metrics of the app. The routes and the names of the metrics are those
/// that the app exports, so a battery that is not installed has no panel. Grafana 9 and later can import it.
///
/// `cargo run -- dashboard > board.json` writes it, and `cargo run -- dashboard --check board.json` fails if a route or
/// a metric has changed since. The start hooks run before a command, so a database must be reachable if they need it.
/// Without Linux, the board has no panels of the process.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_alerts::Dashboard;
/// use highball_metrics::{Exporter, measured};
///
/// #[derive(State)]
/// struct AppState {
///     exporter: Exporter,
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(measured))]
/// struct Api(home);
///
/// # fn main() {
/// let exporter = Exporter::new().skip_probes();
/// let serving = highball::serve(Api)
///     .state(AppState { exporter: exporter.clone() })
///     .install(Dashboard::new("Shop", &exporter))
///     .install(exporter)
///     .arguments(std::env::args().skip(1));
/// # drop(serving);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Dashboard {
    title: String,
    exporter: Exporter,
}

impl Dashboard {
    /// Creates the battery: the title of the board, and the metrics. The id of the board is made from the title, so an
    /// import of the same title replaces the board.
    pub fn new(title: &str, exporter: &Exporter) -> Self {
        Self {
            title: title.to_owned(),
            exporter: exporter.clone(),
        }
    }

    /// Returns the board as JSON, for these routes.
    ///
    /// The gauges of batteries and the metrics of tokio are in it once the start hooks have run.
    ///
    /// # Errors
    /// Returns an error if the JSON cannot be written, which is not expected.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    /// use highball_alerts::Dashboard;
    /// use highball_metrics::Exporter;
    ///
    /// #[get("/")]
    /// async fn home() {}
    ///
    /// #[routes(app)]
    /// struct Api(home);
    ///
    /// # fn main() -> highball::Result {
    /// let json = Dashboard::new("Shop", &Exporter::new()).json(Api::ROUTES)?;
    /// assert!(json.contains("\"uid\": \"highball-shop\""));
    /// # Ok(())
    /// # }
    /// ```
    pub fn json(&self, routes: &[Route]) -> Result<String> {
        let families = self.exporter.families();
        let mut of_server = families.iter();
        let every = of_server.find(|family| family.name().starts_with("highball_"));
        let every = every.map_or_else(|| "up".to_owned(), Family::series);
        let mut board = Board::new(&self.title, &every);
        let counted: Vec<_> = routes
            .iter()
            .filter(|route| self.exporter.counts(route))
            .collect();
        requests::add(&mut board, &counted, &families);
        gauges::add(&mut board, &families);
        board.json()
    }
}

impl Battery for Dashboard {
    fn name(&self) -> String {
        "dashboard".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let routes = hooks.routes();
        hooks.command("dashboard", ABOUT, move |arguments| async move {
            committed::run("dashboard", &arguments, &self.json(routes)?)
        });
    }
}
