//! What the macros say of a route, as plain constant data.

/// One segment of a pattern: what stands between two slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Text that a path must have there, in any spelling; percent-encoded as `table::spelling` says.
    Static(&'static str),
    /// A parameter, `{name}`, with static text around it or none: `v{major}`, `{name}.json`.
    Param {
        /// The static text before it, percent-encoded like [`Segment::Static`].
        prefix: &'static str,
        /// The parameter's name.
        name: &'static str,
        /// The static text after it, percent-encoded like [`Segment::Static`].
        suffix: &'static str,
    },
    /// The rest of the path, `{*name}`: at least one character.
    CatchAll {
        /// The parameter's name.
        name: &'static str,
    },
}

impl Segment {
    /// Returns the name of the parameter, if the segment is one.
    pub const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Static(_) => None,
            Self::Param { name, .. } | Self::CatchAll { name } => Some(name),
        }
    }
}

/// What a path that differs from a route by its trailing slash gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Slash {
    /// It is another path: 404 unless a route says otherwise.
    #[default]
    Strict,
    /// It is answered with 308 to the path as the route writes it.
    Redirect,
    /// It is the same path.
    Ignore,
}

/// Who goes first when an app is asked for more than it can do: `priority = ..` on a route or on a
/// group around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// May wait for hours: reports, exports, feeds to other systems.
    Background,
    /// What nobody says anything of.
    #[default]
    Normal,
    /// Must work when nothing else does: login, payment, health checks.
    Critical,
}

impl Priority {
    /// Returns the next higher one.
    pub(crate) const fn above(self) -> Option<Self> {
        match self {
            Self::Background => Some(Self::Normal),
            Self::Normal => Some(Self::Critical),
            Self::Critical => None,
        }
    }
}

/// The methods that a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Methods {
    /// One bit for each of [`STANDARD`], in that order.
    bits: u16,
    /// Methods that are not in [`STANDARD`].
    extensions: &'static [&'static str],
    /// Every method, at a lower rank than a route that names the method.
    any: bool,
}

/// The methods that RFC 9110 and the QUERY draft define; a method's index is its bit.
pub const STANDARD: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "CONNECT", "TRACE",
];

impl Methods {
    /// Makes the set of these methods.
    pub const fn new(bits: u16, extensions: &'static [&'static str]) -> Self {
        Self {
            bits,
            extensions,
            any: false,
        }
    }

    /// The set of all methods, as `#[any]` has it.
    pub const ANY: Self = Self {
        bits: 0,
        extensions: &[],
        any: true,
    };

    /// Returns the bits of the standard methods.
    pub const fn bits(self) -> u16 {
        self.bits
    }

    /// Returns the methods that are not standard.
    pub const fn extensions(self) -> &'static [&'static str] {
        self.extensions
    }

    /// Returns the names of the methods; none where the set is `#[any]`'s.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let standard = STANDARD.iter().enumerate();
        let standard = standard.filter(move |(bit, _)| self.bits >> bit & 1 == 1);
        standard
            .map(|(_, name)| *name)
            .chain(self.extensions.iter().copied())
    }

    /// Returns whether the set is `#[any]`'s.
    pub const fn is_any(self) -> bool {
        self.any
    }
}

/// What a route and the groups around it say of how it is served; the nearest word holds.
#[derive(Debug, Clone, Copy)]
pub struct RouteOptions {
    /// The word on a trailing slash.
    pub slash: Option<Slash>,
    /// Whether the handler finishes where its client leaves.
    pub finish: Option<bool>,
    /// Who goes first under overload.
    pub priority: Option<Priority>,
}

impl RouteOptions {
    /// Nothing is said.
    pub const NONE: Self = Self {
        slash: None,
        finish: None,
        priority: None,
    };

    /// Returns these words, and those of the group around where nothing is said here.
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
        }
    }
}
