use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(NOT_FOUND)]
    Missing,
}

fn main() {}
