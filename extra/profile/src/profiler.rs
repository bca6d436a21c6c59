//! The battery that names the routes.

use std::sync::{Mutex, PoisonError};

use highball::{
    Route,
    battery::{Battery, Hooks},
};

/// The routes of the app that was installed last. A profile is one of the process, and so is this.
static ROUTES: Mutex<&[Route]> = Mutex::new(&[]);

/// A battery by which the page of CPU by route finds the routes of the app.
///
/// All other profiles work without it. It does nothing until a profile is collected.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_profile::{Profiler, Profiles};
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app)]
/// struct Api(home);
///
/// #[routes(admin)]
/// struct Operators(Profiles);
///
/// # fn main() {
/// let _ = highball::serve(Api).admin(Operators).install(Profiler);
/// # }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Profiler;

impl Battery for Profiler {
    fn name(&self) -> String {
        "profile".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        *ROUTES.lock().unwrap_or_else(PoisonError::into_inner) = hooks.routes();
    }
}

/// Returns the routes of the app, or none if no [`Profiler`] is installed.
pub(crate) fn routes() -> &'static [Route] {
    *ROUTES.lock().unwrap_or_else(PoisonError::into_inner)
}
