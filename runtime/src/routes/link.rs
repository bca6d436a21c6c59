//! Links to routes, checked at compile time.

use std::fmt::{self, Write as _};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    const_text::{Text, equal},
    routes::{
        definition::Definition,
        info::Route,
        node::{Entry, Node},
        segment::Segment,
    },
};

/// A value that can be written into a link. Every type with `Display` implements it.
///
/// The lifetime makes the bound generic, so that the compiler checks it only where a link function
/// is called and not for each handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written into a link",
    note = "implement `std::fmt::Display` for `{Self}`, the reverse of its `FromStr`"
)]
pub trait LinkParam<'a>: fmt::Display {}

impl<T: fmt::Display + ?Sized> LinkParam<'_> for T {}

/// The characters that a link does not escape: the unreserved characters of RFC 3986.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Returns the route of a handler in an app, for `url!`.
///
/// # Panics
/// Panics if the app does not contain the handler, if it contains the handler twice and `via` does
/// not select one, or if a prefix has a parameter without a value. It runs in constant evaluation,
/// so a panic is a compile error.
#[track_caller]
pub const fn find(
    routes: &'static [Route],
    app: &Node,
    handler: &Node,
    via: Option<&str>,
    outer: &[&str],
) -> &'static Route {
    // The handler's attribute has a mistake, which was reported there.
    let Some(handler) = handler.definition() else {
        return &Route::EMPTY;
    };
    let (mut found, mut i) = (None, 0);
    while i < routes.len() {
        if is_same_handler(routes[i].definition(), handler) && is_in_group(&routes[i], via) {
            if let Some(first) = found {
                reject_ambiguous(first, &routes[i]);
            }
            found = Some(&routes[i]);
        }
        i += 1;
    }
    let Some(route) = found else {
        if app.is_broken() {
            return &Route::EMPTY;
        }
        reject_missing(handler, via);
    };
    check_outer(route, outer);
    route
}

