use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {
    #[status(42)]
    Odd,
    Taken,
    #[transparent]
    Other,
}

fn main() {}
//~ mistakes: 3
