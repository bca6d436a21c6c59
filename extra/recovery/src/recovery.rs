//! The rules of an app, as a battery.

use std::{
    collections::BTreeSet,
    fmt,
    path::PathBuf,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use highball::{
    Error, Result,
    battery::{Battery, Gauge, Hooks},
};
use tokio::sync::Mutex;

use crate::{
    action::{Action, First},
    audit::Audit,
    engine::{Engine, Outcome, Rule},
    lock::Lock,
    state::State,
};

/// The fewest characters of a token.
const SHORTEST: usize = 16;
/// How long the state may take to be read and written at the start.
const START: Duration = Duration::from_secs(10);

/// Actions that alerts begin. It is a battery, and a part of the state of the app, for the routes
/// [`alerts`](crate::alerts) and [`decisions`](crate::decisions).
///
/// # Examples
/// ```no_run
/// use highball::prelude::*;
/// use highball_recovery::{FileLock, Recovery, Supervisor, restart, shed_background};
///
/// #[derive(State)]
/// struct AppState {
///     recovery: Recovery,
/// }
///
/// #[get("/export", priority = background)]
/// async fn export() {}
///
/// #[routes(app)]
/// struct Api(export);
///
/// #[routes(admin)]
/// struct Operators(highball_recovery::alerts, highball_recovery::decisions);
///
/// #[highball::main]
/// async fn main() -> highball::Result {
///     let recovery = Recovery::at("/var/lib/shop/recovery.json")
///         .token(std::env::var("RECOVERY_TOKEN")?)
///         .lock(FileLock::at("/run/shop/recovery.lock"))
///         .known(["checkout_slow"])
///         .on("checkout_slow", shed_background().then(restart()).at_most(2, hours(1)))
///         .build()?;
///     highball::serve(Api)
///         .state(AppState { recovery: recovery.clone() })
///         .admin(Operators)
///         .install(recovery)
///         .install(Supervisor)
///         .arguments(std::env::args().skip(1))
///         .await
/// }
/// ```
#[derive(Clone)]
pub struct Recovery {
    pub(crate) engine: Arc<Engine>,
    pub(crate) token: Arc<str>,
    settle: Duration,
}

/// Builds a [`Recovery`]: [`Recovery::at`].
#[must_use]
pub struct Builder {
    file: PathBuf,
    token: Option<String>,
    rules: Vec<Rule>,
    known: Option<BTreeSet<String>>,
    lock: Option<Arc<dyn Lock>>,
    is_alone: bool,
    is_dry: bool,
    is_supervised: bool,
    max_age: Duration,
    settle: Duration,
}

impl Recovery {
    /// Begins the rules of an instance, which keeps what it has done in this file. Each instance has its own file, and
    /// finds it again after a restart.
    pub fn at(file: impl Into<PathBuf>) -> Builder {
        Builder {
            file: file.into(),
            token: None,
            rules: Vec::new(),
            known: None,
            lock: None,
            is_alone: false,
            is_dry: false,
            #[cfg(unix)]
            is_supervised: crate::supervisor::is_supervised(),
            #[cfg(not(unix))]
            is_supervised: false,
            max_age: Duration::from_secs(60 * 60),
            settle: Duration::from_secs(10),
        }
    }
}

impl Builder {
    /// Sets the secret of the webhook, of at least 16 characters.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Adds the actions for the alert of this name (the label `alertname`).
    pub fn on(mut self, alert: &str, actions: impl First) -> Self {
        self.rules.push(Rule {
            alert: alert.to_owned(),
            chain: actions.chain(),
            exhausted_until: AtomicI64::new(0),
        });
        self
    }

    /// Lists the alerts that exist, so that a rule with a misspelt name is an error at the start.
    pub fn known<N: Into<String>>(mut self, alerts: impl IntoIterator<Item = N>) -> Self {
        let known = self.known.get_or_insert_default();
        known.extend(alerts.into_iter().map(Into::into));
        self
    }

    /// Sets the lock that the instances share. Rules with [`restart`](crate::restart) or [`drain`](crate::drain) need
    /// it, or [`alone`](Self::alone).
    pub fn lock(mut self, lock: impl Lock) -> Self {
        self.lock = Some(Arc::new(lock));
        self
    }

    /// States that there is only one instance, which needs no lock.
    pub fn alone(mut self) -> Self {
        self.is_alone = true;
        self
    }

    /// Decides and logs, but does nothing.
    pub fn dry_run(mut self) -> Self {
        self.is_dry = true;
        self
    }

    /// States that something starts the process again after a restart, such as the restart policy of a container.
    ///
    /// [`Supervisor`](crate::Supervisor), systemd and Kubernetes are recognized. Without one of them,
    /// [`restart`](crate::restart) is refused.
    pub fn supervised(mut self) -> Self {
        self.is_supervised = true;
        self
    }

    /// Sets the age from which an alert begins nothing. The default is an hour. It limits replays.
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    /// Sets how long a process has to serve after a restart before another instance may restart. The default is 10
    /// seconds. It is longer than a balancer needs to see that this instance is back.
    pub fn settle(mut self, settle: Duration) -> Self {
        self.settle = settle;
        self
    }

    /// Checks the rules.
    ///
    /// # Errors
    /// If the token is missing, too short or no bearer token, if two rules have the same alert, if an alert is not
    /// [known](Self::known), if a budget is 0, or if a rule needs a lock and there is none.
    pub fn build(self) -> Result<Recovery> {
        let token = self.token.unwrap_or_default();
        if token.chars().count() < SHORTEST {
            return Err(Error::new(format!(
                "the token of the recovery needs at least {SHORTEST} characters: make a random one, for example with \
                 `openssl rand -hex 16`"
            )));
        }
        if !token.chars().all(is_of_token) {
            return Err(Error::new(
                "the token of the recovery has a character that a bearer token cannot have: it has letters, digits and \
                 `-._~+/=`",
            ));
        }
        for (idx, rule) in self.rules.iter().enumerate() {
            check(rule, &self.rules[..idx], self.known.as_ref())?;
            let is_absence = rule.chain.actions.iter().any(Action::is_absence);
            if is_absence && self.lock.is_none() && !self.is_alone {
                return Err(Error::new(format!(
                    "the rule `{}` takes an instance out, and nothing keeps the others in: add \
                     `.lock(FileLock::at(..))`, or `.alone()` if there is only one instance",
                    rule.alert
                )));
            }
        }
        Ok(Recovery {
            engine: Arc::new(Engine {
                rules: self.rules,
                is_dry: self.is_dry,
                is_supervised: self.is_supervised,
                max_age: self.max_age,
                lock: self.lock,
                file: self.file,
                control: std::sync::OnceLock::new(),
                audit: Audit::default(),
                state: Mutex::new(State::default()),
            }),
            token: token.into(),
            settle: self.settle,
        })
    }
}

/// Returns whether a bearer token may have it (RFC 6750).
fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-._~+/=".contains(letter)
}

