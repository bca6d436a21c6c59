use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(404, "no user", 3)]
    Missing,
}

fn main() {}