/// Returns the route of a handler in an app, for a typed call of a test.
///
/// # Panics
/// Panics if the app does not contain the handler, or if it contains the handler twice.
#[cfg(feature = "schemas")]
#[track_caller]
pub(crate) fn only_route(routes: &'static [Route], handler: &Node) -> &'static Route {
    let Some(handler) = handler.definition() else {
        panic!("a group is not a handler");
    };
    let found = routes.iter();
    let mut found = found.filter(|route| is_same_handler(route.definition(), handler));
    match (found.next(), found.next()) {
        (Some(route), None) => route,
        (None, _) => panic!("`{}` is not a route of the app", handler.handler),
        (Some(first), Some(second)) => panic!(
            "`{}` is mounted twice, at `{}` and at `{}`; send the request with its path",
            handler.handler,
            first.path(),
            second.path()
        ),
    }
}

/// Returns whether both are the same handler.
pub(super) const fn is_same_handler(a: &Definition, b: &Definition) -> bool {
    a.place.line() == b.place.line()
        && a.place.column() == b.place.column()
        && equal(a.handler, b.handler)
        && equal(a.place.file(), b.place.file())
}

/// Returns whether the route is in the group `via`. Without a group every route is.
pub(super) const fn is_in_group(route: &Route, via: Option<&str>) -> bool {
    match via {
        Some(name) => route.passes(name),
        None => true,
    }
}

#[track_caller]
const fn reject_ambiguous(first: &Route, second: &Route) -> ! {
    let text = Text::<512>::EMPTY.with("`").with(first.handler());
    let text = text
        .with("` is mounted twice: at `")
        .with(first.path())
        .with("` and at `");
    let text = text
        .with(second.path())
        .with("`; choose one with `via = Group`");
    panic!("{}", text.as_str())
}

#[track_caller]
const fn reject_missing(handler: &Definition, via: Option<&str>) -> ! {
    let text = Text::<512>::EMPTY
        .with("`")
        .with(handler.handler)
        .with("` is not mounted in the app");
    let text = match via {
        Some(group) => text.with(" through the group `").with(group).with("`"),
        None => text.with("; list it in a group of the app"),
    };
    panic!("{}", text.as_str())
}

/// Checks that each parameter of the route's prefixes has a value, and no other parameter.
#[track_caller]
const fn check_outer(route: &Route, given: &[&str]) {
    let mut prefixes = route.prefixes();
    let mut n = 0;
    while let Some(segment) = prefixes.next_segment() {
        if let Some(name) = segment.name() {
            n += 1;
            if !crate::const_text::contains(given, name) {
                let text = Text::<512>::EMPTY.with("`").with(route.path());
                let text = text.with("` has the prefix parameter `{").with(name);
                let text = text
                    .with("}`; write `")
                    .with(name)
                    .with(" = ..` behind the handler");
                panic!("{}", text.as_str())
            }
        }
    }
    if given.len() > n {
        let text = Text::<512>::EMPTY.with("`").with(route.path());
        let text = text.with("` has fewer prefix parameters than are given here");
        panic!("{}", text.as_str())
    }
}

macro_rules! paths {
    ($($name:ident: $($generic:ident $param:ident),*;)*) => {$(
        /// `show::path(..)`: the link to a handler within its group, with a value for each parameter.
        ///
        /// The handler's own code would cost compile time for each handler, so the method comes from this trait.
        pub trait $name<$($generic),*>: Entry {
            /// Writes the path of the handler within its group.
            #[must_use]
            #[allow(clippy::too_many_arguments)]
            fn path($($param: $generic),*) -> String
            where
                $($generic: for<'l> LinkParam<'l>,)*
            {
                write_own(Self::NODE, &[$(&$param),*])
            }
        }

        impl<E: Entry<Link = ($($generic,)*)>, $($generic),*> $name<$($generic),*> for E {}
    )*};
}

paths! {
    Path0: ;
    Path1: A a;
    Path2: A a, B b;
    Path3: A a, B b, C c;
    Path4: A a, B b, C c, D d;
    Path5: A a, B b, C c, D d, F f;
    Path6: A a, B b, C c, D d, F f, G g;
}

/// Writes the link of a handler within its group, with the values of its parameters in order.
pub fn write_own(handler: &Node, values: &[&dyn fmt::Display]) -> String {
    match handler.definition() {
        Some(definition) => write(definition.pattern.segments(), &[], values),
        None => String::new(),
    }
}

/// Writes a link. The values of the handler's parameters are given in order, those of the prefixes'
/// parameters by name.
fn write(
    segments: impl Iterator<Item = Segment>,
    outer: &[(&str, &dyn fmt::Display)],
    own: &[&dyn fmt::Display],
) -> String {
    let mut link = String::new();
    let mut own = own.iter();
    for segment in segments {
        link.push('/');
        match segment {
            Segment::Static(text) => link.push_str(text),
            Segment::Param {
                prefix,
                name,
                suffix,
            } => {
                link.push_str(prefix);
                push_escaped(&mut link, param_value(name, outer, &mut own), false);
                link.push_str(suffix);
            }
            Segment::CatchAll { name } => {
                push_escaped(&mut link, param_value(name, outer, &mut own), true);
            }
        }
    }
    if link.is_empty() {
        link.push('/');
    }
    link
}

/// Prepends the prefixes of a route, with the values of their parameters, to the handler's link.
pub fn join(route: &Route, outer: &[(&str, &dyn fmt::Display)], own: String) -> String {
    let n_own = route.definition().pattern.n_segments;
    let mut prefixes = route.prefixes().peekable();
    if prefixes.peek().is_none() {
        return own;
    }
    let mut link = write(prefixes, outer, &[]);
    // The `/` of a group is the prefix itself, without a slash at its end.
    if n_own > 0 {
        link.push_str(&own);
    }
    link
}

/// Returns the value of a parameter: by name from the prefixes, else the next of the handler's.
fn param_value<'a>(
    name: &str,
    outer: &[(&str, &'a dyn fmt::Display)],
    own: &mut dyn Iterator<Item = &&'a dyn fmt::Display>,
) -> &'a dyn fmt::Display {
    let outer = outer
        .iter()
        .find(|(given, _)| *given == name)
        .map(|(_, value)| *value);
    // `find` has checked that every parameter has a value.
    outer.or_else(|| own.next().copied()).unwrap_or(&"")
}

/// Appends a percent-encoded value.
fn push_escaped(link: &mut String, value: &dyn fmt::Display, slashes: bool) {
    const WITH_SLASH: &AsciiSet = &KEPT.remove(b'/');
    let text = value.to_string();
    let escaped = utf8_percent_encode(&text, if slashes { WITH_SLASH } else { KEPT });
    // Writing to a `String` cannot fail.
    let _ = write!(link, "{escaped}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_replace_their_parameters() {
        let org = Segment::Param {
            prefix: "",
            name: "org",
            suffix: "",
        };
        let file = Segment::Param {
            prefix: "v",
            name: "file",
            suffix: ".json",
        };
        let rest = Segment::CatchAll { name: "rest" };
        let segments = [Segment::Static("a"), org, file, rest];
        let link = write(segments.into_iter(), &[("org", &"x/y")], &[&7, &"p/q r"]);
        assert_eq!(link, "/a/x%2Fy/v7.json/p/q%20r");
        assert_eq!(write([].into_iter(), &[], &[]), "/");
    }
}
