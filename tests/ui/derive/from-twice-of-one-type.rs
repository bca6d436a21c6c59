use highball::prelude::*;

#[derive(IntoResponse)]
enum Error {
    #[status(503)]
    Read(#[from] std::io::Error),
    #[status(500)]
    Write(#[from] std::io::Error),
}

fn main() {}
