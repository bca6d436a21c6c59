//! Segments, methods and options of a route, as plain constant data.

use crate::const_text::equal;

/// One segment of a pattern, between two slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Text that the path must equal in any percent-encoding. It is normalized as `table::spelling`
    /// describes.
    Static(&'static str),
    /// A parameter, `{name}`, with optional static text around it: `v{major}`, `{name}.json`.
    Param {
        /// The static text before it, percent-encoded like [`Segment::Static`].
        prefix: &'static str,
        /// The parameter's name.
        name: &'static str,
        /// The static text after it, percent-encoded like [`Segment::Static`].
        suffix: &'static str,
    },
    /// The rest of the path, `{*name}`, which is never empty.
    CatchAll {
        /// The parameter's name.
        name: &'static str,
    },
}

impl Segment {
    /// Returns whether two segments are equal apart from the names of their parameters.
    pub(crate) const fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Static(a), Self::Static(b)) => equal(a, b),
            (
                Self::Param {
                    prefix: a,
                    suffix: c,
                    ..
                },
                Self::Param {
                    prefix: b,
                    suffix: d,
                    ..
                },
            ) => equal(a, b) && equal(c, d),
            (Self::CatchAll { .. }, Self::CatchAll { .. }) => true,
            _ => false,
        }
    }

    /// Returns the name of the parameter, if the segment is one.
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Static(_) => None,
            Self::Param { name, .. } | Self::CatchAll { name } => Some(name),
        }
    }
}

/// How a path is served that differs from a route only by its trailing slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slash {
    /// It does not match the route.
    #[default]
    Strict,
    /// The client is redirected with 308 to the path of the route.
    Redirect,
    /// It matches the route.
    Ignore,
}

/// The priority of a route under overload.
///
/// Set it with `priority = ..` on a route or on a group around it. It takes effect if the app has a
/// [`Capacity`](crate::serve::Capacity), which serves requests of higher priority first.
///
/// # Examples
/// ```
/// use highball::{Priority, prelude::*};
///
/// #[get("/report", priority = background)]
/// async fn report() {}
///
/// #[post("/login", priority = critical)]
/// async fn login() {}
///
/// #[routes(app)]
/// struct Api(report, login);
///
/// # fn main() {
/// assert_eq!(Api::ROUTES[0].priority(), Priority::Background);
/// assert!(Api::ROUTES[1].priority() > Priority::Normal);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// For requests that can wait: reports, exports, feeds to other systems.
    Background,
    /// The default.
    #[default]
    Normal,
    /// For requests that must succeed under overload: login, payment, health checks.
    Critical,
}

impl Priority {
    /// Returns the next higher priority.
    pub(crate) const fn above(self) -> Option<Self> {
        match self {
            Self::Background => Some(Self::Normal),
            Self::Normal => Some(Self::Critical),
            Self::Critical => None,
        }
    }
}

/// The methods of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Methods {
    /// One bit for each of [`STANDARD`], in that order.
    bits: u16,
    /// Methods that are not in [`STANDARD`].
    extensions: &'static [&'static str],
    /// Whether it is every method. A route that names the method takes precedence.
    any: bool,
    /// Whether one of the methods may change something. The safe methods are those of RFC 9110 §9.2.1, and QUERY.
    pub(super) has_unsafe: bool,
}

/// The methods of RFC 9110 and of the QUERY draft. The index of a method is its bit.
pub const STANDARD: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "CONNECT", "TRACE",
];

/// The bits of GET, HEAD, OPTIONS, QUERY and TRACE.
const SAFE: u16 = 1 | 1 << 1 | 1 << 6 | 1 << 7 | 1 << 9;

impl Methods {
    /// Creates a set of methods.
    pub const fn new(bits: u16, extensions: &'static [&'static str]) -> Self {
        Self {
            bits,
            extensions,
            any: false,
            has_unsafe: bits & !SAFE != 0 || !matches!(extensions, []),
        }
    }

    /// The set of all methods, for `#[any]`.
    pub const ANY: Self = Self {
        bits: 0,
        extensions: &[],
        any: true,
        has_unsafe: true,
    };

    /// Returns whether a GET or a HEAD is among them.
    pub(super) const fn serves_get(self) -> bool {
        self.any || self.bits & 0b11 != 0
    }

    /// Returns the bits of the standard methods.
    pub const fn bits(self) -> u16 {
        self.bits
    }

    /// Returns the methods that are not standard.
    pub const fn extensions(self) -> &'static [&'static str] {
        self.extensions
    }

    /// Returns the names of the methods. The set of `#[any]` has none.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let standard = STANDARD.iter().enumerate();
        let standard = standard.filter(move |(bit, _)| self.bits >> bit & 1 == 1);
        standard
            .map(|(_, name)| *name)
            .chain(self.extensions.iter().copied())
    }

    /// Returns the bits of the standard methods that may change something.
    pub(super) const fn unsafe_bits(self) -> u16 {
        self.bits & !SAFE
    }

    /// Returns whether it is the set of `#[any]`.
    pub const fn is_any(self) -> bool {
        self.any
    }
}

/// The options of a route or a group. An option of a route overrides that of a group around it.
#[derive(Debug, Clone, Copy)]
pub struct RouteOptions {
    /// How another trailing slash is served.
    pub slash: Option<Slash>,
    /// Whether the handler runs to its end if the client disconnects.
    pub finish: Option<bool>,
    /// The priority under overload.
    pub priority: Option<Priority>,
    /// How the compiler checks for a guard against cross-site requests, if it is not the default.
    pub csrf: Option<Csrf>,
    /// The reason for a job that is not published in the transaction of the handler.
    pub dual_write: Option<&'static str>,
    /// Whether only an admin app may list the route.
    pub admin: bool,
    /// The reason for a route of an admin app in another app.
    pub exposed: Option<&'static str>,
}

/// A rule of the check for a guard against cross-site requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Csrf {
    /// It is off, for this reason.
    Off(&'static str),
    /// It includes arguments and parts that may read credentials from a cookie.
    Strict,
}

impl RouteOptions {
    /// No option is set.
    pub const NONE: Self = Self {
        slash: None,
        finish: None,
        priority: None,
        csrf: None,
        dual_write: None,
        admin: false,
        exposed: None,
    };

    /// Returns whether the check for a guard against cross-site requests is strict.
    pub(super) const fn is_strict(&self) -> bool {
        matches!(self.csrf, Some(Csrf::Strict))
    }

    /// Returns these options, completed by those of the group around.
    pub(crate) const fn within(self, outer: Self) -> Self {
        Self {
            slash: match self.slash {
                None => outer.slash,
                slash => slash,
            },
            finish: match self.finish {
                None => outer.finish,
                finish => finish,
            },
            priority: match self.priority {
                None => outer.priority,
                priority => priority,
            },
            csrf: match self.csrf {
                None => outer.csrf,
                csrf => csrf,
            },
            dual_write: match self.dual_write {
                None => outer.dual_write,
                reason => reason,
            },
            admin: self.admin,
            exposed: match self.exposed {
                None => outer.exposed,
                reason => reason,
            },
        }
    }
}
