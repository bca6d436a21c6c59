//! The commands of a program that has a document: they print and return, and start no server.

use std::fmt::Write as _;

use crate::{
    Documented,
    cli::{check::check, table::table},
    client,
};

mod check;
mod table;
mod tree;
mod wide;

pub(crate) use check::line;

/// The result of a command: a text, and the exit code of the program.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_openapi::{Document, Documented, Output, run};
///
/// #[get("/users/{id}")]
/// async fn show(id: u64) -> String {
///     id.to_string()
/// }
///
/// #[routes(app)]
/// struct Api(show);
///
/// impl Documented for Api {
///     fn document() -> Document {
///         Document::of::<Self>("Users", "1.0.0")
///     }
/// }
///
/// # fn main() {
/// let output: Output = run::<Api>(["routes"]).expect("a command");
/// assert!(output.text.contains("/users/{id}") && output.code == 0);
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Output {
    /// The text, for standard output, or for standard error if the code is not 0.
    pub text: String,
    /// The exit code: 0, or 1 if a check has failed or the arguments are wrong.
    pub code: u8,
}

impl Output {
    fn done(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { text, code: 0 }
    }

    fn failed(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { text, code: 1 }
    }
}

const HELP: &str = "\
Without an argument the program serves the app. These commands print something and start nothing:
  openapi               the document as JSON
  openapi --yaml        the document as YAML
  openapi --write FILE  writes the document to a file
  openapi --check FILE  compares the document with a file, and names each change and what it breaks
  client rust           the source of a Rust client; `--types shop=shop_types` for each package of types,
                        `--check FILE` to compare it with a file
  routes                the routes as a table
  routes --json         the routes as JSON
  routes --tree         the routes in their groups
";

/// Runs the command that the arguments of the program name, prints its result and ends the program. Without such a
/// command it does nothing.
///
/// Call it first in `main`, before anything that connects to a database.
///
/// # Examples
/// ```no_run
/// # use highball::prelude::*;
/// # use highball_openapi::{Document, Documented};
/// # #[routes(app)]
/// # struct Api();
/// # impl Documented for Api {
/// #     fn document() -> Document {
/// #         Document::of::<Self>("Users", "1.0.0")
/// #     }
/// # }
/// #[highball::main]
/// async fn main() -> highball::Result {
///     // `users openapi > openapi.json`, `users openapi --check openapi.json`, `users routes`
///     highball_openapi::cli::<Api>();
///     highball::serve(Api).await
/// }
/// ```
pub fn cli<A: Documented>() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(output) = run::<A>(arguments.iter().map(String::as_str)) else {
        return;
    };
    match output.code {
        0 => print!("{}", output.text),
        _ => eprint!("{}", output.text),
    }
    std::process::exit(output.code.into());
}

/// Runs the command that these arguments name, without printing. Returns `None` if they name none.
///
/// It is for programs that have other commands, and for tests. [`cli`] prints the result and ends the program.
///
/// # Examples
/// ```
/// # use highball::prelude::*;
/// # use highball_openapi::{Document, Documented};
/// # #[get("/")]
/// # async fn home() {}
/// # #[routes(app)]
/// # struct Api(home);
/// # impl Documented for Api {
/// #     fn document() -> Document {
/// #         Document::of::<Self>("Users", "1.0.0")
/// #     }
/// # }
/// # fn main() {
/// let output = highball_openapi::run::<Api>(["openapi"]).expect("a command");
/// assert!(output.text.starts_with("{"));
/// assert!(highball_openapi::run::<Api>(["serve"]).is_none());
/// # }
/// ```
pub fn run<'a, A: Documented>(arguments: impl IntoIterator<Item = &'a str>) -> Option<Output> {
    let arguments: Vec<&str> = arguments.into_iter().collect();
    match arguments.as_slice() {
        ["openapi", options @ ..] => Some(openapi::<A>(options)),
        ["client", "rust", options @ ..] => Some(rust_client::<A>(options)),
        ["routes"] => Some(Output::done(table(A::ROUTES))),
        ["routes", "--json"] => Some(Output::done(table::json(A::ROUTES))),
        ["routes", "--tree"] => Some(Output::done(tree::tree(A::ROUTES))),
        ["routes", ..] => Some(wrong()),
        ["help" | "--help" | "-h"] => Some(Output::done(HELP)),
        _ => None,
    }
}

fn wrong() -> Output {
    Output::failed(format!(
        "the arguments are not those of a command\n\n{HELP}"
    ))
}

fn rust_client<A: Documented>(options: &[&str]) -> Output {
    let (mut client, mut file, mut rest) = (client::rust::<A>(), None, options);
    while let [option, value, others @ ..] = rest {
        match (*option, value.split_once('=')) {
            ("--types", Some((prefix, path))) => client = client.types(prefix, path),
            ("--check", _) => file = Some(*value),
            _ => return wrong(),
        }
        rest = others;
    }
    if !rest.is_empty() {
        return wrong();
    }
    let source = match client.source() {
        Ok(source) => source,
        Err(error) => return Output::failed(format!("there is no client: {error}\n")),
    };
    let Some(file) = file else {
        return Output::done(source);
    };
    match std::fs::read_to_string(file) {
        Ok(old) if old == source => Output::done(format!("`{file}` is up to date\n")),
        Ok(_) => Output::failed(format!(
            "`{file}` is not up to date: write it again with `client rust`\n"
        )),
        Err(error) => Output::failed(format!("`{file}` cannot be read: {error}\n")),
    }
}

fn openapi<A: Documented>(options: &[&str]) -> Output {
    let spec = match A::document().build() {
        Ok(spec) => spec,
        Err(error) => return Output::failed(format!("there is no document: {error}\n")),
    };
    match options {
        [] => Output::done(spec.json()),
        #[cfg(feature = "yaml")]
        ["--yaml"] => Output::done(spec.yaml()),
        #[cfg(not(feature = "yaml"))]
        ["--yaml"] => Output::failed("YAML needs the feature `yaml` of `highball-openapi`\n"),
        ["--write", file] => match std::fs::write(file, spec.json()) {
            Ok(()) => Output::done(wide::notes(&spec.value()).concat()),
            Err(error) => Output::failed(format!("`{file}` cannot be written: {error}\n")),
        },
        ["--check", file] => match std::fs::read_to_string(file) {
            Ok(old) => check(&spec, file, &old),
            Err(error) => {
                let mut text = format!("`{file}` cannot be read: {error}\n");
                // Writing to a `String` cannot fail.
                let _ = writeln!(text, "to write the document there: openapi --write {file}");
                Output::failed(text)
            }
        },
        _ => wrong(),
    }
}
