//! Decides about alerts, and begins actions.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use highball::{Error, Result, battery::Control};
use jiff::Timestamp;
use tokio::{sync::Mutex, task::spawn_blocking};

use crate::{
    action::{Action, Chain},
    audit::Audit,
    hook::Hook,
    lock::Lock,
    state::{Acted, Lasting, State},
    webhook::{Alert, Occurrence},
};

/// How far the clock of Alertmanager may be ahead.
const SKEW: Duration = Duration::from_secs(60);
/// How long a restart may take. After that another instance may restart.
const RESTART: Duration = Duration::from_secs(5 * 60);

/// The rules, and what they have done.
pub(crate) struct Engine {
    pub(crate) rules: Vec<Rule>,
    pub(crate) is_dry: bool,
    pub(crate) is_supervised: bool,
    /// The age from which an alert begins nothing.
    pub(crate) max_age: Duration,
    pub(crate) lock: Option<Arc<dyn Lock>>,
    pub(crate) file: PathBuf,
    pub(crate) control: OnceLock<Control>,
    pub(crate) audit: Audit,
    pub(crate) state: Mutex<State>,
}

/// The actions for an alert.
pub(crate) struct Rule {
    pub(crate) alert: String,
    pub(crate) chain: Chain,
    /// Until when alerts are refused because the budget is used up, in milliseconds since 1970.
    pub(crate) exhausted_until: AtomicI64,
}

/// The result of an alert.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done,
    /// The hook has to be run.
    Begun(Hook),
    DryRun,
    AlreadyActed,
    CoolingDown,
    Exhausted,
    AnotherIsOut,
    TooOld,
    FromTheFuture,
    NoRule,
    Undone,
    NothingToUndo,
    TimeIsOver,
    NoSupervisor,
    Failed(Error),
}

impl Engine {
    /// Decides about an alert that fires. Returns the action with its outcome.
    pub(crate) async fn fires(&self, alert: &Alert) -> (Option<&Action>, Outcome) {
        let Some(rule) = self.rules.iter().find(|rule| rule.alert == alert.name()) else {
            return (None, Outcome::NoRule);
        };
        let (now, of) = (now(), alert.occurrence());
        if of.starts_at > now + millis(SKEW) {
            return (None, Outcome::FromTheFuture);
        }
        if of.starts_at < now - millis(self.max_age) {
            return (None, Outcome::TooOld);
        }
        // One decision at a time, so that two notifications cannot use the same budget.
        let mut state = self.state.lock().await;
        if state.has_acted(&rule.alert, &of) {
            return (None, Outcome::AlreadyActed);
        }
        let chain = &rule.chain;
        let times = state.times(&rule.alert, now - millis(chain.window));
        if times.len() >= chain.most {
            let first = times.first().copied().unwrap_or(now);
            let until = first + millis(chain.window);
            rule.exhausted_until.store(until, Relaxed);
            return (None, Outcome::Exhausted);
        }
        if times
            .last()
            .is_some_and(|last| now < last + millis(chain.cooldown))
        {
            return (None, Outcome::CoolingDown);
        }
        let idx = times.len().min(chain.actions.len() - 1);
        let action = &chain.actions[idx];
        let outcome = self.begin(&mut state, rule, action, of, now).await;
        (Some(action), outcome.unwrap_or_else(Outcome::Failed))
    }

    /// Begins an action, after it has been stored that it has begun.
    async fn begin(
        &self,
        state: &mut State,
        rule: &Rule,
        action: &Action,
        of: Occurrence,
        now: i64,
    ) -> Result<Outcome> {
        let is_restart = matches!(action, Action::Restart(_));
        if is_restart && !self.is_supervised {
            return Ok(Outcome::NoSupervisor);
        }
        let before = state.clone();
        state.acted.push(Acted {
            rule: rule.alert.clone(),
            of: of.clone(),
            at: now,
        });
        let longest = self.rules.iter().map(|rule| rule.chain.window).max();
        let longest = longest.unwrap_or_default().max(self.max_age);
        state.forget(now - millis(longest) - millis(SKEW));
        if self.is_dry {
            return Ok(Outcome::DryRun);
        }
        if action.is_undone() {
            state.lasting.push(Lasting {
                of,
                drains: matches!(action, Action::Drain),
                until: now + millis(rule.chain.hold),
            });
        }
        state.is_restarting |= is_restart;
        let begun = self.take_lock(state, action, rule.chain.hold).await;
        let begun = match begun {
            Ok(true) => self.store(state).await.map(|()| true),
            other => other,
        };
        match begun {
            Ok(true) => {}
            Ok(false) => {
                *state = before;
                return Ok(Outcome::AnotherIsOut);
            }
            Err(error) => {
                *state = before;
                return Err(error);
            }
        }
        Ok(match action {
            Action::Shed | Action::Drain => {
                self.apply(state);
                Outcome::Done
            }
            Action::Restart(_) => {
                if let Some(control) = self.control.get() {
                    control.stop();
                }
                Outcome::Done
            }
            Action::Scale(hook) | Action::Rollback(hook) => Outcome::Begun(hook.clone()),
        })
    }

