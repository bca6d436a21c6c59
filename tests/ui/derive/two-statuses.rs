use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(404)]
    #[status(409)]
    Taken,
}

fn main() {}
