//! What a supervisor is told: systemd, by the socket that it names (`sd_notify(3)`).

#[cfg(all(unix, feature = "systemd"))]
mod tell {
    use std::time::Duration;

    use sd_notify::NotifyState;

    fn tell(state: NotifyState<'_>) {
        // Nobody has asked to be told, or is gone: the service goes on.
        let _ = sd_notify::notify(&[state]);
    }

    /// Says that the app is ready.
    pub(crate) fn ready() {
        tell(NotifyState::Ready);
    }

    /// Says that the app stops.
    pub(crate) fn stopping() {
        tell(NotifyState::Stopping);
    }

    /// Says that the app lives.
    pub(crate) fn alive() {
        tell(NotifyState::Watchdog);
    }

    /// Returns how long the supervisor waits for a sign of life, if it does.
    pub(crate) fn patience() -> Option<Duration> {
        sd_notify::watchdog_enabled()
    }
}

#[cfg(not(all(unix, feature = "systemd")))]
mod tell {
    use std::time::Duration;

    pub(crate) fn ready() {}

    pub(crate) fn stopping() {}

    pub(crate) fn alive() {}

    pub(crate) fn patience() -> Option<Duration> {
        None
    }
}

pub(super) use tell::{alive, patience, ready, stopping};
