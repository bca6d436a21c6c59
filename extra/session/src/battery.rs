//! The sessions as a battery of the server: expired ones are removed, and the store is checked.

use std::time::Duration;

use highball::{
    battery::{Battery, Hooks},
    prelude::*,
};

use crate::{Sessions, app::time_of, counts};

/// How often expired sessions are removed.
const SWEEP: Duration = Duration::from_secs(60);

/// After how many sweeps in a row that have failed this is reported.
const MOST_FAILURES: u32 = 3;

/// How long the store may take to prepare itself, for example to change its tables.
const START: Duration = Duration::from_secs(5 * 60);

impl Battery for Sessions {
    fn name(&self) -> String {
        "sessions".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        if self.0.settings.plain_http {
            hooks.on_start(secs(1), async {
                println!(
                    "sessions: the cookie is sent over plain HTTP, to clients on this machine only"
                );
                Ok(())
            });
        }
        let sessions = self.clone();
        hooks.on_start(START, async move { Ok(sessions.0.store.open().await?) });
        let sessions = self.clone();
        hooks.background("sweep", move |stopping, clock| {
            let sessions = sessions.clone();
            async move {
                let mut stopping = std::pin::pin!(stopping);
                let mut failures = 0;
                while clock.timeout(SWEEP, stopping.as_mut()).await.is_err() {
                    let sweeping = sessions.0.store.sweep(time_of(&clock));
                    // A sweep that hangs or fails is given up, and the next one removes the rest. `check` shows whether
                    // the store works.
                    let swept = clock.timeout(SWEEP, sweeping).await;
                    failures = match swept {
                        Ok(Ok(_)) => 0,
                        Ok(Err(error)) if failures >= MOST_FAILURES => return Err(error.into()),
                        _ => failures + 1,
                    };
                }
                Ok(())
            }
        });
        let sessions = self.clone();
        hooks.check("store", secs(2), move || {
            let sessions = sessions.clone();
            async move { Ok(sessions.0.store.check().await?) }
        });
        counts::add_gauges(&self, hooks);
    }
}
