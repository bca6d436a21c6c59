//! Compares the table with the oracle, in the tests and in the fuzz target.

use http::Method;

use super::generate::Choices;
use super::oracle::{self, Verdict, decode};
use super::{Allowed, Captures, Found, Shape, Table, parse};

/// The number of routes in each table.
const N_ROUTES: usize = 12;

/// Generates routes and requests from bytes, and compares the table with the oracle.
///
/// # Panics
/// Panics if the table and the oracle disagree.
pub fn check(bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let routes: [String; N_ROUTES] = choices.routes();
    let shapes = routes.each_ref().map(|route| parse::shape(route));
    let clashes = clashes(&shapes);
    let keep = |idx: &usize| clashes[*idx].is_none();
    let routes: Vec<String> = (0..N_ROUTES)
        .filter(keep)
        .map(|idx| routes[idx].clone())
        .collect();
    let shapes: Vec<Shape> = (0..N_ROUTES).filter(keep).map(|idx| shapes[idx]).collect();
    let table = parse::small_table(&shapes);
    for _ in 0..16 {
        let (method, path) = choices.request(&routes);
        let expected = oracle::find(&shapes, method, &path);
        assert_eq!(
            verdict(&table, method, &path),
            expected,
            "{method} {path} in {routes:#?}"
        );
    }
}

fn verdict(table: &Table, method: &str, path: &str) -> Verdict {
    let method = Method::from_bytes(method.as_bytes()).expect("the generator writes methods");
    let mut captures = Captures::new();
    let found = table.find(&method, path, &mut captures);
    let n_values = captures.ranges().len();
    let values = (0..n_values)
        .filter_map(|idx| captures.value(idx, path))
        .map(str::to_owned);
    match found {
        Found::Route(route) => Verdict::Route(route, values.collect()),
        Found::Redirect(route) => Verdict::Redirect(route, values.collect()),
        Found::WrongMethod(allowed) => Verdict::WrongMethod(names(allowed)),
        Found::Missing => Verdict::Missing,
    }
}

fn names(allowed: Allowed) -> Vec<String> {
    let mut names: Vec<String> = allowed.names().map(str::to_owned).collect();
    names.sort();
    names
}

/// Returns, for each route, the first earlier route that matches the same requests.
fn clashes(shapes: &[Shape]) -> [Option<u16>; N_ROUTES] {
    std::array::from_fn(|idx| {
        (0..idx)
            .find(|other| clash(&shapes[*other], &shapes[idx]))
            .map(|other| other as u16)
    })
}

fn clash(a: &Shape, b: &Shape) -> bool {
    let share_any = a.methods.is_any() && b.methods.is_any();
    let share_extension = a
        .methods
        .extensions()
        .iter()
        .any(|name| b.methods.extensions().contains(name));
    let share_method = share_any || share_extension || a.methods.bits() & b.methods.bits() != 0;
    share_method && nameless(a) == nameless(b)
}

/// Returns the pattern as text, without the names of its parameters.
fn nameless(shape: &Shape) -> String {
    use super::Segment::{CatchAll, Param, Static};
    let mut text = String::new();
    for segment in shape.segments {
        text += &match segment {
            Static(text) => format!("/{:?}", decode(text)),
            Param { prefix, suffix, .. } => {
                format!("/{:?}{{}}{:?}", decode(prefix), decode(suffix))
            }
            CatchAll { .. } => "/{*}".to_owned(),
        };
    }
    if text.is_empty() {
        format!("/{:?}", decode(""))
    } else {
        text
    }
}
