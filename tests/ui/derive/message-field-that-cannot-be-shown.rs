use highball::prelude::*;

struct Id;

#[derive(IntoResponse)]
enum ApiError {
    #[status(404, "no user {id}")]
    Missing { id: Id },
}

fn main() {}