fn check(rule: &Rule, before: &[Rule], known: Option<&BTreeSet<String>>) -> Result {
    let alert = &rule.alert;
    if before.iter().any(|other| other.alert == *alert) {
        return Err(Error::new(format!(
            "the alert `{alert}` has two rules: join them by `.then(..)`"
        )));
    }
    if rule.chain.most == 0 {
        return Err(Error::new(format!(
            "the rule `{alert}` has a budget of 0 actions: leave the rule out"
        )));
    }
    let Some(known) = known.filter(|known| !known.contains(alert)) else {
        return Ok(());
    };
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    Err(Error::new(format!(
        "the rule `{alert}` is for an alert that does not exist; there are `{}`",
        known.join("`, `")
    )))
}

impl Battery for Recovery {
    fn name(&self) -> String {
        "recovery".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let engine = &self.engine;
        // It is installed once.
        let _ = engine.control.set(hooks.control());
        for idx in 0..engine.rules.len() {
            let (read, alert) = (Arc::clone(engine), engine.rules[idx].alert.clone());
            let help = "1 if alerts are refused because the actions of their rule are used up.";
            let gauge = Gauge::new("highball_recovery_exhausted", "", help, move || {
                f64::from(u8::from(read.rules[idx].is_exhausted()))
            });
            hooks.gauge(gauge.label("alert", &alert));
        }
        let started = Arc::clone(engine);
        hooks.on_start(START, async move { started.load().await });
        let settle = self.settle;
        let running = Arc::clone(engine);
        hooks.background("lasting actions", move |stopping, clock| {
            let engine = Arc::clone(&running);
            async move {
                let work = async {
                    clock.sleep(settle).await;
                    engine.has_restarted().await?;
                    loop {
                        clock.sleep(Duration::from_secs(1)).await;
                        if engine.end_overdue().await? > 0 {
                            let about = ("all", "");
                            let outcome = Outcome::TimeIsOver;
                            engine.audit.record("recovery", about, None, &outcome);
                        }
                    }
                };
                tokio::select! {
                    ended = work => ended,
                    () = stopping => Ok(()),
                }
            }
        });
    }
}

impl fmt::Debug for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovery").finish_non_exhaustive()
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}
