//! The routers behind one trait. A router that does not distinguish methods is instantiated once for each method.

use highball::__private::{Captures, Found, Table};

use crate::route_set::{N_METHODS, Request, RouteSet};

#[allow(dead_code)]
#[path = "../../../../runtime/src/table/testing"]
mod table {
    pub use highball::__private::*;

    pub mod parse;
}

/// A router that is measured.
pub trait Router {
    /// The name on the command line.
    const NAME: &'static str;
    /// The number of lookups in one round.
    const LOOKUPS_PER_ROUND: usize = 100_000;

    /// Returns the index of the route.
    fn lookup(&self, request: &Request) -> Option<usize>;
}

/// Highball's route table.
pub struct Highball(Table);

impl Highball {
    pub fn new(set: &RouteSet) -> Self {
        let shape = |(method, pattern): &(usize, String)| {
            table::parse::shape(&format!(
                "{} {pattern}",
                highball::__private::STANDARD[*method]
            ))
        };
        let shapes: Vec<_> = set.routes.iter().map(shape).collect();
        Self(table::parse::table(&shapes))
    }
}

impl Router for Highball {
    const NAME: &'static str = "highball";

    fn lookup(&self, request: &Request) -> Option<usize> {
        let mut captures = Captures::new();
        match self.0.find(&request.method, &request.path, &mut captures) {
            Found::Route(route) => {
                std::hint::black_box(&captures);
                Some(usize::from(route))
            }
            _ => None,
        }
    }
}

/// Builds one router for each method. Returns `None` if the router rejects a route.
fn by_method<T>(
    set: &RouteSet,
    new: impl Fn() -> T,
    insert: impl Fn(&mut T, &str, usize) -> bool,
) -> Option<[T; N_METHODS]> {
    let mut routers = std::array::from_fn(|_| new());
    for (idx, (method, pattern)) in set.routes.iter().enumerate() {
        if !insert(&mut routers[*method], pattern, idx) {
            return None;
        }
    }
    Some(routers)
}

pub struct Matchit([matchit::Router<usize>; N_METHODS]);

impl Matchit {
    pub fn new(set: &RouteSet) -> Option<Self> {
        by_method(set, matchit::Router::new, |router, pattern, idx| {
            router.insert(pattern, idx).is_ok()
        })
        .map(Self)
    }
}

impl Router for Matchit {
    const NAME: &'static str = "matchit";

    fn lookup(&self, request: &Request) -> Option<usize> {
        let found = self.0[request.method_idx].at(&request.path).ok()?;
        std::hint::black_box(&found.params);
        Some(*found.value)
    }
}

pub struct Wayfind(Vec<wayfind::Router<usize>>);

impl Wayfind {
    pub fn new(set: &RouteSet) -> Option<Self> {
        let insert = |router: &mut wayfind::RouterBuilder<usize>, pattern: &str, idx| {
            router
                .insert(&pattern.replace('{', "<").replace('}', ">"), idx)
                .is_ok()
        };
        let builders = by_method(set, wayfind::RouterBuilder::new, insert)?;
        Some(Self(
            builders
                .into_iter()
                .map(|builder| builder.build())
                .collect(),
        ))
    }
}

impl Router for Wayfind {
    const NAME: &'static str = "wayfind";

    fn lookup(&self, request: &Request) -> Option<usize> {
        let found = self.0[request.method_idx].search(&request.path)?;
        std::hint::black_box(found.parameters());
        Some(*found.data())
    }
}

pub struct PathTree([path_tree::PathTree<usize>; N_METHODS]);

impl PathTree {
    pub fn new(set: &RouteSet) -> Option<Self> {
        let insert = |router: &mut path_tree::PathTree<usize>, pattern: &str, idx| {
            let _ = router.insert(&colon_syntax(pattern), idx);
            true
        };
        by_method(set, path_tree::PathTree::new, insert).map(Self)
    }
}

/// Converts `{name}` to `:name` and `{*name}` to `:name+`.
fn colon_syntax(pattern: &str) -> String {
    let segments = pattern.split('/').map(|segment| {
        let Some(name) = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'))
        else {
            return segment.to_owned();
        };
        name.strip_prefix('*')
            .map_or(format!(":{name}"), |name| format!(":{name}+"))
    });
    segments.collect::<Vec<_>>().join("/")
}

impl Router for PathTree {
    const NAME: &'static str = "path-tree";

    fn lookup(&self, request: &Request) -> Option<usize> {
        let (route, path) = self.0[request.method_idx].find(&request.path)?;
        std::hint::black_box(&path);
        Some(*route)
    }
}

pub struct Xitca([xitca_router::Router<usize>; N_METHODS]);

impl Xitca {
    pub fn new(set: &RouteSet) -> Option<Self> {
        let insert = |router: &mut xitca_router::Router<usize>, pattern: &str, idx| {
            router.insert(pattern, idx).is_ok()
        };
        by_method(set, xitca_router::Router::new, insert).map(Self)
    }
}

impl Router for Xitca {
    const NAME: &'static str = "xitca-router";

    fn lookup(&self, request: &Request) -> Option<usize> {
        let found = self.0[request.method_idx].at(&request.path).ok()?;
        std::hint::black_box(&found.params);
        Some(*found.value)
    }
}

pub struct Actix(Vec<actix_router::Router<usize>>);

impl Actix {
    pub fn new(set: &RouteSet) -> Option<Self> {
        // This router tries every route in turn, so a round with more routes would take minutes.
        if set.routes.len() > 1_000 {
            return None;
        }
        // The first match wins, so routes with parameters are added last.
        let mut routes: Vec<_> = set.routes.iter().enumerate().collect();
        routes.sort_by_key(|(_, (_, pattern))| pattern.replace("{*", "~~").replace('{', "~"));
        let mut builders: Vec<_> = (0..N_METHODS)
            .map(|_| actix_router::Router::build())
            .collect();
        for (idx, (method, pattern)) in routes {
            let pattern = match pattern.split_once("{*") {
                Some((before, name)) => format!("{before}{{{}:.+}}", name.trim_end_matches('}')),
                None => pattern.clone(),
            };
            builders[*method].path(&*pattern, idx);
        }
        Some(Self(
            builders
                .into_iter()
                .map(|builder| builder.finish())
                .collect(),
        ))
    }
}

impl Router for Actix {
    const NAME: &'static str = "actix-router";
    const LOOKUPS_PER_ROUND: usize = 100;

    fn lookup(&self, request: &Request) -> Option<usize> {
        let mut path = actix_router::Path::new(&*request.path);
        let (route, _) = self.0[request.method_idx].recognize(&mut path)?;
        std::hint::black_box(&path);
        Some(*route)
    }
}
