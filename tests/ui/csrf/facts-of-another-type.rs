use highball::prelude::*;

#[guard(facts = "cookies")]
fn g() -> Result<(), StatusCode> {
    Ok(())
}

fn main() {}
