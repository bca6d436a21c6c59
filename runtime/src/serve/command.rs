//! The commands of a program, which batteries register.

use std::{fmt::Write as _, future::Future, pin::Pin};

#[cfg(unix)]
use super::launch::Launch;
use crate::error::{Error, Result};

type Running = Pin<Box<dyn Future<Output = Result> + Send>>;

/// A command of the program.
pub(super) struct Command {
    battery: String,
    name: String,
    /// One sentence about it.
    about: String,
    work: Work,
}

enum Work {
    Run(Box<dyn FnOnce(Vec<String>) -> Running + Send>),
    /// The background work of all batteries, after this call.
    Background(Box<dyn FnOnce() + Send>),
    #[cfg(unix)]
    Launch(Launcher),
}

/// The work that the arguments of the program select.
pub(super) enum Selected {
    Serve,
    Help(String),
    Run(Command, Vec<String>),
    /// The background work of all batteries runs, and the app is not served.
    Background,
    /// Child processes serve the app.
    #[cfg(unix)]
    Launch(Launcher),
}

/// The function of a supervisor.
#[cfg(unix)]
pub(super) type Launcher = Box<dyn FnOnce(Launch) -> Running + Send>;

impl Command {
    #[cfg(unix)]
    pub(super) fn launcher<F>(
        battery: &str,
        name: &str,
        about: &str,
        run: impl FnOnce(Launch) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result> + Send + 'static,
    {
        Self {
            battery: battery.to_owned(),
            name: name.to_owned(),
            about: about.to_owned(),
            work: Work::Launch(Box::new(|launch| Box::pin(run(launch)))),
        }
    }

    pub(super) fn new<F>(
        battery: &str,
        name: &str,
        about: &str,
        run: impl FnOnce(Vec<String>) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result> + Send + 'static,
    {
        Self {
            battery: battery.to_owned(),
            name: name.to_owned(),
            about: about.to_owned(),
            work: Work::Run(Box::new(|arguments| Box::pin(run(arguments)))),
        }
    }

    pub(super) fn background(
        battery: &str,
        name: &str,
        about: &str,
        selected: impl FnOnce() + Send + 'static,
    ) -> Self {
        Self {
            battery: battery.to_owned(),
            name: name.to_owned(),
            about: about.to_owned(),
            work: Work::Background(Box::new(selected)),
        }
    }

    pub(super) async fn run(self, arguments: Vec<String>) -> Result {
        let name = self.name;
        let Work::Run(run) = self.work else {
            return Ok(());
        };
        let done = run(arguments).await;
        done.map_err(|error| error.context(format!("the command `{name}` failed")))
    }
}

/// Selects the work by the arguments of the program, without its name. Without commands they are not read.
pub(super) fn select(commands: &mut Vec<Command>, mut arguments: Vec<String>) -> Result<Selected> {
    check_names(commands)?;
    if commands.is_empty() || arguments.is_empty() {
        return Ok(Selected::Serve);
    }
    let name = arguments.remove(0);
    if let Some(idx) = commands.iter().position(|command| command.name == name) {
        let command = commands.swap_remove(idx);
        if matches!(command.work, Work::Run(_)) {
            return Ok(Selected::Run(command, arguments));
        }
        if let Some(argument) = arguments.first() {
            return Err(Error::new(format!(
                "the command `{name}` has no arguments: leave `{argument}` out"
            )));
        }
        match command.work {
            Work::Background(selected) => selected(),
            #[cfg(unix)]
            Work::Launch(run) => return Ok(Selected::Launch(run)),
            Work::Run(_) => {}
        }
        return Ok(Selected::Background);
    }
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        return Ok(Selected::Help(help(commands)));
    }
    let known: Vec<_> = commands
        .iter()
        .map(|command| command.name.as_str())
        .collect();
    let known = known.join("`, `");
    Err(Error::new(format!(
        "`{name}` is not a command: write `{known}` or `help`, or no argument to serve the app"
    )))
}

fn check_names(commands: &[Command]) -> Result {
    for (idx, command) in commands.iter().enumerate() {
        let mut others = commands[..idx].iter();
        if let Some(other) = others.find(|other| other.name == command.name) {
            let (first, second, name) = (&other.battery, &command.battery, &command.name);
            return Err(Error::new(format!(
                "the batteries `{first}` and `{second}` both register the command `{name}`; install one of them"
            )));
        }
    }
    Ok(())
}

fn help(commands: &[Command]) -> String {
    let mut text =
        String::from("Without an argument the program serves the app. Its commands are:\n");
    let width = commands.iter().map(|command| command.name.len()).max();
    for Command { name, about, .. } in commands {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "  {name:width$}  {about}",
            width = width.unwrap_or_default()
        );
    }
    text
}
