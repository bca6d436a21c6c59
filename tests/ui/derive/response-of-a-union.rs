use highball::prelude::*;

#[derive(IntoResponse)]
union ApiError {
    a: u8,
    b: i8,
}

fn main() {}
