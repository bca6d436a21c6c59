//! Checks that a response that is stored depends only on the parts of a request by which it is found again.

use crate::{
    const_text::ErrorText,
    routes::{
        argument_facts::ArgumentFacts,
        chain::Chain,
        facts::Facts,
        field_path::Place,
        local::LocalId,
        node::Node,
        part::{PartInfo, PartKind},
        route_text::{with_place, with_route, with_source},
        walk::Walk,
    },
};

/// Credentials. A response that depends on them is for one client.
const LOGIN: Facts = Facts::COOKIE_LOGIN
    .and(Facts::BROWSER_LOGIN)
    .and(Facts::HEADER_LOGIN);
/// Headers of which the names are unknown.
const UNKNOWN: Facts = Facts::OPAQUE.and(Facts::HEADERS).and(Facts::COOKIES);

/// A route whose responses must not be stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotCacheable {
    cached: &'static PartInfo,
    fault: Fault,
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    /// A method is not GET or HEAD.
    Method,
    /// It is in another cache, too.
    Twice,
    Reads(Reader, Cause),
}

/// The reader of something that is not part of the key.
#[derive(Debug, Clone, Copy)]
enum Reader {
    Part(&'static PartInfo),
    /// The argument with this index, without the context.
    Argument(usize),
    Context,
}

#[derive(Debug, Clone, Copy)]
enum Cause {
    Login,
    /// A local that the second part provides, outside of the cache.
    Local(&'static LocalId, &'static PartInfo),
    Writes,
    Body,
    Address,
    /// A local that may be absent.
    MaybeLocal,
    Unknown,
}

/// Checks the route that a walk has visited. `outer` is the chain around the route.
pub(super) const fn check(outer: &Chain, walk: &Walk) -> Option<NotCacheable> {
    let whole = outer.with_own(walk);
    let Some(at) = find_cache(&whole) else {
        return None;
    };
    let cached = whole.at(at);
    if whole.has_broken() || cached.stated("unchecked cache").is_some() {
        return None;
    }
    let methods = walk.definition.methods;
    let is_own = at >= outer.len;
    let fault = if is_own && (methods.has_unsafe || !methods.serves_get()) {
        Some(Fault::Method)
    } else if methods.serves_get() {
        find_fault(&whole, at, walk)
    } else {
        // A cache of a group leaves its other methods alone.
        None
    };
    match fault {
        Some(fault) => Some(NotCacheable { cached, fault }),
        None => None,
    }
}

/// Returns the index of the outermost part that stores responses.
const fn find_cache(chain: &Chain) -> Option<usize> {
    let mut i = 0;
    while i < chain.len {
        if chain.at(i).facts.may(Facts::CACHES) {
            return Some(i);
        }
        i += 1;
    }
    None
}

/// Returns the first fault of what is inside of the cache.
const fn find_fault(chain: &Chain, at: usize, walk: &Walk) -> Option<Fault> {
    let cache = Cache {
        chain,
        at,
        names_headers: chain.at(at).stated("vary").is_some(),
    };
    let mut i = at + 1;
    while i < chain.len {
        let part = chain.at(i);
        if part.facts.may(Facts::CACHES) {
            return Some(Fault::Twice);
        }
        if !matches!(part.kind, PartKind::Observer)
            && let Some(cause) = cache.cause_of_part(part)
        {
            return Some(Fault::Reads(Reader::Part(part), cause));
        }
        i += 1;
    }
    i = 0;
    while i < walk.arguments.len() {
        if let Some(cause) = cache.cause_of_argument(&walk.arguments[i]) {
            return Some(Fault::Reads(Reader::Argument(i), cause));
        }
        i += 1;
    }
    if walk.definition.has_context() && !cache.names_headers {
        return Some(Fault::Reads(Reader::Context, Cause::Unknown));
    }
    None
}

/// The cache of a chain.
struct Cache<'c> {
    chain: &'c Chain,
    /// The index of its part.
    at: usize,
    /// Whether it states the headers that unknown code reads.
    names_headers: bool,
}

