//! The sockets of a program that another process serves.

use std::os::fd::OwnedFd;

use super::{
    Setup,
    inherited::{ADMIN, APP, Inherited},
    listeners,
};
use crate::{
    error::{Error, Result},
    server::{Bound, PassedSocket},
};

/// How long a runtime may be blocked before a process with a supervisor ends, unless a setting has another time.
const END_WHEN_BLOCKED: &str = "10s";

/// The listening sockets of a program, bound to the addresses of its settings, to pass on to child processes:
/// [`Hooks::launcher`](crate::battery::Hooks::launcher).
///
/// A child process of the same program, with the feature `systemd`, serves on these sockets in place of its settings.
/// While they are open, no client is refused, also if there is no child.
///
/// # Examples
/// ```
/// use highball::battery::{Battery, Hooks, Launch};
///
/// struct Supervisor;
///
/// impl Battery for Supervisor {
///     fn name(&self) -> String {
///         "supervisor".to_owned()
///     }
///
///     fn install(self, hooks: &mut Hooks<'_>) {
///         hooks.launcher("supervise", "Starts the program again when it ends.", |launch: Launch| async move {
///             println!("serving on {}", launch.addresses().join(", "));
///             Ok(())
///         });
///     }
/// }
/// ```
pub struct Launch {
    sockets: Vec<(&'static str, PassedSocket)>,
    addresses: Vec<String>,
    /// Whether the settings have a value for `end_when_blocked`.
    is_end_set: bool,
}

impl Launch {
    /// Binds the addresses of the settings.
    pub(super) fn bind(setup: &mut Setup) -> Result<Self> {
        if !setup.listeners.is_empty() || setup.admin.has_listeners() {
            return Err(Error::new(
                "the sockets of a supervisor are those of the settings: leave `.listen(..)` and `.admin_listen(..)` \
                 out, and set `HIGHBALL_LISTEN` and `HIGHBALL_ADMIN_LISTEN`",
            ));
        }
        // One socket for each address, which all runtimes share: with a queue for each runtime, the connections in
        // the queues would end with the process.
        let config = setup.config.clone().workers(1);
        let inherited = Inherited::take()?;
        let app = listeners::or_settings(inherited.app, &config)?;
        let mut launch = Self {
            sockets: Vec::new(),
            addresses: Vec::new(),
            is_end_set: setup.config.is_set("end_when_blocked"),
        };
        launch.add(APP, listeners::bind_all(app, &config)?)?;
        if setup.admin.has_app() {
            for listener in setup.admin.places(inherited.admin, &config)? {
                launch.add(ADMIN, listener.bind(true, &config)?)?;
            }
        }
        Ok(launch)
    }

    fn add(&mut self, name: &'static str, bound: Vec<Bound>) -> Result {
        for bound in bound {
            self.addresses.push(bound.socket_address());
            self.sockets.push((name, bound.into_passed()?));
        }
        Ok(())
    }

    /// Returns the addresses of the sockets, for a message.
    pub fn addresses(&self) -> &[String] {
        &self.addresses
    }

    /// Returns copies of the sockets, which a child process needs as its descriptors 3, 4 and so on.
    ///
    /// # Errors
    /// If the process has too many open files.
    pub fn sockets(&self) -> Result<Vec<OwnedFd>> {
        let sockets = self.sockets.iter();
        sockets.map(|(_, socket)| Ok(socket.copy()?)).collect()
    }

    /// Returns the variables that a child process needs in its environment. `LISTEN_PID` must not be in it: the number
    /// of a process is known only after it has started.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let names: Vec<_> = self.sockets.iter().map(|(name, _)| *name).collect();
        let mut variables = vec![
            ("LISTEN_FDS", names.len().to_string()),
            ("LISTEN_FDNAMES", names.join(":")),
        ];
        if !self.is_end_set {
            variables.push(("HIGHBALL_END_WHEN_BLOCKED", END_WHEN_BLOCKED.to_owned()));
        }
        variables
    }
}

impl std::fmt::Debug for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launch")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}
