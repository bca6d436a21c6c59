//! Names of the functions at addresses.

use std::{collections::HashMap, rc::Rc};

/// A function at an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Symbol {
    /// The name with its module path.
    pub(crate) name: String,
    /// The name as the linker has it.
    pub(crate) system_name: String,
    pub(crate) file: String,
    pub(crate) line: u32,
}

/// The names that were looked up. A lookup reads the debug information of the program, and a profile has the same
/// addresses in most of its samples.
#[derive(Debug, Default)]
pub(crate) struct Symbols(HashMap<usize, Rc<[Symbol]>>);

impl Symbols {
    /// Returns the functions at an address, the innermost of inlined ones first. Without a name, there are none.
    pub(crate) fn at(&mut self, address: usize) -> Rc<[Symbol]> {
        let known = self.0.entry(address);
        Rc::clone(known.or_insert_with(|| look_up(address).into()))
    }
}

fn look_up(address: usize) -> Vec<Symbol> {
    let mut found = Vec::new();
    backtrace::resolve(std::ptr::without_provenance_mut(address), |symbol| {
        let Some(name) = symbol.name() else {
            return;
        };
        let file = symbol.filename().map(|file| file.display().to_string());
        found.push(Symbol {
            // Without the hash at its end, which differs from build to build.
            name: format!("{name:#}"),
            system_name: String::from_utf8_lossy(name.as_bytes()).into_owned(),
            file: file.unwrap_or_default(),
            line: symbol.lineno().unwrap_or(0),
        });
    });
    found
}
