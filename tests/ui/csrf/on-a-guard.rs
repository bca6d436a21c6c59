use highball::prelude::*;

#[guard(csrf = strict)]
fn e() -> Result<(), StatusCode> {
    Ok(())
}

fn main() {}
