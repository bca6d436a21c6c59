use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status]
    Missing,
}

fn main() {}
