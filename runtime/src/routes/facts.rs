//! Facts: what an extractor, a part or a response states about itself, for checks in constant evaluation.
//!
//! A fact is in one of two words of bits. The first has what something *may* do, the second what it *surely* does. An
//! `Option<SameOrigin>` may read the headers, but it does not surely reject a request. The words travel through the
//! tree of routes, and a check looks at the routes below an entry only if the words of the entry show that one of
//! them may be wrong.

use crate::{const_text::equal, routes::fact::Fact};

/// A description, for the compiler, of the data that an extractor, a guard or a middleware reads and of its effects.
///
/// State it for your own extractors, `const FACTS` of [`Extract`](crate::Extract), and for your own guards and
/// middleware, `#[guard(facts = ..)]`. Checks of the compiler use it, for example the check that a route with a login
/// cookie has a guard against cross-site requests. Something that states nothing is [`OPAQUE`](Self::OPAQUE).
///
/// # Examples
/// ```
/// use highball::{extract::{Fact, Facts}, prelude::*};
///
/// struct Locale(String);
///
/// impl<'r> Extract<'r> for Locale {
///     type State = ();
///     const FACTS: Facts = Facts::named(&[Fact::header("accept-language")]);
///
///     fn extract(input: Input<'r>) -> Result<Self, Rejection> {
///         let value = input.headers().get(header::ACCEPT_LANGUAGE);
///         let value = value.and_then(|value| value.to_str().ok()).unwrap_or("en");
///         Ok(Locale(value.to_owned()))
///     }
/// }
///
/// #[get("/hello")]
/// async fn hello(locale: Locale) -> String {
///     format!("hello in {}", locale.0)
/// }
///
/// #[routes(app)]
/// struct Api(hello);
///
/// # fn main() {
/// let route = &Api::ROUTES[0];
/// assert!(route.facts().may(Facts::HEADER) && !route.facts().is_opaque());
/// assert!(route.named_facts().any(|fact| fact.name() == "accept-language"));
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    pub(super) may: u64,
    pub(super) surely: u64,
    /// The named facts, which are all of the first word.
    pub(super) named: Named,
}

