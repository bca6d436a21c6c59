use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(103)]
    Early,
}

fn main() {}
