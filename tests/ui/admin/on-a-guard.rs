use highball::prelude::*;

#[guard(admin)]
async fn operator() -> Result<(), StatusCode> {
    Ok(())
}

fn main() {}
