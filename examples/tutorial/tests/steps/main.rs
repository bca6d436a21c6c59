//! The programs that the pages build step by step, and tests that the code and the output on the pages are correct.
//!
//! - A block of code after `<!-- path -->` must be a verbatim part of that file. The path begins at this package. A
//!   line `// ...` in the block replaces any number of lines of the file.
//! - A block of commands after `<!-- app: name -->` is run against the program of that step. `...` in the expected
//!   output matches any text.

// The `main` of a step is not called here.
#![allow(dead_code)]
// Several steps include the same file if it does not change between them.
#![allow(clippy::duplicate_mod)]

#[macro_use]
mod apps;

#[path = "errors/main.rs"]
mod errors;
mod first_route;
mod json;
mod path;
#[path = "validation/main.rs"]
mod validation;
#[path = "database/main.rs"]
mod with_database;

mod blocks;
mod curl;
mod quotes;
mod transcripts;

/// The pages, in reading order, from the root of the repository.
const PAGES: &[&str] = &[
    "docs/tutorial/1-routes.md",
    "docs/tutorial/2-database.md",
    "docs/tutorial/3-login.md",
    "docs/tutorial/4-deploy.md",
    "docs/how-to/database.md",
    "docs/how-to/battery.md",
    "docs/how-to/deploy.md",
    "docs/how-to/debug-a-rejected-request.md",
];