impl Cache<'_> {
    const fn cause_of_part(&self, part: &'static PartInfo) -> Option<Cause> {
        if let Some(cause) = self.cause_of(&part.facts) {
            return Some(cause);
        }
        // The condition of a `when(..)` may read anything.
        if part.is_conditional && !self.names_headers {
            return Some(Cause::Unknown);
        }
        let mut i = 0;
        while i < part.arguments.len() {
            if let Some(cause) = self.cause_of_needs(&part.arguments[i]) {
                return Some(cause);
            }
            i += 1;
        }
        None
    }

    const fn cause_of_argument(&self, argument: &'static ArgumentFacts) -> Option<Cause> {
        match self.cause_of(&argument.facts) {
            Some(cause) => Some(cause),
            None => self.cause_of_needs(argument),
        }
    }

    const fn cause_of(&self, facts: &Facts) -> Option<Cause> {
        if facts.may(LOGIN) {
            Some(Cause::Login)
        } else if facts.may(Facts::WRITES) {
            Some(Cause::Writes)
        } else if facts.may(Facts::BODY) {
            Some(Cause::Body)
        } else if facts.may(Facts::ADDRESS) {
            Some(Cause::Address)
        } else if facts.may(UNKNOWN) && !self.names_headers {
            Some(Cause::Unknown)
        } else {
            None
        }
    }

    /// Returns the first local that a part outside of the cache provides, and the cache does not pass on.
    const fn cause_of_needs(&self, argument: &ArgumentFacts) -> Option<Cause> {
        if argument.facts.may(Facts::LOCAL) && argument.needs.is_empty() {
            return Some(Cause::MaybeLocal);
        }
        let mut i = 0;
        while i < argument.needs.len() {
            let id = &argument.needs[i];
            if !self.chain.at(self.at).provides(id)
                && let Some(outer) = self.chain.find_provider(self.at, id)
            {
                return Some(Cause::Local(id, outer));
            }
            i += 1;
        }
        None
    }
}

impl NotCacheable {
    /// Composes the message.
    pub(super) const fn text(self, root: &'static Node, place: Place) -> ErrorText {
        let method =
            match matches!(self.fault, Fault::Method) && place.definition.methods.has_unsafe {
                true => super::clash::unsafe_method(place.definition.methods),
                false => "GET",
            };
        let text = with_place(with_route(ErrorText::EMPTY, method, place, root), place);
        let text = text.with(" is in `").with(self.cached.name).with("`, ");
        match self.fault {
            Fault::Twice => text.with("and in another cache inside of it: leave one of them out"),
            Fault::Method => text.with(
                "which stores responses of GET: leave it out, or serve the route with `#[get(..)]`",
            ),
            Fault::Reads(Reader::Part(part), Cause::Login) => text.with("and `").with(part.name).with("` reads credentials, so that one client would get the response of another: move it into `with(..)` of a group around the route; if the response is not the same for all clients, write `by::<User>(|user| &user.id)` in `cached(..)`"),
            Fault::Reads(reader, cause) => with_cause(with_reader(text, reader, place), cause),
        }
    }
}

const fn with_reader(text: ErrorText, reader: Reader, place: Place) -> ErrorText {
    match reader {
        Reader::Part(part) => text.with("and `").with(part.name).with("`"),
        Reader::Argument(idx) => with_source(text.with("and its argument "), place, idx),
        Reader::Context => text.with("and its context"),
    }
}

const fn with_cause(text: ErrorText, cause: Cause) -> ErrorText {
    match cause {
        Cause::Login => text.with(" reads credentials, so that one client would get the response of another: put a guard that returns the user into `with(..)` of a group around the route, and write `by::<User>(|user| &user.id)` in `cached(..)`"),
        Cause::Local(id, outer) => {
            let text = text.with(" takes the local `").with(id.name());
            let text = text.with("` of `").with(outer.name);
            text.with("`, so that one client would get the response of another: write `by::<")
                .with(id.name())
                .with(">(|value| &value.id)` in `cached(..)`, with what identifies the client")
        }
        Cause::Writes => text.with(" changes something, which a stored response would not do: leave `cached(..)` out, or write `unchecked = \"reason\"` in it"),
        Cause::Body => text.with(" reads the body, by which no stored response is found: leave `cached(..)` out"),
        Cause::Address => text.with(" reads the address of the client, by which no stored response is found: leave `cached(..)` out, or move what reads it outside, into a group around the route"),
        Cause::MaybeLocal => text.with(" takes a local that may be absent, and locals of guards outside are absent in a cache: take it without `Option`, or leave it out"),
        Cause::Unknown => text.with(" may read every header: name those that change the response, such as `vary = [\"accept-language\"]` in `cached(..)`, or state the facts of its type"),
    }
}
