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
/// Credentials.
const LOGIN: Facts = Facts::COOKIE_LOGIN
    .and(Facts::BROWSER_LOGIN)
    .and(Facts::HEADER_LOGIN);

/// The parts of a request that are in the key of a route.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The app, the handler and its path, which are the same in each process.
    route: String,
    params: Vec<Param>,
    /// The parameters of the query that are read. `None` if all of it may be read.
    query: Option<Vec<&'static str>>,
    /// The headers, in the order of their names.
    pub(crate) headers: Vec<HeaderName>,
    /// The headers as the value of `Vary`.
    vary: Option<HeaderValue>,
    /// Whether the whole target and the origin may be read.
    reads_all: bool,
    /// Whether the option names the headers that unknown code reads.
    pub(crate) names_headers: bool,
    /// Whether something outside may reject clients, so that other caches must not store the responses.
    pub(crate) is_guarded: bool,
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
        let inside = route.inside(Facts::CACHES);
        let headers = inside.headers.iter().chain(vary.into_iter().flatten());
        let mut headers: Vec<_> = headers
            .filter_map(|name| HeaderName::try_from(*name).ok())
            .collect();
        headers.retain(|name| !is_of_cache(name));
        headers.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        headers.dedup();
        let names: Vec<_> = headers.iter().map(HeaderName::as_str).collect();
        let app = route.groups().next().map_or("", |(name, _)| name);
        let is_unknown = inside.facts.may(UNKNOWN);
        Self {
            route: format!("{app} {} {}", route.handler(), route.path()),
            params: params(route),
            vary: match names.is_empty() {
                true => None,
                false => HeaderValue::try_from(names.join(", ")).ok(),
            },
            headers,
            // Code that reads all of the query may read it as a part of the target.
            reads_all: is_unknown || inside.query.is_none(),
            query: inside.query.filter(|_| !is_unknown),
            names_headers: vary.is_some(),
            is_guarded: inside.around.may(UNKNOWN.and(LOGIN)),
        }
    }

    /// Returns the parameters of the path.
    pub(crate) fn params(&self) -> &[Param] {
        &self.params
    }

    /// Returns the names of the headers in the key, for `Vary`.
    pub(crate) fn vary(&self) -> Option<&HeaderValue> {
        self.vary.as_ref()
    }

    /// Returns the part of a query that the handler may read.
    pub(crate) fn query(&self, query: &str) -> String {
        match &self.query {
            Some(names) => known_pairs(query, names).join("&"),
            None => query.to_owned(),
        }
    }

    /// Returns the key of a request with this part of its query. `client` is the client of a private route.
    pub(crate) fn key(
        &self,
        cx: &Context<'_>,
        client: Option<&str>,
        query: &str,
        tags: Vec<Tag>,
    ) -> Key {
        let mut key = Builder(Vec::with_capacity(self.route.len() + 64));
        key.add(&self.route);
        match client {
            Some(client) => key.add(client),
            None => key.mark(u32::MAX),
        }
        for param in &self.params {
            key.add(&*param.spell(cx));
        }
        key.add(&*normalized(query, self.query.is_some()));
        for name in &self.headers {
            let values = cx.headers().get_all(name);
            key.mark(values.iter().count() as u32);
            values.iter().for_each(|value| key.add(value.as_bytes()));
        }
        if self.reads_all {
            key.add(cx.path());
            let origin = cx.origin().map(|origin| origin.to_string());
            key.add(origin.unwrap_or_default());
        }
        Key {
            text: key.0.into(),
            tags: tags.into(),
        }
    }
}

/// A parameter of the path.
#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    kind: Kind,
}

/// How the values of a parameter are spelled.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Number,
    Uuid,
    Text,
}

/// Returns the parameters of a route, with their types.
pub(crate) fn params(route: &Route) -> Vec<Param> {
    let inputs = route.inputs();
    let kind_of = |name: &str| {
        let types = inputs.iter().filter_map(|input| match input.kind {
            InputKind::Param { name: own, ty } if own == name => Some(ty()),
            _ => None,
        });
        // Two arguments may read one parameter.
        let mut kinds = types.map(|ty| match ty {
            "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64"
            | "i128" | "isize" => Kind::Number,
            ty if ty.ends_with("::Uuid") => Kind::Uuid,
            _ => Kind::Text,
        });
        match (kinds.next(), kinds.next()) {
            (Some(kind), None) => kind,
            _ => Kind::Text,
        }
    };
    let names = route.params();
    names
        .map(|name| Param {
            name,
            kind: kind_of(name),
        })
        .collect()
}

