use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(42)]
    Odd,
}

fn main() {}
