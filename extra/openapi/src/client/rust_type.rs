//! Rust types by the names that `std::any::type_name` returns, and how a client names them.

use std::collections::BTreeMap;

/// A type whose name has been parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RustType {
    /// A path with its arguments: `alloc::vec::Vec<u8>`. A constant is a path without arguments.
    Path(String, Vec<RustType>),
    /// A path with a lifetime, whose value a client cannot read.
    Borrowed,
    Tuple(Vec<RustType>),
    Slice(Box<RustType>),
    Array(Box<RustType>, String),
    Reference(Box<RustType>),
}

/// Types of the standard library and of serde_json: the name that `type_name` returns, and the path in a program.
const STD: [(&str, &str); 27] = [
    ("alloc::boxed::Box", "Box"),
    (
        "alloc::collections::btree::map::BTreeMap",
        "std::collections::BTreeMap",
    ),
    (
        "alloc::collections::btree::set::BTreeSet",
        "std::collections::BTreeSet",
    ),
    (
        "alloc::collections::linked_list::LinkedList",
        "std::collections::LinkedList",
    ),
    (
        "alloc::collections::vec_deque::VecDeque",
        "std::collections::VecDeque",
    ),
    ("alloc::string::String", "String"),
    ("alloc::vec::Vec", "Vec"),
    ("core::cell::Cell", "std::cell::Cell"),
    ("core::cell::RefCell", "std::cell::RefCell"),
    ("core::cmp::Reverse", "std::cmp::Reverse"),
    ("core::net::ip_addr::IpAddr", "std::net::IpAddr"),
    ("core::net::ip_addr::Ipv4Addr", "std::net::Ipv4Addr"),
    ("core::net::ip_addr::Ipv6Addr", "std::net::Ipv6Addr"),
    ("core::net::socket_addr::SocketAddr", "std::net::SocketAddr"),
    (
        "core::net::socket_addr::SocketAddrV4",
        "std::net::SocketAddrV4",
    ),
    (
        "core::net::socket_addr::SocketAddrV6",
        "std::net::SocketAddrV6",
    ),
    ("core::num::nonzero::NonZero", "std::num::NonZero"),
    ("core::num::wrapping::Wrapping", "std::num::Wrapping"),
    ("core::ops::range::Range", "std::ops::Range"),
    ("core::option::Option", "Option"),
    ("core::result::Result", "Result"),
    ("core::time::Duration", "std::time::Duration"),
    ("serde_json::value::Value", "serde_json::Value"),
    (
        "std::collections::hash::map::HashMap",
        "std::collections::HashMap",
    ),
    (
        "std::collections::hash::set::HashSet",
        "std::collections::HashSet",
    ),
    ("std::path::PathBuf", "std::path::PathBuf"),
    ("std::time::SystemTime", "std::time::SystemTime"),
];

const PRIMITIVES: [&str; 15] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128",
];

/// Paths by the prefixes that they replace.
#[derive(Debug, Default)]
pub(crate) struct Prefixes(BTreeMap<String, String>);

impl Prefixes {
    pub(crate) fn insert(&mut self, prefix: String, path: String) {
        self.0.insert(prefix, path);
    }

    /// Returns the path of a type in a client, if the longest prefix of its path has been replaced.
    fn path(&self, path: &str) -> Option<String> {
        let rest = |prefix: &str| {
            let rest = path.strip_prefix(prefix)?;
            (rest.is_empty() || rest.starts_with("::")).then_some(rest)
        };
        let found = self
            .0
            .iter()
            .filter_map(|(prefix, to)| Some((rest(prefix)?, to)));
        let (rest, to) = found.min_by_key(|(rest, _)| rest.len())?;
        Some(format!("{to}{rest}"))
    }

    /// Returns an owned type as a client writes it, or `None` if one of its parts has no path.
    pub(crate) fn name(&self, ty: &RustType) -> Option<String> {
        let name = match ty {
            RustType::Path(path, args) => match (path.as_str(), &args[..]) {
                ("str", []) => "String".to_owned(),
                ("usize", []) => "u64".to_owned(),
                (name, []) if PRIMITIVES.contains(&name) || is_constant(name) => name.to_owned(),
                // serde reads these only with one of its features.
                ("alloc::borrow::Cow" | "alloc::sync::Arc" | "alloc::rc::Rc", [inner]) => {
                    self.name(inner)?
                }
                ("alloc::boxed::Box", [inner]) if is_unsized(inner) => self.name(inner)?,
                (path, args) => {
                    let known = STD.iter().find(|(name, _)| *name == path);
                    let path = match known {
                        Some((_, path)) => (*path).to_owned(),
                        None => self.path(path)?,
                    };
                    match args {
                        [] => path,
                        _ => format!("{path}<{}>", self.names(args)?.join(", ")),
                    }
                }
            },
            RustType::Borrowed => return None,
            RustType::Tuple(items) => match &self.names(items)?[..] {
                [item] => format!("({item},)"),
                items => format!("({})", items.join(", ")),
            },
            RustType::Slice(item) => format!("Vec<{}>", self.name(item)?),
            RustType::Array(item, len) => format!("[{}; {len}]", self.name(item)?),
            RustType::Reference(inner) => self.name(inner)?,
        };
        Some(name)
    }

    /// Returns the name of a type that is imported.
    pub(crate) fn imported(&self, ty: &RustType) -> Option<String> {
        match ty {
            RustType::Path(path, _) if self.path(path).is_some() => self.name(ty),
            _ => None,
        }
    }

    fn names(&self, types: &[RustType]) -> Option<Vec<String>> {
        types.iter().map(|ty| self.name(ty)).collect()
    }
}

