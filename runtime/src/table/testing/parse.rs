//! Builds tables at run time, for tests, fuzzing and benches.
//!
//! The grammar here has no `{{` and reports no mistakes. The complete one is in the macro crate.

use super::{Methods, Parts, Plan, STANDARD, Segment, Shape, Slash, Table, capacity};

/// Parses `GET,PURGE /users/{id} redirect`. The method `ANY` is `#[any]`, and without a third word
/// the route is strict.
pub fn shape(route: &str) -> Shape {
    let mut words = route.split(' ');
    let methods = methods(words.next().unwrap_or_default());
    let segments = segments(words.next().unwrap_or_default());
    let slash = match words.next() {
        Some("redirect") => Slash::Redirect,
        Some("ignore") => Slash::Ignore,
        _ => Slash::Strict,
    };
    Shape {
        methods,
        segments,
        slash,
    }
}

fn methods(names: &str) -> Methods {
    if names == "ANY" {
        return Methods::ANY;
    }
    let mut bits = 0;
    let mut extensions = Vec::new();
    for name in names.split(',') {
        match STANDARD.iter().position(|known| *known == name) {
            Some(idx) => bits |= 1 << idx,
            None => extensions.push(leak(name)),
        }
    }
    Methods::new(bits, extensions.leak())
}

/// Splits a pattern into its segments.
pub fn segments(pattern: &str) -> &'static [Segment] {
    if pattern == "/" {
        return &[];
    }
    let pattern = pattern.strip_prefix('/').unwrap_or(pattern);
    pattern.split('/').map(segment).collect::<Vec<_>>().leak()
}

fn segment(text: &str) -> Segment {
    let Some((prefix, rest)) = text.split_once('{') else {
        return Segment::Static(leak(&spell(text)));
    };
    let (name, suffix) = rest.split_once('}').unwrap_or((rest, ""));
    match name.strip_prefix('*') {
        Some(name) => Segment::CatchAll { name: leak(name) },
        None => Segment::Param {
            prefix: leak(&spell(prefix)),
            name: leak(name),
            suffix: leak(&spell(suffix)),
        },
    }
}

/// Normalizes static text as the macros do.
fn spell(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut spelled = String::new();
    while let Some(first) = bytes.next() {
        let byte = match first {
            b'%' => bytes.by_ref().take(2).fold(0, |byte, digit| {
                let digit = char::from(digit).to_digit(16).expect("an escape is whole");
                byte << 4 | digit as u8
            }),
            byte => byte,
        };
        match byte {
            byte if byte.is_ascii_alphanumeric() => spelled.push(char::from(byte)),
            byte if b"-._~!$&'()*+,;=:@".contains(&byte) => spelled.push(char::from(byte)),
            byte => spelled.push_str(&format!("%{byte:02X}")),
        }
    }
    spelled
}

fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}

/// Builds a table of these routes. It uses a thread with a large stack, because a large plan would
/// overflow that of a test.
pub fn table(shapes: &[Shape]) -> Table {
    let shapes = shapes.to_vec();
    let build = move || match capacity(&shapes) {
        0..=256 => sized_table::<256>(&shapes),
        257..=4_096 => sized_table::<4_096>(&shapes),
        _ => sized_table::<131_072>(&shapes),
    };
    let thread = std::thread::Builder::new()
        .stack_size(512 << 20)
        .spawn(build);
    thread
        .expect("a thread starts")
        .join()
        .expect("the routes fit in a table")
}

/// Builds a table of a few routes, on the stack.
pub fn small_table(shapes: &[Shape]) -> Table {
    sized_table::<256>(shapes)
}

fn sized_table<const C: usize>(shapes: &[Shape]) -> Table {
    let parts: Parts<C, C, C, C> = Plan::<C>::new(shapes).build();
    Box::leak(Box::new(parts)).table()
}
