//! The routes of profiles.

use highball::routes;

use crate::{by_route::by_route, cmdline::cmdline, cpu::profile, heap::heap, index::index};

/// The routes of profiles, for an app of operators: a page at `/debug/pprof/`, and below it `profile`, `routes`, `heap`
/// and `cmdline`.
///
/// `go tool pprof`, Pyroscope and Parca read them as they read those of a Go program. `profile` and `routes` take
/// `seconds`, 1 to 60 (30 without it), and `hz`, the samples in a second, 1 to 1,000 (99 without it).
///
/// A profile shows the inside of a process and takes its time, so each route is for operators.
///
/// # Examples
/// ```
/// use highball::prelude::*;
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app)]
/// struct Api(home);
///
/// #[routes(admin)]
/// struct Operators(highball_profile::Profiles);
///
/// # fn main() {
/// let _ = highball::serve(Api).admin(Operators).install(highball_profile::Profiler);
/// # }
/// ```
///
/// An app for clients that lists them does not compile:
///
/// ```compile_fail,E0080
/// use highball::prelude::*;
///
/// #[routes(app)]
/// struct Api(highball_profile::Profiles);
/// ```
///
/// # Errors
/// - 400 if `seconds` or `hz` is not a number in its range.
/// - 409 with `Retry-After` while another profile is collected: there is one signal of the system for all.
/// - 501 if the build or the system cannot do it. The message has the way out.
///
/// # Cancel safety
/// If the client disconnects, the profile ends, and the next one can begin.
#[routes]
pub struct Profiles(index, profile, by_route, heap, cmdline);
