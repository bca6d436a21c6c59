//! The actions, and the order in which they follow each other.

use std::{fmt, time::Duration};

use crate::hook::Hook;

/// An action of a rule.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Shed,
    Drain,
    /// The reason, if it is the first action.
    Restart(Option<String>),
    Scale(Hook),
    Rollback(Hook),
}

impl Action {
    /// Returns whether the instance serves no requests during the action, so that only one instance may do it.
    pub(crate) fn is_absence(&self) -> bool {
        matches!(self, Self::Drain | Self::Restart(_))
    }

    /// Returns whether the action lasts until its alert is resolved.
    pub(crate) fn is_undone(&self) -> bool {
        matches!(self, Self::Shed | Self::Drain)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shed => f.write_str("shed_background"),
            Self::Drain => f.write_str("drain"),
            Self::Restart(None) => f.write_str("restart"),
            Self::Restart(Some(reason)) => write!(f, "restart ({reason})"),
            Self::Scale(hook) => write!(f, "scale by {hook}"),
            Self::Rollback(hook) => write!(f, "rollback by {hook}"),
        }
    }
}

/// The actions of a rule, with their limits: [`Builder::on`](crate::Builder::on).
///
/// The first alert begins the first action. An alert that begins while an earlier one is in the window of
/// [`at_most`](Self::at_most) begins the next action, and the last action repeats.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_recovery::{restart, shed_background};
///
/// let actions = shed_background()
///     .then(restart())
///     .at_most(2, hours(1))
///     .cooldown(mins(5))
///     .hold(mins(30));
/// # let _ = actions;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Chain {
    pub(crate) actions: Vec<Action>,
    pub(crate) most: usize,
    pub(crate) window: Duration,
    pub(crate) cooldown: Duration,
    pub(crate) hold: Duration,
}

/// A restart, which must not be the first action of a rule. [`restart`] returns it.
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct Restart(());

/// Rejects the requests of background priority with 503, and lets the workers of jobs take nothing new, until the alert
/// is resolved.
///
/// It is the first action for an overload. [`Control`](highball::battery::Control) describes its effect.
pub fn shed_background() -> Chain {
    Chain::of(Action::Shed)
}

/// Takes this instance out of its balancer until the alert is resolved: `/readyz` responds with 503, and after the
/// setting `shutdown_delay` no further connection is accepted.
///
/// It is for an instance that fails alone. Only one instance at a time is taken out, by the
/// [`Lock`](crate::Lock).
pub fn drain() -> Chain {
    Chain::of(Action::Drain)
}

/// Stops this process as SIGTERM does, so that its supervisor starts it again.
///
/// It loses no request, but this instance serves none meanwhile. So only one instance at a time restarts, by the
/// [`Lock`](crate::Lock). Under overload a restart makes everything worse, because the others get the load of this one:
/// write it behind another action. Without a [supervisor](crate::Builder::supervised) it is refused.
pub fn restart() -> Restart {
    Restart(())
}

/// Restarts as the first action, for a reason that does not concern the load: a leak that only a restart ends.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_recovery::restart_first;
///
/// let leak = restart_first("the driver of the printer leaks memory").at_most(1, hours(6));
/// # let _ = leak;
/// ```
pub fn restart_first(reason: &str) -> Chain {
    Chain::of(Action::Restart(Some(reason.to_owned())))
}

/// Starts a further instance, by a command.
pub fn scale(hook: Hook) -> Chain {
    Chain::of(Action::Scale(hook))
}

/// Deploys the previous version, by a command.
pub fn rollback(hook: Hook) -> Chain {
    Chain::of(Action::Rollback(hook))
}

impl Chain {
    fn of(action: Action) -> Self {
        Self {
            actions: vec![action],
            most: 2,
            window: Duration::from_secs(60 * 60),
            cooldown: Duration::from_secs(60),
            hold: Duration::from_secs(60 * 60),
        }
    }

    /// Adds the action for the next alert. Its limits are those of this chain.
    pub fn then(mut self, next: impl Next) -> Self {
        self.actions.extend(next.actions());
        self
    }

    /// Sets how many actions there may be in a window. The default is 2 in an hour. After that, alerts begin nothing,
    /// and the gauge `highball_recovery_exhausted` is 1: a human has to look.
    pub fn at_most(mut self, actions: usize, window: Duration) -> Self {
        (self.most, self.window) = (actions, window);
        self
    }

    /// Sets the shortest time between two actions. The default is a minute. An alert that arrives earlier begins its
    /// action with a later notification, if it has not been resolved.
    pub fn cooldown(mut self, cooldown: Duration) -> Self {
        self.cooldown = cooldown;
        self
    }

    /// Sets how long [`shed_background`] and [`drain`] last if their alert is never resolved. The default is an hour.
    pub fn hold(mut self, hold: Duration) -> Self {
        self.hold = hold;
        self
    }
}

/// The actions with which a rule may begin: each one but [`restart`].
#[diagnostic::on_unimplemented(
    message = "a restart must not be the first action of a rule, because it makes an overload worse",
    label = "write `shed_background().then(restart())`, or `restart_first(\"the reason\")`"
)]
pub trait First: sealed::Sealed {
    /// Returns the chain.
    #[doc(hidden)]
    fn chain(self) -> Chain;
}

impl First for Chain {
    fn chain(self) -> Chain {
        self
    }
}

/// The actions that may follow others: all of them.
pub trait Next: sealed::Sealed {
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn actions(self) -> Vec<Action>;
}

impl Next for Chain {
    #[allow(private_interfaces)]
    fn actions(self) -> Vec<Action> {
        self.actions
    }
}

impl Next for Restart {
    #[allow(private_interfaces)]
    fn actions(self) -> Vec<Action> {
        vec![Action::Restart(None)]
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Chain {}
    impl Sealed for super::Restart {}
}