impl Param {
    /// Returns the value in the spelling that a handler would print: `17` for `017`.
    pub(crate) fn spell<'r>(&self, cx: &Context<'r>) -> Cow<'r, str> {
        let text = cx.param(self.name).unwrap_or_default();
        match self.kind {
            Kind::Number => match (text.parse::<u128>(), text.parse::<i128>()) {
                (Ok(number), _) => Cow::Owned(number.to_string()),
                (_, Ok(number)) => Cow::Owned(number.to_string()),
                _ => Cow::Borrowed(text),
            },
            Kind::Uuid => Cow::Owned(uuid(text)),
            Kind::Text => Cow::Borrowed(text),
        }
    }
}

/// Returns a UUID in lower case and with hyphens, or other text as it is.
fn uuid(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let is_uuid = digits.len() == 32
        && text
            .chars()
            .all(|sign| sign.is_ascii_hexdigit() || "-{}".contains(sign));
    if !is_uuid {
        return text.to_owned();
    }
    let digits = digits.to_ascii_lowercase();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
    parts.join("-")
}

/// Returns the pairs of a query with these names, as they are written.
fn known_pairs<'q>(query: &'q str, names: &[&str]) -> Vec<&'q str> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let name_of = |pair: &str| {
        let pair = form_urlencoded::parse(pair.as_bytes()).next();
        pair.map(|(name, _)| name.into_owned())
    };
    let is_known = |pair: &&str| name_of(pair).is_some_and(|name| names.contains(&&*name));
    pairs.filter(is_known).collect()
}

/// Returns one spelling of a query. If its parts are known, the order of different names does not matter.
fn normalized(query: &str, is_known: bool) -> Cow<'_, str> {
    if !is_known || query.is_empty() {
        return Cow::Borrowed(query);
    }
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    // A name that occurs several times is a list, whose order matters.
    pairs.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut all = form_urlencoded::Serializer::new(String::new());
    all.extend_pairs(&pairs);
    let mut text = all.finish();
    // Invalid parts are decoded with losses, so that different queries would be equal.
    let bytes = query.as_bytes();
    let is_escape = |at: usize| {
        let digits = bytes.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let is_valid = (0..bytes.len()).all(|at| bytes[at] != b'%' || is_escape(at));
    if !is_valid || text.contains("%EF%BF%BD") {
        text.push('\n');
        text.push_str(query);
    }
    Cow::Owned(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_other_names_are_left_out() {
        let known = |query| known_pairs(query, &["page", "tag"]).join("&");
        assert_eq!(
            known("utm=1&page=2&tag=b&tag=a&x=%zz"),
            "page=2&tag=b&tag=a"
        );
        assert_eq!(known("p%61ge=2&&page"), "p%61ge=2&page");
        assert_eq!(known(""), "");
    }

    #[test]
    fn a_query_has_one_spelling() {
        let same = |a, b| normalized(a, true) == normalized(b, true);
        assert!(same("page=2&tag=b&tag=a", "tag=b&p%61ge=%32&tag=a"));
        assert!(!same("tag=a&tag=b", "tag=b&tag=a"));
        assert!(!same("tag=%zz", "tag=%25zz"));
        assert!(!same("tag=%ff", "tag=%fe"));
        assert!(!same("tag=%ff", "tag=%EF%BF%BD"));
        assert!(!same("page=", ""));
    }

    #[test]
    fn a_uuid_has_one_spelling() {
        let expected = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        for text in [
            "67E5504410B1426F9247BB680E5FE0C8",
            expected,
            "{67e55044-10b1-426f-9247-bb680e5fe0c8}",
        ] {
            assert_eq!(uuid(text), expected);
        }
        assert_eq!(uuid("a-b"), "a-b");
    }
}
