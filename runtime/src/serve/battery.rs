//! Batteries: packages that join a server, such as pools, sessions and queues.

use std::{future::Future, time::Duration};

#[cfg(unix)]
use super::launch::Launch;
use super::{
    background::Background,
    command::Command,
    control::Control,
    hook::Hook,
    registry::{Gauge, Page, Registry, Row},
};
use crate::{clock::Clock, error::Result, request::Check, routes::Route, tasks::Stopping};

/// A package that joins a server: [`Serve::install`](crate::serve::Serve::install).
///
/// A battery registers everything that it needs of the server: work before the first request, background work,
/// checks of readiness, work at the stop, gauges, entries of a console and commands of the program.
///
/// # Examples
/// ```
/// use highball::{battery::{Battery, Gauge, Hooks}, prelude::*};
///
/// struct Mailer {
///     address: &'static str,
/// }
///
/// impl Battery for Mailer {
///     fn name(&self) -> String {
///         "mailer".to_owned()
///     }
///
///     fn install(self, hooks: &mut Hooks<'_>) {
///         hooks.on_start(secs(5), async move {
///             // Connect.
///             Ok(())
///         });
///         hooks.background("sender", |mut stopping, clock| async move {
///             // Send mails until the stop begins.
///             stopping.await;
///             Ok(())
///         });
///         hooks.gauge(Gauge::new("mailer_queue", "mails", "The mails that wait.", || 0.0));
///         hooks.row("address", move || self.address.to_owned());
///     }
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app)]
/// struct Api(home);
///
/// # fn main() {
/// let _ = highball::serve(Api).install(Mailer { address: "mail.example:25" });
/// # }
/// ```
pub trait Battery {
    /// Returns the name, which errors, reports and the console contain. Two pools have two names.
    fn name(&self) -> String;

    /// Registers the work of the battery.
    fn install(self, hooks: &mut Hooks<'_>);
}

/// Everything that the batteries of a server have registered.
#[derive(Default)]
pub(super) struct Installed {
    /// The work when the stop begins.
    pub(super) stop_begins: Vec<Hook>,
    /// The work after the last request, in the order of installation.
    pub(super) close: Vec<Hook>,
    pub(super) background: Vec<Background>,
    pub(super) commands: Vec<Command>,
    pub(super) registry: Registry,
    pub(super) control: Control,
}

/// The points of a server at which a [`Battery`] can take part.
///
/// # Examples
/// ```
/// use highball::{battery::{Battery, Hooks}, prelude::*};
///
/// struct Pool;
///
/// impl Battery for Pool {
///     fn name(&self) -> String {
///         "pool".to_owned()
///     }
///
///     fn install(self, hooks: &mut Hooks<'_>) {
///         hooks.check("database", secs(1), || async { Ok(()) });
///         hooks.on_close(secs(5), async { Ok(()) });
///     }
/// }
/// ```
pub struct Hooks<'a> {
    pub(super) battery: String,
    pub(super) routes: &'static [Route],
    pub(super) on_start: &'a mut Vec<Hook>,
    pub(super) checks: &'a mut Vec<Check>,
    pub(super) installed: &'a mut Installed,
}

