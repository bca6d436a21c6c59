use highball::prelude::*;

struct Cause;

#[derive(IntoResponse)]
enum ApiError {
    #[transparent]
    Other(Cause),
}

fn main() {}
