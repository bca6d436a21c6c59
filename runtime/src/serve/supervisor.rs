//! Notifies the service manager, such as systemd, of state changes (`sd_notify(3)`).

#[cfg(all(unix, feature = "systemd"))]
mod notify {
    use std::time::Duration;

    use sd_notify::NotifyState;

    fn notify(state: NotifyState<'_>) {
        // Without a service manager there is nothing to notify, and an error must not stop the app.
        let _ = sd_notify::notify(&[state]);
    }

    /// Reports that the app is ready.
    pub(crate) fn ready() {
        notify(NotifyState::Ready);
    }

    /// Reports that the app is stopping.
    pub(crate) fn stopping() {
        notify(NotifyState::Stopping);
    }

    /// Resets the watchdog of the service manager.
    pub(crate) fn alive() {
        notify(NotifyState::Watchdog);
    }

    /// Returns the timeout of the service manager's watchdog, if it is enabled.
    pub(crate) fn patience() -> Option<Duration> {
        sd_notify::watchdog_enabled()
    }
}

#[cfg(not(all(unix, feature = "systemd")))]
mod notify {
    use std::time::Duration;

    pub(crate) fn ready() {}

    pub(crate) fn stopping() {}

    pub(crate) fn alive() {}

    pub(crate) fn patience() -> Option<Duration> {
        None
    }
}

pub(super) use notify::{alive, patience, ready, stopping};
