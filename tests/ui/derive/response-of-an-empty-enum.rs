use highball::prelude::*;

#[derive(IntoResponse)]
enum ApiError {}

fn main() {}
