//! The parts of a request that the response of a route depends on, from the facts of the route.

use std::{
    borrow::Cow,
    hash::{Hash, Hasher},
    sync::Arc,
};

use highball::{
    Context, Route,
    describe::InputKind,
    extract::Facts,
    http::{HeaderName, HeaderValue, header},
};

use crate::Tag;

/// The facts of code that reads parts of a request without naming them.
const UNKNOWN: Facts = Facts::OPAQUE.and(Facts::HEADERS).and(Facts::COOKIES);

/// The parts of a request that are in the key of a route.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The handler and its path, which are the same in each process.
    route: String,
    params: Vec<&'static str>,
    query: Query,
    /// The headers, in the order of their names.
    pub(crate) headers: Vec<HeaderName>,
    /// The headers as the value of `Vary`.
    vary: Option<HeaderValue>,
    /// Whether code inside may read the whole path and the host.
    reads_all: bool,
}

#[derive(Debug)]
enum Query {
    None,
    /// Only these names are read.
    Names(Vec<&'static str>),
    /// Any name may matter.
    All,
}

/// The key of a response: the route, and all that the response depends on.
///
/// It has the values themselves, not a hash of them, so that no two requests have one key by chance.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    text: Arc<[u8]>,
    /// The tags, which follow from the rest.
    pub(crate) tags: Arc<[Tag]>,
}

impl Key {
    pub(crate) fn len(&self) -> usize {
        self.text.len()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

#[cfg(feature = "redis")]
impl serde::Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::hex::encode(&self.text))
    }
}

impl Plan {
    /// Returns the plan of a route. `vary` has the headers that the option names.
    pub(crate) fn of(route: &'static Route, vary: Option<&[&'static str]>) -> Self {
        let (facts, names) = route.facts_inside(Facts::CACHES);
        let reads_all = facts.may(UNKNOWN);
        let headers = names.iter().filter(|fact| fact.kind() == "header");
        let headers = headers
            .map(|fact| fact.name())
            .chain(vary.into_iter().flatten().copied());
        let mut headers: Vec<_> = headers
            .filter_map(|name| HeaderName::try_from(name).ok())
            .collect();
        headers.retain(|name| !is_of_cache(name));
        headers.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        headers.dedup();
        let names: Vec<_> = headers.iter().map(HeaderName::as_str).collect();
        Self {
            route: format!("{} {}", route.handler(), route.path()),
            params: route.params().collect(),
            query: match (reads_all, facts.may(Facts::QUERY)) {
                (true, _) => Query::All,
                (false, true) => Query::of(route),
                (false, false) => Query::None,
            },
            vary: match names.is_empty() {
                true => None,
                false => HeaderValue::try_from(names.join(", ")).ok(),
            },
            headers,
            reads_all,
        }
    }

    /// Returns the names of the headers in the key, for `Vary`.
    pub(crate) fn vary(&self) -> Option<&HeaderValue> {
        self.vary.as_ref()
    }

    /// Returns the key of a request. `client` is the client of a private route.
    pub(crate) fn key(&self, cx: &Context<'_>, client: Option<&str>, tags: Vec<Tag>) -> Key {
        let mut key = Builder(Vec::with_capacity(self.route.len() + 64));
        key.add(&self.route);
        match client {
            Some(client) => key.add(client),
            None => key.mark(u32::MAX),
        }
        for name in &self.params {
            key.add(cx.param(name).unwrap_or_default());
        }
        self.query
            .add_to(&mut key, cx.uri().query().unwrap_or_default());
        for name in &self.headers {
            let values = cx.headers().get_all(name);
            key.mark(values.iter().count() as u32);
            values.iter().for_each(|value| key.add(value.as_bytes()));
        }
        if self.reads_all {
            key.add(cx.path());
            key.add(
                cx.header("host")
                    .or_else(|| Some(cx.uri().authority()?.as_str()))
                    .unwrap_or_default(),
            );
        }
        Key {
            text: key.0.into(),
            tags: tags.into(),
        }
    }
}

/// Returns whether a header is one of the conditions, which the cache itself answers.
fn is_of_cache(name: &HeaderName) -> bool {
    [
        header::IF_MATCH,
        header::IF_MODIFIED_SINCE,
        header::IF_NONE_MATCH,
        header::IF_RANGE,
        header::IF_UNMODIFIED_SINCE,
        header::RANGE,
    ]
    .contains(name)
}

impl Query {
    /// Returns the names that the types of a route's arguments and parts read.
    fn of(route: &Route) -> Self {
        let mut all = Vec::new();
        for input in route.inputs() {
            match input.kind {
                InputKind::QueryParam { name, .. } => all.push(name),
                InputKind::Query { names, .. } => match names() {
                    Some(names) => all.extend(names),
                    None => return Self::All,
                },
                _ => {}
            }
        }
        match all.is_empty() {
            // Something reads the query, and no input states which part.
            true => Self::All,
            false => Self::Names(all),
        }
    }

    fn add_to(&self, key: &mut Builder, query: &str) {
        if matches!(self, Self::None) {
            return;
        }
        let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> =
            form_urlencoded::parse(query.as_bytes()).collect();
        if let Self::Names(names) = self {
            pairs.retain(|(name, _)| names.contains(&&**name));
        }
        // A name that occurs several times is a list, whose order matters.
        pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
        key.mark(pairs.len() as u32);
        for (name, value) in &pairs {
            key.add(&**name);
            key.add(&**value);
        }
        // Bytes that are not UTF-8 are replaced when they are decoded, so that different queries would be equal.
        let is_lossy = pairs
            .iter()
            .any(|(name, value)| [name, value].iter().any(|text| text.contains('\u{FFFD}')));
        if is_lossy {
            key.add(query);
        }
    }
}

/// The texts of a key, each with its length, so that no two lists of texts have the same bytes.
struct Builder(Vec<u8>);

impl Builder {
    fn mark(&mut self, number: u32) {
        self.0.extend(number.to_le_bytes());
    }

    fn add(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.0.extend((text.len() as u64).to_le_bytes());
        self.0.extend(text);
    }
}
