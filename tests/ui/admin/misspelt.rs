use highball::prelude::*;

#[get("/caches", admn)]
async fn caches() {}

#[guard(admin)]
async fn operator() -> Result<(), StatusCode> {
    Ok(())
}

fn main() {}