/// The named facts of something.
#[derive(Debug, Clone, Copy)]
pub(super) enum Named {
    Nothing,
    List(&'static [Fact]),
    /// Those of both.
    Both(&'static Facts, &'static Facts),
}

/// Returns the facts of something that reads these headers.
macro_rules! header_facts {
    ($($name:literal),+) => {
        $crate::routes::Facts::named(&[$($crate::routes::Fact::header($name)),+])
    };
}

pub(crate) use header_facts;

/// Generates the constants with one bit.
macro_rules! bits {
    ($($(#[doc = $doc:expr])* $name:ident $bit:literal $word:literal)*) => {
        impl Facts {
            $($(#[doc = $doc])* pub const $name: Self = Self::of(1 << $bit);)*
        }

        /// The words by which the facts are printed, in the order of the bits.
        const WORDS: &[(u64, &str)] = &[$((1 << $bit, $word)),*];
    };
}

bits! {
    /// It may read and do anything. This is what something that states no facts is.
    OPAQUE 0 "opaque"
    /// It reads the path.
    PATH 1 "path"
    /// It reads the query.
    QUERY 2 "query"
    /// It reads the body.
    BODY 3 "body"
    /// It reads headers, each of which is a named fact.
    HEADER 4 "header"
    /// It may read every header, cookies and credentials among them.
    HEADERS 5 "headers"
    /// It may read every cookie. Whether one of them is a credential is unknown.
    COOKIES 6 "cookies"
    /// It reads or sets credentials in a cookie, such as a session.
    COOKIE_LOGIN 7 "login by cookie"
    /// It reads credentials that a browser sends by itself and that are not in a cookie: `Authorization: Basic`, or a
    /// client certificate.
    BROWSER_LOGIN 8 "login by browser"
    /// It reads credentials that only code of a page can send, such as a bearer token.
    HEADER_LOGIN 9 "login by header"
    /// It reads the address of the client.
    ADDRESS 10 "address"
    /// It changes something outside of the request: a row, a session, a queue.
    WRITES 11 "writes"
    /// It holds something of which there is a limited number, such as a connection of a pool.
    HOLDS 12 "holds"
    /// It opens a [`Scope`](crate::extract::Scope) around the handler.
    SCOPE 13 "scope"
    /// Its response is a stream of unknown length.
    STREAM 14 "stream"
    /// Its response may set a cookie.
    SETS_COOKIE 15 "sets a cookie"
    /// The rest of the chain must run to its end if the client disconnects, as with `on_disconnect = finish`.
    FINISHES 17 "finishes"
    /// It rejects requests that may change something and that a page of another origin has sent.
    SAME_ORIGIN 16 "same origin"
    /// It stores responses of GET and gives them to other requests, also of other clients.
    ///
    /// The parts and the handler inside of it must not read credentials or unknown headers, and must not change
    /// something, or the app does not compile. A part that states `Fact::new("vary", "accept-language")` names the
    /// headers of unknown code, and one that states `Fact::new("unchecked cache", "the reason")` is not checked.
    CACHES 18 "caches"
    /// It publishes a job, whose name is a named fact of the kind `job`.
    ///
    /// A consumer of the app must take the job ([`Consumers`](crate::describe::Consumers)), or the app does not
    /// compile. State [`WRITES`](Self::WRITES) as well.
    ///
    /// # Examples
    /// ```
    /// use highball::{describe::{Consumer, ConsumerInfo}, extract::{Fact, Facts}, prelude::*};
    ///
    /// struct Emails;
    ///
    /// impl<'r> Extract<'r> for Emails {
    ///     type State = ();
    ///     const FACTS: Facts = Facts::WRITES
    ///         .and(Facts::PUBLISHES)
    ///         .and(Facts::named(&[Fact::new("job", "email")]));
    ///
    ///     fn extract(_: Input<'r>) -> Result<Self, Rejection> {
    ///         Ok(Emails)
    ///     }
    /// }
    ///
    /// #[post("/orders")]
    /// async fn create(emails: Emails) {}
    ///
    /// #[allow(non_camel_case_types)]
    /// struct send_email;
    ///
    /// impl Consumer for send_email {
    ///     const INFO: ConsumerInfo = ConsumerInfo::new("send_email", "email", file!(), line!());
    /// }
    ///
    /// #[routes(app, jobs(send_email))]
    /// struct Api(create);
    ///
    /// # fn main() {
    /// assert!(Api::ROUTES[0].facts().may(Facts::PUBLISHES));
    /// # }
    /// ```
    PUBLISHES 19 "publishes"
    /// It publishes a job at once, and not in the transaction of the handler. State [`PUBLISHES`](Self::PUBLISHES) as
    /// well.
    ///
    /// Together with an argument that has [`TRANSACTION`](Self::TRANSACTION), the route does not compile without
    /// `dual_write = accepted("reason")`: a crash between the two loses one of them.
    PUBLISHES_DIRECTLY 20 "publishes directly"
    /// It commits changes when the handler has ended.
    TRANSACTION 21 "transaction"
    /// It shows or changes the inside of the process, such as its metrics, and is for operators.
    ///
    /// A route with it belongs to an admin app, `#[routes(admin)]`. In another app it does not compile without
    /// `admin = exposed("reason")`. State it for an extractor whose routes are for operators; on a route, write
    /// `admin` in its attribute.
    ADMIN 22 "admin"
}

/// The bit of facts whose name has one value in the whole app.
pub(super) const UNIQUE: u64 = 1 << 63;
/// The bit of names that must be elsewhere in the app or in the path.
pub(super) const NEEDS: u64 = 1 << 62;
/// The bit of a part that does not compile.
pub(super) const BROKEN: u64 = 1 << 60;
/// The bit of a local, also of one that may be absent.
pub(super) const LOCAL: u64 = 1 << 61;

impl Facts {
    /// It reads nothing of the request and does nothing that a check could use.
    pub const NONE: Self = Self::of(0);

    /// It reads a local, which may be absent.
    pub(crate) const LOCAL: Self = Self::of(LOCAL);

    /// It does not compile.
    pub(super) const BROKEN: Self = Self::of(BROKEN);

    const fn of(bits: u64) -> Self {
        Self {
            may: bits,
            surely: bits,
            named: Named::Nothing,
        }
    }

    /// Returns facts with names. A header sets [`HEADER`](Self::HEADER) as well, and a scope sets
    /// [`SCOPE`](Self::SCOPE).
    pub const fn named(facts: &'static [Fact]) -> Self {
        let (mut all, mut rest) = (Self::NONE, facts);
        while let [fact, others @ ..] = rest {
            if fact.is_scope() {
                all = all.and(Self::SCOPE);
            }
            if equal(fact.kind(), "header") {
                all = all.and(Self::HEADER);
            }
            if fact.value().is_some() {
                all.may |= UNIQUE;
            }
            rest = others;
        }
        all.named = Named::List(facts);
        all
    }

    /// Returns the facts of something that does both. If both have names, use [`both`](Self::both).
    ///
    /// # Panics
    /// Panics if both have named facts. In a constant that is a compile error.
    #[must_use]
    pub const fn and(mut self, other: Self) -> Self {
        self.surely |= other.surely;
        self.join(other)
    }

    /// Returns the facts of something that does one of the two. If both have names, use [`either`](Self::either).
    ///
    /// # Panics
    /// Panics if both have named facts. In a constant that is a compile error.
    #[must_use]
    pub const fn or(mut self, other: Self) -> Self {
        self.surely &= other.surely;
        self.join(other)
    }

    const fn join(mut self, other: Self) -> Self {
        self.may |= other.may;
        self.named = match (self.named, other.named) {
            (named, Named::Nothing) | (Named::Nothing, named) => named,
            _ => panic!(
                "both have named facts: write `Facts::both(&a, &b)` or `Facts::either(&a, &b)`"
            ),
        };
        self
    }

    /// Returns the facts of something that does both, such as an extractor that runs two others.
    ///
    /// # Examples
    /// ```
    /// use highball::{extract::{Bearer, Facts}, prelude::*};
    ///
    /// struct Signed(Bearer, Bytes);
    ///
    /// impl<'r> Extract<'r> for Signed {
    ///     type State = ();
    ///     const BODY: bool = true;
    ///     const FACTS: Facts = Facts::both(&Bearer::FACTS, &<Bytes as Extract<'static>>::FACTS);
    ///
    ///     fn extract(input: Input<'r>) -> Result<Self, Rejection> {
    ///         Ok(Self(Bearer::extract(input)?, Bytes::extract(input)?))
    ///     }
    /// }
    /// ```
    pub const fn both(first: &'static Self, second: &'static Self) -> Self {
        Self {
            may: first.may | second.may,
            surely: first.surely | second.surely,
            named: Named::Both(first, second),
        }
    }

    /// Returns the facts of something that does one of the two, such as an extractor that tries two others.
    pub const fn either(first: &'static Self, second: &'static Self) -> Self {
        Self {
            surely: first.surely & second.surely,
            ..Self::both(first, second)
        }
    }

    /// Returns the facts of something that may not do it, such as an `Option` of an extractor.
    #[must_use]
    pub const fn maybe(mut self) -> Self {
        self.surely = 0;
        self
    }

    /// Returns those of the facts that are about a response.
    pub(super) const fn of_response(mut self) -> Self {
        let all = Self::STREAM.may | Self::SETS_COOKIE.may;
        self.may = if self.is_opaque() {
            all
        } else {
            self.may & all
        };
        self.surely &= all;
        self
    }

    /// Returns the facts without these bits.
    pub(super) const fn without(mut self, facts: Self) -> Self {
        self.may &= !facts.may;
        self
    }

    /// Returns whether it may do one of these.
    pub const fn may(&self, facts: Self) -> bool {
        self.may & facts.may != 0
    }

    /// Returns whether it surely does all of these.
    pub const fn surely(&self, facts: Self) -> bool {
        self.surely & facts.may == facts.may
    }

    /// Returns whether it may read or do anything.
    pub const fn is_opaque(&self) -> bool {
        self.may(Self::OPAQUE)
    }

    /// Returns the named facts.
    pub fn names(&self) -> impl Iterator<Item = &'static Fact> + use<> {
        let mut left = vec![self.named];
        let mut list: &[Fact] = &[];
        std::iter::from_fn(move || {
            loop {
                if let Some((first, rest)) = list.split_first() {
                    list = rest;
                    return Some(first);
                }
                match left.pop()? {
                    Named::Nothing => {}
                    Named::List(facts) => list = facts,
                    Named::Both(first, second) => left.extend([second.named, first.named]),
                }
            }
        })
    }

    /// Returns the facts of something that does all of these, without names.
    pub(super) fn union(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self::NONE, |union, facts| Self {
            may: union.may | facts.may,
            surely: union.surely | facts.surely,
            ..union
        })
    }

    /// Returns the words for what it may do, as tools print them.
    pub fn words(&self) -> impl Iterator<Item = &'static str> + use<> {
        let may = self.may;
        WORDS
            .iter()
            .filter(move |(bit, _)| may & bit != 0)
            .map(|(_, word)| *word)
    }
}
