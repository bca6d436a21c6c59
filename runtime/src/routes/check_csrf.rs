//! Checks that a route whose chain reads credentials of the browser has a guard against cross-site requests.

use crate::{
    const_text::ErrorText,
    routes::{
        chain::Chain,
        clash::unsafe_method,
        facts::Facts,
        field_path::Place,
        node::{Group, Node},
        part::PartInfo,
        route_text::{with_place, with_route},
        segment::Csrf,
        walk::Walk,
    },
};

/// Credentials that a browser adds to the requests of any page are surely read.
const KNOWN: Facts = Facts::COOKIE_LOGIN.and(Facts::BROWSER_LOGIN);
/// They may be read.
const UNKNOWN: Facts = Facts::OPAQUE.and(Facts::HEADERS).and(Facts::COOKIES);

/// Both.
const ALL: Facts = KNOWN.and(UNKNOWN);

/// Returns whether something reads so much that credentials of the browser may be part of it.
pub(super) const fn may_read_cookies(facts: &Facts) -> bool {
    facts.may(UNKNOWN)
}

/// A route without a guard against cross-site requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unprotected {
    reader: Reader,
    /// The words of the message for the credentials that it reads.
    reads: &'static str,
    /// Whether a guard against cross-site requests is there, but may not run.
    is_optional: bool,
}

/// The reader of the credentials.
#[derive(Debug, Clone, Copy)]
enum Reader {
    Part(&'static PartInfo),
    /// The argument with this index, without the context.
    Argument(usize),
    Context,
}

/// Returns whether a route below an entry of a group may be unprotected.
pub(super) const fn may_be_wrong(root: &Node, group: &Group, entry: &Node) -> bool {
    let readers = if root.sums.is_strict {
        ALL.may
    } else {
        KNOWN.may
    };
    root.sums.may & readers != 0
        && entry.sums.has_unsafe
        && group.surely & Facts::SAME_ORIGIN.may == 0
}

/// Checks the route that a walk has visited. `outer` is the chain around the route.
pub(super) const fn check(root: &'static Node, outer: &Chain, walk: &Walk) -> Option<Unprotected> {
    let whole = outer.with_own(walk);
    let (may, surely) = whole.facts();
    let (may, surely) = (may | walk.sums.may, surely | walk.sums.surely);
    if surely & Facts::SAME_ORIGIN.may != 0
        || may & ALL.may == 0
        || !walk.definition.methods.has_unsafe
        || whole.has_broken()
    {
        return None;
    }
    let place = walk.place();
    let readers = match place.path.options(root, walk.definition.options).csrf {
        Some(Csrf::Off(_)) => return None,
        _ if may & KNOWN.may != 0 => KNOWN,
        Some(Csrf::Strict) => UNKNOWN,
        None => return None,
    };
    Some(Unprotected {
        reader: find_reader(&whole, walk, readers),
        reads: if may & Facts::COOKIE_LOGIN.may != 0 {
            " reads credentials from a cookie ("
        } else if may & Facts::BROWSER_LOGIN.may != 0 {
            " reads credentials that a browser sends by itself ("
        } else {
            " may read credentials from a cookie ("
        },
        is_optional: may & Facts::SAME_ORIGIN.may != 0,
    })
}

/// Returns the first part or argument that is one of the readers.
const fn find_reader(chain: &Chain, walk: &Walk, readers: Facts) -> Reader {
    let mut i = 0;
    while i < chain.len {
        if chain.at(i).facts.may(readers) {
            return Reader::Part(chain.at(i));
        }
        i += 1;
    }
    i = 0;
    while i < walk.arguments.len() {
        if walk.arguments[i].facts.may(readers) {
            return Reader::Argument(i);
        }
        i += 1;
    }
    Reader::Context
}

impl Unprotected {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node, place: Place) -> ErrorText {
        let method = unsafe_method(place.definition.methods);
        let text = with_place(with_route(ErrorText::EMPTY, method, place, root), place);
        let text = text.with(self.reads);
        let text = match self.reader {
            Reader::Part(part) => text.with("`").with(part.name).with("`"),
            Reader::Argument(idx) => match place.definition.source(idx) {
                Some((name, ty)) => text
                    .with("argument `")
                    .with(name)
                    .with(": ")
                    .with(ty)
                    .with("`"),
                None => text.with("an argument"),
            },
            Reader::Context => text.with("the context"),
        };
        let text = text.with(match self.is_optional {
            true => "), and its guard against requests from pages of other sites is optional, in an `Option`, a `Result` or a `when(..)`; ",
            false => "), and nothing around it rejects requests from pages of other sites; ",
        });
        text.with("put `highball::middleware::Csrf::new()` into `with(..)` of the app, or write `csrf = off(\"reason\")` in the attribute of the route")
    }
}
