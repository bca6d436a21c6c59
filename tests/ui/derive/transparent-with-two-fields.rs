use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[transparent]
    Other(Rejection, u8),
}

fn main() {}
