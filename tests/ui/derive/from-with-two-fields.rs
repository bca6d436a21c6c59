use highball::prelude::*;

#[derive(IntoResponse)]
enum Error {
    #[status(503, "{1}")]
    Read(#[from] std::io::Error, u64),
}

fn main() {}