fn is_constant(name: &str) -> bool {
    name == "true" || name == "false" || name.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

fn is_unsized(ty: &RustType) -> bool {
    matches!(ty, RustType::Slice(_)) || *ty == RustType::Path("str".to_owned(), Vec::new())
}

impl RustType {
    /// Parses a name. Returns `None` for a function, a trait object, and a type within a function.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let mut rest = name;
        let ty = parse(&mut rest)?;
        rest.is_empty().then_some(ty)
    }

    /// Returns the type of the items, if this is a list, an option, a map or a pointer.
    pub(crate) fn item(&self) -> Option<&Self> {
        match self {
            Self::Slice(item) | Self::Array(item, _) | Self::Reference(item) => Some(item),
            Self::Path(path, args) if path != "core::result::Result" => {
                let is_std = path == "alloc::borrow::Cow"
                    || path == "alloc::sync::Arc"
                    || path == "alloc::rc::Rc"
                    || STD.iter().any(|(name, _)| name == path);
                args.last().filter(|_| is_std)
            }
            _ => None,
        }
    }

    /// Returns whether it is a number, a `bool`, a `char` or an address, which are passed by value.
    pub(crate) fn is_scalar(&self) -> bool {
        let Self::Path(path, _) = self else {
            return false;
        };
        PRIMITIVES.contains(&path.as_str())
            || path == "usize"
            || path == "core::num::nonzero::NonZero"
            || path.starts_with("core::net::")
    }
}

fn parse(rest: &mut &str) -> Option<RustType> {
    if take(rest, "&") {
        take_lifetime(rest);
        take(rest, "mut ");
        return Some(RustType::Reference(Box::new(parse(rest)?)));
    }
    if take(rest, "(") {
        return Some(RustType::Tuple(list(rest, ")")?.0));
    }
    if take(rest, "[") {
        let item = Box::new(parse(rest)?);
        if take(rest, "]") {
            return Some(RustType::Slice(item));
        }
        let len = rest.strip_prefix("; ")?;
        let (len, after) = len.split_once(']')?;
        *rest = after;
        return Some(RustType::Array(item, len.to_owned()));
    }
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '#' | '-');
    let end = rest.find(|c| !is_path(c)).unwrap_or(rest.len());
    let (path, after) = rest.split_at(end);
    *rest = after;
    if path.is_empty() || path == "dyn" || path == "fn" {
        return None;
    }
    if !take(rest, "<") {
        return Some(RustType::Path(path.to_owned(), Vec::new()));
    }
    let (args, has_lifetime) = list(rest, ">")?;
    Some(match has_lifetime && path != "alloc::borrow::Cow" {
        true => RustType::Borrowed,
        false => RustType::Path(path.to_owned(), args),
    })
}

/// Parses types up to the end, and returns whether there was a lifetime.
fn list(rest: &mut &str, end: &str) -> Option<(Vec<RustType>, bool)> {
    let (mut types, mut has_lifetime) = (Vec::new(), false);
    while !take(rest, end) {
        match take_lifetime(rest) {
            true => has_lifetime = true,
            false => types.push(parse(rest)?),
        }
        if !take(rest, ", ") {
            take(rest, ",");
        }
    }
    Some((types, has_lifetime))
}

fn take(rest: &mut &str, text: &str) -> bool {
    let after = rest.strip_prefix(text);
    *rest = after.unwrap_or(rest);
    after.is_some()
}

fn take_lifetime(rest: &mut &str) -> bool {
    let Some(name) = rest.strip_prefix('\'') else {
        return false;
    };
    *rest = name
        .trim_start_matches(|c: char| c.is_alphanumeric() || c == '_')
        .trim_start_matches(' ');
    true
}

#[cfg(test)]
mod tests {
    use std::{any::type_name, borrow::Cow, collections::HashMap, sync::Arc};

    use super::*;

    struct Page<T>(std::marker::PhantomData<T>);
    struct View<'a>(std::marker::PhantomData<&'a str>);

    fn name<T: ?Sized>() -> Option<String> {
        let mut prefixes = Prefixes::default();
        let here = module_path!();
        prefixes.insert("highball_openapi".to_owned(), "wrong".to_owned());
        prefixes.insert(here.to_owned(), "types".to_owned());
        prefixes.name(&RustType::parse(type_name::<T>())?)
    }

    #[test]
    fn types_have_the_paths_of_a_client() {
        assert_eq!(name::<u64>().as_deref(), Some("u64"));
        assert_eq!(name::<&'static str>().as_deref(), Some("String"));
        assert_eq!(name::<Page<u8>>().as_deref(), Some("types::Page<u8>"));
        let nested = name::<HashMap<String, Vec<Option<Page<[u8; 3]>>>>>();
        let expected = "std::collections::HashMap<String, Vec<Option<types::Page<[u8; 3]>>>>";
        assert_eq!(nested.as_deref(), Some(expected));
        assert_eq!(name::<(Page<()>,)>().as_deref(), Some("(types::Page<()>,)"));
        let shared = name::<(Arc<str>, Box<[Cow<'static, str>]>)>();
        assert_eq!(shared.as_deref(), Some("(String, Vec<String>)"));
    }

    #[test]
    fn types_without_a_path_have_no_name() {
        struct Local;
        let local = name::<Local>();
        // The path of a type within a function is like that of a module.
        assert!(local.is_some_and(|path| path.starts_with("types::")));
        let in_closure = || {
            struct Inner;
            name::<Inner>()
        };
        assert_eq!(in_closure(), None);
        assert_eq!(name::<View<'static>>(), None);
        assert_eq!(name::<fn(u8) -> u8>(), None);
        assert_eq!(name::<dyn std::fmt::Debug + Send>(), None);
        assert_eq!(name::<Vec<std::fmt::Error>>(), None);
        assert_eq!(RustType::parse("a<b"), None);
    }
}
