//! The file of a contract, which is read while the program is compiled.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use highball_macro_stages::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The variable that switches the comparison off, and its only value.
const VARIABLE: &str = "HIGHBALL_CONTRACTS";
const ACCEPT: &str = "accept";

/// The file of a job, with what it contains.
pub(crate) struct File {
    /// The path below the directory of the package.
    pub(crate) path: String,
    pub(crate) text: Option<String>,
}

impl File {
    /// Reads the file of a job of the package that is compiled. Without a file nothing is compared.
    pub(crate) fn read(job: &str, at: &Ident, errors: &mut Errors) -> Self {
        let path = format!("contracts/{job}.txt");
        let dir = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let text = dir.and_then(|dir| match read_if_present(&dir.join(&path)) {
            Ok(text) => text,
            Err(error) => {
                errors.at(at, format!("`{path}` cannot be read: {error}"));
                None
            }
        });
        Self { path, text }
    }

    /// Returns the code by which cargo compiles the package again after a change of the file or the variable. Both are
    /// invisible to cargo otherwise. `include_bytes!` of a missing file would be an error.
    pub(crate) fn tracking(&self) -> Option<TokenStream> {
        self.text.as_ref()?;
        let path = format!("/{}", self.path);
        Some(quote! {
            const _: &[u8] = ::core::include_bytes!(::core::concat!(
                ::core::env!("CARGO_MANIFEST_DIR"),
                #path
            ));
            const _: ::core::option::Option<&str> = ::core::option_env!(#VARIABLE);
        })
    }
}

fn read_if_present(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns whether the program is compiled to write the files again, so that they are not compared.
pub(crate) fn is_accepting(at: &Ident, errors: &mut Errors) -> bool {
    let Some(value) = env::var_os(VARIABLE) else {
        return false;
    };
    if value != ACCEPT && !value.is_empty() {
        errors.at(
            at,
            format!("`{VARIABLE}` has the value {value:?}: set it to `{ACCEPT}`, or unset it"),
        );
    }
    value == ACCEPT
}
