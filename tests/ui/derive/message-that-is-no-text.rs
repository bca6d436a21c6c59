use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(404, 3)]
    Missing,
}

fn main() {}
