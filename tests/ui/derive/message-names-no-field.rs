use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(404, "no user {name}")]
    Missing { id: u64 },
}

fn main() {}
