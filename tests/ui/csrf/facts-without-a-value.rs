use highball::prelude::*;

#[guard(facts)]
fn f() -> Result<(), StatusCode> {
    Ok(())
}

fn main() {}
