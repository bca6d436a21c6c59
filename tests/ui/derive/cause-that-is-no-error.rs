use highball::prelude::*;

#[derive(IntoResponse)]
enum Error {
    #[status(503)]
    Read(#[from] u64),
}

fn main() {}