impl Hooks<'_> {
    /// Returns the routes of the app.
    pub fn routes(&self) -> &'static [Route] {
        self.routes
    }

    /// Returns the gauges and the console entries of all batteries. Read it when the server runs: it includes those
    /// that are installed later.
    pub fn registry(&self) -> Registry {
        self.installed.registry.clone()
    }

    /// Returns the switches of the server, for a battery that sheds load or stops the server.
    pub fn control(&self) -> Control {
        self.installed.control.clone()
    }

    /// Adds work before the first request.
    ///
    /// The work of all batteries and the hooks of [`Serve::on_start`](crate::serve::Serve::on_start) run one after
    /// another, in the order of the builder's calls. If one fails or takes longer than `within`, the server does not
    /// start, and everything that [`on_close`](Self::on_close) has registered runs.
    pub fn on_start<F>(&mut self, within: Duration, work: F)
    where
        F: Future<Output = Result> + Send + 'static,
    {
        self.on_start.push(Hook::new(&self.battery, within, work));
    }

    /// Adds a check of readiness, as [`Serve::check`](crate::serve::Serve::check) does.
    pub fn check<F>(
        &mut self,
        name: &str,
        within: Duration,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result> + Send + 'static,
    {
        let name = format!("{}: {name}", self.battery);
        self.checks.push(Check::new(name, within, check));
    }

    /// Adds a check of something without which the app still works, as
    /// [`Serve::optional_check`](crate::serve::Serve::optional_check) does.
    pub fn optional_check<F>(
        &mut self,
        name: &str,
        within: Duration,
        check: impl Fn() -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result> + Send + 'static,
    {
        let name = format!("{}: {name}", self.battery);
        self.checks.push(Check::new(name, within, check).optional());
    }

    /// Adds background work, which runs from the start hooks to the stop.
    ///
    /// `stopping` resolves when a stop *begins*, before the `shutdown_delay`: a consumer of a queue must take nothing
    /// new from then on. The server waits for the work until the end of `shutdown_timeout`, and then drops it.
    ///
    /// `clock` is that of the server, which a test can move.
    ///
    /// Work that returns `Ok` is done. If it fails or panics before a stop, this is reported, and it begins again after
    /// 1 s, 2 s, 4 s and so on up to a minute. Until it has then run for as long as the next pause would be, the server
    /// is not ready.
    pub fn background<F>(
        &mut self,
        name: &str,
        work: impl Fn(Stopping, Clock) -> F + Send + Sync + 'static,
    ) where
        F: Future<Output = Result> + Send + 'static,
    {
        let background = Background::new(format!("{}: {name}", self.battery), work);
        self.checks.push(background.check());
        self.installed.background.push(background);
    }

    /// Adds work that runs when a stop begins, while the last requests are served.
    pub fn on_stop_begin<F>(&mut self, within: Duration, work: F)
    where
        F: Future<Output = Result> + Send + 'static,
    {
        let hook = Hook::new(&self.battery, within, work);
        self.installed.stop_begins.push(hook);
    }

    /// Adds work that runs after the last request and after all background work: closing a pool.
    ///
    /// It runs in the reverse order of installation, because a battery may use those that were installed before it. It
    /// also runs if the server could not start, so it must be harmless then.
    pub fn on_close<F>(&mut self, within: Duration, work: F)
    where
        F: Future<Output = Result> + Send + 'static,
    {
        self.installed
            .close
            .push(Hook::new(&self.battery, within, work));
    }

    /// Adds a gauge, which monitoring reads.
    pub fn gauge(&mut self, gauge: Gauge) {
        self.installed.registry.add_gauge(&self.battery, gauge);
    }

    /// Adds a row of a console: a title, and a function that returns the current text.
    pub fn row(&mut self, title: &str, read: impl Fn() -> String + Send + Sync + 'static) {
        let row = Row::new(&self.battery, title, read);
        self.installed.registry.add_row(row);
    }

    /// Adds a page of a console: a title, and a function that returns its HTML.
    pub fn page(&mut self, title: &str, render: impl Fn() -> String + Send + Sync + 'static) {
        let page = Page::new(&self.battery, title, render);
        self.installed.registry.add_page(page);
    }

    /// Adds a command of the program, `shop jobs list`: its name, one sentence about it, and the function that runs it
    /// with the arguments after its name.
    ///
    /// The app passes on its arguments with [`Serve::arguments`](crate::serve::Serve::arguments). If the first one is
    /// the name, the server loads its settings, runs the start hooks, runs the
    /// command in place of serving, and runs the hooks of the stop. The command `help` lists all commands.
    pub fn command<F>(
        &mut self,
        name: &str,
        about: &str,
        run: impl FnOnce(Vec<String>) -> F + Send + 'static,
    ) where
        F: Future<Output = Result> + Send + 'static,
    {
        let command = Command::new(&self.battery, name, about, run);
        self.installed.commands.push(command);
    }

    /// Adds a command of the program that serves the app by child processes: a supervisor.
    ///
    /// `run` gets the sockets of the program. No start hook runs before it, no stop hook after it, and the program does
    /// not stop at a signal, so `run` handles them. In the child process, the arguments of the program are left out, so
    /// that it serves the app.
    #[cfg(unix)]
    pub fn launcher<F>(
        &mut self,
        name: &str,
        about: &str,
        run: impl FnOnce(Launch) -> F + Send + 'static,
    ) where
        F: Future<Output = Result> + Send + 'static,
    {
        let command = Command::launcher(&self.battery, name, about, run);
        self.installed.commands.push(command);
    }

    /// Adds a command of the program that runs the background work of all batteries and does not serve the app, until a
    /// stop: `shop worker` for a process that only runs jobs.
    ///
    /// `selected` is called before the start hooks if the arguments of the program select the command.
    pub fn background_command(
        &mut self,
        name: &str,
        about: &str,
        selected: impl FnOnce() + Send + 'static,
    ) {
        let command = Command::background(&self.battery, name, about, selected);
        self.installed.commands.push(command);
    }
}

impl std::fmt::Debug for Hooks<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hooks")
            .field("battery", &self.battery)
            .finish_non_exhaustive()
    }
}