    async fn take_lock(&self, state: &State, action: &Action, hold: Duration) -> Result<bool> {
        let lock = self.lock.as_ref().filter(|_| action.is_absence());
        let Some(lock) = lock else {
            return Ok(true);
        };
        let lease = match action {
            Action::Restart(_) => RESTART,
            _ => hold,
        };
        lock.acquire(&state.holder, lease).await
    }

    /// Ends the actions that last until this alert is resolved.
    pub(crate) async fn resolved(&self, alert: &Alert) -> Outcome {
        let of = alert.occurrence();
        // A later occurrence that has ended shows that this one has, too. An earlier one is a replay.
        let is_over = |lasting: &Lasting| {
            lasting.of.fingerprint == of.fingerprint && lasting.of.starts_at <= of.starts_at
        };
        let ended = self.end(is_over).await;
        match ended {
            Ok(0) => Outcome::NothingToUndo,
            Ok(_) => Outcome::Undone,
            Err(error) => Outcome::Failed(error),
        }
    }

    /// Ends the actions whose alert was never resolved. Returns how many these are.
    pub(crate) async fn end_overdue(&self) -> Result<usize> {
        let now = now();
        self.end(|lasting| lasting.until <= now).await
    }

    async fn end(&self, is_over: impl Fn(&Lasting) -> bool) -> Result<usize> {
        let mut state = self.state.lock().await;
        let count = state.lasting.len();
        state.lasting.retain(|lasting| !is_over(lasting));
        let ended = count - state.lasting.len();
        if ended > 0 {
            self.apply(&state);
            self.give_lock_back(&state).await?;
            self.store(&state).await?;
        }
        Ok(ended)
    }

    /// Gives the lock back, unless this instance is out.
    async fn give_lock_back(&self, state: &State) -> Result {
        let is_out = state.is_restarting || state.lasting.iter().any(|lasting| lasting.drains);
        match &self.lock {
            Some(lock) if !is_out => lock.release(&state.holder).await,
            _ => Ok(()),
        }
    }

    /// Reads the state of the process before this one, and continues its lasting actions.
    pub(crate) async fn load(&self) -> Result {
        let file = self.file.clone();
        let read = spawn_blocking(move || State::read(&file)).await?;
        let read = read.map_err(|error| {
            Error::from(error).context(format!("cannot read {}", self.file.display()))
        })?;
        let mut state = self.state.lock().await;
        *state = read;
        if !self.is_dry {
            // It also shows at the start that the file can be written.
            self.store(&state).await?;
            self.apply(&state);
        }
        Ok(())
    }

    /// Ends a restart: this process serves.
    pub(crate) async fn has_restarted(&self) -> Result {
        let mut state = self.state.lock().await;
        if !state.is_restarting {
            return Ok(());
        }
        state.is_restarting = false;
        self.give_lock_back(&state).await?;
        self.store(&state).await
    }

    fn apply(&self, state: &State) {
        if let Some(control) = self.control.get() {
            control.shed_background(state.lasting.iter().any(|lasting| !lasting.drains));
            control.drain(state.lasting.iter().any(|lasting| lasting.drains));
        }
    }

    async fn store(&self, state: &State) -> Result {
        let (state, file) = (state.clone(), self.file.clone());
        let stored = spawn_blocking(move || state.write(&file)).await?;
        stored.map_err(|error| {
            Error::from(error).context(format!("cannot write {}", self.file.display()))
        })
    }
}

impl Rule {
    /// Returns whether alerts are refused because the budget is used up.
    pub(crate) fn is_exhausted(&self) -> bool {
        now() < self.exhausted_until.load(Relaxed)
    }
}

fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

fn millis(time: Duration) -> i64 {
    // A century, so that sums do not overflow.
    const MOST: i64 = 100 * 365 * 24 * 60 * 60 * 1_000;
    i64::try_from(time.as_millis()).unwrap_or(MOST).min(MOST)
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Done => "done",
            Self::Begun(_) => "begun",
            Self::DryRun => "dry run: nothing is done",
            Self::AlreadyActed => "refused: this alert has already begun an action",
            Self::CoolingDown => "refused: the last action is too recent",
            Self::Exhausted => "exhausted: the actions of this rule are used up",
            Self::AnotherIsOut => "refused: another instance restarts or is drained",
            Self::TooOld => "refused: the alert began too long ago",
            Self::FromTheFuture => "refused: the alert begins in the future",
            Self::NoRule => "no rule",
            Self::Undone => "resolved: undone",
            Self::NothingToUndo => "resolved: there is nothing to undo",
            Self::TimeIsOver => "undone, because the alert was not resolved in time",
            Self::NoSupervisor => "refused: no supervisor would start the process again",
            Self::Failed(error) => return write!(f, "failed: {error:?}"),
        })
    }
}
