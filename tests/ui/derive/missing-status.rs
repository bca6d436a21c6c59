use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(404)]
    Missing,
    Taken,
}

fn main() {}
