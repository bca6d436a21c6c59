use highball::prelude::*;

#[derive(IntoResponse)]
enum Error {
    #[status(503)]
    Read {
        #[source]
        first: std::io::Error,
        #[source]
        second: std::fmt::Error,
    },
}

fn main() {}
